"""The whole worker: what is put together, what it says when something breaks, how it keeps up with new content."""

import json
import logging
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import ROOT, free_port, wait_until
from makers import message_xml, signed_query
from sqlalchemy import delete

from bot.app import create_app
from bot.config import BadConfig
from bot.log import JsonLines
from bot.processes import PortTaken, check_port_free
from bot.version import VERSION
from bot.wiring import FreshBureau, open_database, prepare
from content import repository
from content.importers.library import add_keywords
from content.models import Question
from content.phrases import say
from content.store import clock
from handlers.quiz.models import HeldCampaign
from handlers.stopping import AnswerStop, Stop, StopMode
from tests.handlers.quiz.campaigns import WRITTEN

HOUR = timedelta(hours=1)


def test_a_worker_serves_webhook_pages_and_health(shared_app):
    client = shared_app.test_client()
    body = message_xml("oA", Content="办理公证").encode()
    assert "公证" in client.post("/wechat", query_string=signed_query("test-token"), data=body).text
    for path in ("/h/", "/healthz", "/readyz", "/metrics"):
        assert client.get(path).status_code == 200
    assert client.get("/static/pages.css", buffered=True).mimetype == "text/css"


def test_the_bare_address_leads_to_what_there_is_to_see(shared_app, demo_app):
    for app, there in ((shared_app, "/h/"), (demo_app, "/sandbox/")):
        assert app.test_client().get("/").location == there


def test_without_a_token_no_worker_is_made(installations):
    with pytest.raises(BadConfig, match="wechat.token"):
        create_app(replace(installations("sqlite"), wechat_token=""))


def test_the_worker_of_a_real_account_has_no_sandbox(shared_app):
    assert shared_app.test_client().get("/sandbox/").status_code == 404


@pytest.fixture(scope="session")
def demo_app(installations):
    return create_app(replace(installations("sqlite"), sandbox_enabled=True, server_port=9000, server_public_url=""))


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/sandbox/", "http://localhost:9001/sandbox/"),
        ("/sandbox/phone/state?citizen=c1&since=2", "http://localhost:9001/sandbox/phone/state?citizen=c1&since=2"),
        ("/sandbox/api/cgi-bin/token?%ff", "http://localhost:9001/sandbox/api/cgi-bin/token?%ff"),
    ],
)
def test_the_sandboxs_paths_lead_to_its_own_process(demo_app, path, target):
    for act in (demo_app.test_client().get, demo_app.test_client().post):
        response = act(path)
        assert (response.status_code, response.location) == (307, target)


def test_in_the_demonstration_answers_lead_to_its_own_pages(demo_app):
    body = message_xml("oA", Content="办理公证").encode()
    told = demo_app.test_client().post("/wechat", query_string=signed_query("test-token"), data=body).text
    assert "http://127.0.0.1:9000/h/answers/service/notary" in told


@pytest.fixture
def breaking_app(shared_app, monkeypatch):
    """A worker with a page that falls over."""

    def fall_over():
        raise RuntimeError("secret words")

    view = next(rule.endpoint for rule in shared_app.url_map.iter_rules() if rule.rule == "/h/")
    monkeypatch.setitem(shared_app.view_functions, view, fall_over)
    return shared_app


def test_a_page_that_falls_over_says_so_in_chinese_and_is_logged_without_words(breaking_app, caplog):
    response = breaking_app.test_client().get("/h/")
    assert response.status_code == 500
    assert say("page_failed") in response.text
    assert "Traceback" not in response.text
    record = next(record for record in caplog.records if record.levelno >= logging.ERROR)
    told = json.loads(JsonLines().format(record))
    assert told["error"][0]["kind"] == "RuntimeError"
    assert "secret words" not in json.dumps(told)


def test_a_wrong_method_is_refused_in_chinese(shared_app):
    response = shared_app.test_client().delete("/h/")
    assert response.status_code == 405
    assert "12348" in response.text


def test_new_content_is_answered_without_a_new_start(installations):
    config = installations("sqlite")
    database = open_database(config)
    fresh = FreshBureau(config, database, "")
    assert not fresh.freshen()
    catalogue = fresh.now.catalogue
    with database.transaction() as session:
        add_keywords(session, {"呜噜呜噜呜噜": "service/notary"})
        repository.touch_content(session)
    assert fresh.freshen()
    assert fresh.now.ears.hear("呜噜呜噜呜噜").topic == "service/notary"
    assert fresh.now.catalogue is catalogue  # nothing of it has changed: it is not made anew
    fresh.close()
    database.close()


def test_a_stop_of_answers_reaches_a_worker_and_outlives_new_content(installations):
    config = installations("sqlite")
    database = open_database(config)
    fresh = FreshBureau(config, database, "")
    with database.transaction() as session:
        session.add(AnswerStop(mode="replace", text="正在核对。", set_by="t", set_at=clock.now()))
        repository.touch_content(session)
    wait_until(lambda: fresh.now.switch.held is not None)
    fresh.freshen()
    assert fresh.now.switch.held == Stop(StopMode.REPLACE, "正在核对。")
    with database.transaction() as session:
        session.execute(delete(AnswerStop))
    wait_until(lambda: fresh.now.switch.held is None)
    fresh.close()
    database.close()


def test_a_new_start_leaves_the_words_that_an_open_campaign_is_marked_with(installations, tmp_path):
    config = replace(installations("sqlite"), database_url=f"sqlite:///{tmp_path}/pufa.db")
    prepare(config)
    database, now = open_database(config), clock.now()

    def starts() -> str:
        prepare(config)
        with database.reading() as session:
            return session.get_one(Question, "const-001").answer

    with database.transaction() as session:
        right = session.get_one(Question, "const-001").answer
        session.get_one(Question, "const-001").answer = "D"  # as an older library had it
        repository.set_mark(session, "library", "older")
        session.add(
            HeldCampaign(
                id="started", title="演示竞答", rules=WRITTEN, opens_at=now - HOUR, closes_at=now + HOUR, commitment="",
                secret="", created_by="", created_at=now,
            )
        )  # fmt: skip
    while_open = starts()
    with database.transaction() as session:
        session.delete(session.get_one(HeldCampaign, "started"))
    afterwards = starts()
    database.close()

    assert (while_open, afterwards) == ("D", right)


# ── ports and versions ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_taken_port_is_told_before_anything_starts():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for host in ("127.0.0.1", "0.0.0.0", "", "localhost"):  # noqa: S104
            with pytest.raises(PortTaken, match=str(taken.getsockname()[1])):
                check_port_free(host, taken.getsockname()[1])


def test_a_free_port_is_free():
    check_port_free("127.0.0.1", free_port())


def test_an_address_that_is_none_is_told_with_its_setting():
    with pytest.raises(PortTaken, match="server.host"):
        check_port_free("no such host", 80)


def test_the_version_is_that_of_the_changelogs_first_heading():
    heading = next(line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## "))
    assert heading.split()[1] == VERSION
