"""What publishing asks of WeChat, over HTTP to the sandbox: what comes back, and what each way to fail means."""

import io
import json
import logging
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from conftest import free_port
from PIL import Image

from bot.wechat import client as module
from bot.wechat.client import TokenStore, WeChatClient
from bot.wechat.errors import PlatformError, trouble
from bot.wechat.platform import WeChatPlatform
from content.store import clock
from scheduler.platform import AlreadySent, AwaitsAdmin, DraftArticle, Later, Never, Platform, Unknown

APP_ID, SECRET = "wxtest0000000000", "test-secret"
EVENING = datetime(2026, 12, 30, 15, 30, tzinfo=UTC)  # 23:30 in Beijing, a day before the month ends


def picture(kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, kind)
    return file.getvalue()


@pytest.fixture
def client(platform):
    made = WeChatClient(APP_ID, SECRET, platform.url, TokenStore(None))
    yield made
    made.close()


@pytest.fixture
def wechat(client) -> Platform:
    return WeChatPlatform(client)


@pytest.fixture
def control(platform):
    """Turns the sandbox's control, and gives its state."""

    def turn(**wanted):
        answer = requests.post(f"{platform.url}/_control", json=wanted, timeout=5).json()
        assert answer["errcode"] == 0, answer
        return answer

    turn(publish_seconds=0, mass_seconds=0)
    return turn


def article(wechat, **changed) -> DraftArticle:
    wording = {"title": "国家宪法日", "author": "普法办", "digest": "摘要", "content": "<p>正文</p>", "source_url": ""}
    return DraftArticle(**{**wording, "cover_media_id": wechat.upload_cover(picture(), "image/jpeg"), **changed})


def draft(wechat, **changed) -> str:
    return wechat.add_draft([article(wechat, **changed)])


def refused(kind, act):
    """The trouble, which is Chinese, and holds neither secret nor token however it is shown."""
    with pytest.raises(kind) as caught:
        act()
    shown = "".join(traceback.format_exception(caught.value)) + str(caught.value) + repr(caught.value)
    assert SECRET not in shown
    assert "access_token" not in shown
    assert any("一" <= sign <= "鿿" for sign in caught.value.sentence)
    return caught.value


# ── what works ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_with_its_pictures_reads_back_as_it_was_written(wechat):
    url = wechat.upload_body_picture(picture("PNG"), "image/png")
    written = article(
        wechat, content=f'<p style="color: red">正文</p><img src="{url}">', source_url="https://example.com/"
    )
    assert wechat.find_draft(wechat.add_draft([written])) == [written]


def test_a_draft_that_is_gone_is_none_and_may_be_deleted_again(wechat):
    media_id = draft(wechat)
    for _ in range(2):
        wechat.delete_draft(media_id)
    assert wechat.find_draft(media_id) is None


def test_a_publication_runs_and_is_published_with_its_addresses_and_listed_first(wechat, control):
    control(publish_seconds=60)
    publish_id = wechat.submit_publish(wechat.add_draft([article(wechat), article(wechat, title="第二篇")]))
    assert wechat.publish_outcome(publish_id).status == "running"
    control(pass_seconds=61)
    outcome = wechat.publish_outcome(publish_id)
    assert (outcome.status, len(outcome.urls)) == ("published", 2)
    newest = wechat.list_published(1)[0]
    assert (newest.article_id, newest.titles) == (outcome.article_id, ["国家宪法日", "第二篇"])
    assert list(newest.urls) == list(outcome.urls)
    for _ in range(2):
        wechat.delete_published(outcome.article_id)
    assert wechat.publish_outcome(publish_id).status == "gone"


@pytest.mark.parametrize("status", [2, 3, 4])
def test_a_publication_that_failed_says_why(wechat, control, status):
    control(publish_status=status)
    outcome = wechat.publish_outcome(wechat.submit_publish(draft(wechat)))
    assert (outcome.status, outcome.sentence.endswith("。")) == ("failed", True)


def test_the_list_of_publications_goes_over_more_than_one_page(wechat, control):
    for number in range(22):
        wechat.submit_publish(draft(wechat, title=f"第{number}篇"))
    assert [one.titles[0] for one in wechat.list_published(23)][:2] == ["第21篇", "第20篇"]
    assert len(wechat.list_published(23)) == 23
    assert len(wechat.list_published(100)) == 25  # with the three that the sandbox has from the beginning


def test_a_mass_send_reaches_all_is_known_as_sent_and_can_be_taken_back(wechat, control, platform):
    msg_id, msg_data_id = wechat.send_mass(draft(wechat), {"all": True}, "pufa-1-1")
    assert msg_id and msg_data_id
    assert wechat.mass_outcome(msg_id).status == "published"
    phone = requests.get(f"{platform.url.removesuffix('/api')}/phone/state", timeout=5).json()
    assert phone["chat"][-1]["articles"][0]["title"] == "国家宪法日"
    wechat.delete_mass(msg_id)
    assert wechat.mass_outcome(msg_id).status == "gone"


def test_a_mass_send_to_a_tag_goes_by_the_tags_name(wechat, control, client):
    client.call("tags/create", {"tag": {"name": "律师"}})
    wechat.send_mass(draft(wechat), {"tag": "律师"}, "pufa-1-1")
    (sent,) = control()["sends"]
    assert (sent["is_to_all"], sent["tag_id"], sent["clientmsgid"]) == (False, wechat.tags()["律师"], "pufa-1-1")


@pytest.mark.parametrize("audience", [{}, {"all": False}, {"all": "yes"}, {"tag": "没有的"}, {"tag": None}])
def test_an_audience_that_is_not_clear_reaches_nobody(wechat, control, audience):
    media_id = draft(wechat)
    assert "标签" in refused(Never, lambda: wechat.send_mass(media_id, audience, "pufa-1-1")).sentence
    assert control()["sends"] == []


@pytest.mark.parametrize("name", ["", "a" * 33, "推送一"])
def test_a_clientmsgid_that_the_platform_might_cut_is_not_sent(wechat, platform, name):
    with pytest.raises(ValueError, match="clientmsgid"):
        wechat.send_mass("x", {"all": True}, name)
    assert platform.times("message/mass/sendall") == 0


def test_a_preview_comes_to_the_named_phone(wechat, platform):
    wechat.preview(draft(wechat), "演示市民乙")
    phone = requests.get(f"{platform.url.removesuffix('/api')}/phone/state?citizen=c2", timeout=5).json()
    assert phone["chat"][-1]["articles"][0]["title"] == "国家宪法日"
    media_id = draft(wechat)
    assert "微信号" in refused(Never, lambda: wechat.preview(media_id, "没有这个人")).sentence


def test_followers_are_counted_and_a_citizen_gets_a_message_only_inside_his_window(wechat, platform):
    assert wechat.count_followers() == 2
    openid = requests.get(f"{platform.url.removesuffix('/api')}/phone/state", timeout=5).json()["citizen"]["openid"]
    assert refused(Never, lambda: wechat.send_to_citizen(openid, "您好")).code == 45015


def test_statistics_of_many_days_are_asked_for_in_pieces(wechat, platform):
    end = clock.today() - timedelta(days=3)
    rows = wechat.statistics("getusercumulate", end - timedelta(days=15), end)
    assert [row["ref_date"] for row in rows] == [(end - timedelta(days=left)).isoformat() for left in range(15, -1, -1)]
    assert platform.asked.count("/datacube/getusercumulate") == 3


def test_an_account_with_only_the_older_statistics_gets_those(wechat, platform, control):
    wechat.submit_publish(draft(wechat))
    control(pass_seconds=2 * 86_400)
    requests.post(
        f"{platform.url}/_faults", json={"path": "/datacube/getarticletotaldetail", "errcode": 48001}, timeout=5
    )
    (row,) = wechat.statistics("getarticletotaldetail", clock.today(), clock.today())
    assert row["details"][0]["int_page_read_count"] >= 0
    requests.post(f"{platform.url}/_faults", json={"path": "/datacube/getusersummary", "errcode": 48001}, timeout=5)
    assert refused(Never, lambda: wechat.statistics("getusersummary", clock.today(), clock.today())).code == 48001


def test_statistics_that_are_not_ready_come_hours_later(wechat, platform):
    requests.post(f"{platform.url}/_faults", json={"path": "/datacube/getusersummary", "errcode": 61503}, timeout=5)
    assert (
        refused(Later, lambda: wechat.statistics("getusersummary", date(2026, 1, 1), date(2026, 1, 1))).seconds >= 3600
    )


# ── a doubt stays a doubt ─────────────────────────────────────────────────────────────────────────────────────────────

HOW = [{"lost": True}, {"status": 502}, {"errcode": -1}, {"errcode": -1, "done": True}, {"delay": 0.6}]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(module, "UPLOAD_SECONDS", 0.3)


@pytest.mark.parametrize("how", HOW)
def test_without_a_clear_answer_a_publication_is_unknown_and_was_asked_for_once(
    wechat, control, platform, impatient, how
):
    media_id = draft(wechat)
    platform.fails_at("freepublish/submit", times=1, **how)
    assert "不要重发" in refused(Unknown, lambda: wechat.submit_publish(media_id)).sentence
    assert platform.times("freepublish/submit") == 1


@pytest.mark.parametrize("how", HOW)
def test_without_a_clear_answer_a_mass_send_is_unknown_and_asked_for_once(wechat, control, platform, impatient, how):
    media_id = draft(wechat)
    platform.fails_at("message/mass/sendall", times=1, **how)
    refused(Unknown, lambda: wechat.send_mass(media_id, {"all": True}, "pufa-1-1"))
    assert platform.times("message/mass/sendall") == 1


@pytest.mark.parametrize("how", HOW)
def test_what_may_be_done_twice_is_only_late(wechat, control, platform, impatient, how):
    written = article(wechat)
    for path in ("draft/add", "media/uploadimg", "draft/get", "freepublish/get", "message/mass/preview"):
        platform.fails_at(path, **how)
    for act in (
        lambda: wechat.add_draft([written]),
        lambda: wechat.upload_body_picture(picture(), "image/jpeg"),
        lambda: wechat.find_draft("x"),
        lambda: wechat.publish_outcome("1"),
        lambda: wechat.preview("x", "演示市民甲"),
    ):
        assert refused(Later, act).seconds == 60


def test_after_a_lost_answer_the_same_clientmsgid_tells_what_went_out(wechat, control, platform):
    media_id = draft(wechat)
    platform.fails_at("message/mass/sendall", lost=True, times=1)
    refused(Unknown, lambda: wechat.send_mass(media_id, {"all": True}, "pufa-1-1"))
    found = refused(AlreadySent, lambda: wechat.send_mass(media_id, {"all": True}, "pufa-1-1"))
    (sent,) = control()["sends"]
    assert (found.code, found.msg_id) == (45065, str(sent["msg_id"]))


def test_a_message_to_a_citizen_whose_answer_is_lost_is_unknown(wechat, platform):
    platform.fails_at("message/custom/send", lost=True)
    refused(Unknown, lambda: wechat.send_to_citizen("o", "您好"))


def test_a_submission_that_never_left_this_machine_is_only_late(client):
    away = WeChatPlatform(WeChatClient(APP_ID, SECRET, f"http://127.0.0.1:{free_port()}", client.session))
    client.call("getcallbackip", method="get")  # a token is there: what cannot be reached is the submission itself
    refused(Later, lambda: away.submit_publish("x"))


def test_a_submission_for_which_there_is_no_token_is_only_late(wechat, platform):
    platform.fails_at("stable_token", status=502)
    refused(Later, lambda: wechat.submit_publish("x"))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errcode": "many"}', b"{}", b'{"publish_id": null}'])
def test_an_answer_to_a_submission_that_is_none_is_unknown(odd_platform, body):
    odd_platform.answers["submit"] = body
    wechat = WeChatPlatform(WeChatClient(APP_ID, SECRET, odd_platform.url, TokenStore(None)))
    refused(Unknown, lambda: wechat.submit_publish("x"))


@contextmanager
def dripping():
    """A platform that sends its answer a byte at a time and never ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            if self.path.endswith("stable_token"):
                self.wfile.write(b'{"access_token": "t", "expires_in": 7200}')
                return
            while not over.wait(0.05):
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return

        def log_message(self, *words):
            pass

    over = threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_answer_that_drips_for_ever_ends_in_time(impatient):
    with dripping() as url:
        wechat = WeChatPlatform(WeChatClient(APP_ID, SECRET, url, TokenStore(None)))
        start = time.monotonic()
        refused(Unknown, lambda: wechat.submit_publish("x"))
    assert time.monotonic() - start < 2


# ── what each code means ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", [45011, 42010, 44990, 45066, 268487001, 40001, 42001])
def test_too_fast_and_busy_and_refused_tokens_come_again_in_a_minute(wechat, control, platform, code):
    media_id = draft(wechat)
    platform.fails_at("message/mass/sendall", errcode=code)
    assert refused(Later, lambda: wechat.send_mass(media_id, {"all": True}, "pufa-1-1")).seconds == 60


@pytest.mark.parametrize(
    ("code", "account_type", "until"),
    [
        (45009, "subscription", datetime(2026, 12, 30, 16, 10, tzinfo=UTC)),
        (45009, "service", datetime(2026, 12, 30, 16, 10, tzinfo=UTC)),
        (45028, "subscription", datetime(2026, 12, 30, 16, 10, tzinfo=UTC)),
        (45028, "service", datetime(2026, 12, 31, 16, 10, tzinfo=UTC)),
    ],
)
def test_spent_quotas_come_again_when_they_begin_anew_in_beijing(code, account_type, until):
    with clock.fixed_at(EVENING):
        error = PlatformError("message/mass/sendall", code)
        found = trouble(error, is_once_only=True, account_type=account_type)
    assert isinstance(found, Later)
    assert EVENING + timedelta(seconds=found.seconds) - until < timedelta(seconds=2)
    assert EVENING + timedelta(seconds=found.seconds) > until


def test_a_second_send_on_one_day_waits_for_the_next(wechat, control):
    wechat.send_mass(draft(wechat), {"all": True}, "pufa-1-1")
    media_id = draft(wechat)
    found = refused(Later, lambda: wechat.send_mass(media_id, {"all": True}, "pufa-2-1"))
    assert (found.code, "次" in found.sentence) == (45028, True)


def test_the_daily_quota_of_an_interface_waits_for_tomorrow(wechat, control):
    publish_id = wechat.submit_publish(draft(wechat))
    for _ in range(100):
        wechat.publish_outcome(publish_id)
    assert refused(Later, lambda: wechat.publish_outcome(publish_id)).code == 45009


@pytest.mark.parametrize("gives_msg_id", [True, False])
def test_what_waits_for_the_administrator_is_told_as_that(wechat, control, gives_msg_id):
    control(needs_admin=True, gives_msg_id=gives_msg_id)
    media_id = draft(wechat)
    found = refused(AwaitsAdmin, lambda: wechat.send_mass(media_id, {"all": True}, "pufa-1-1"))
    (sent,) = control()["sends"]
    assert (found.code, found.msg_id) == (89505, str(sent["msg_id"]) if gives_msg_id else "")
    assert refused(AwaitsAdmin, lambda: wechat.send_mass(media_id, {"all": True}, "pufa-1-1")).code == 89504
    assert "30 分钟" in found.sentence


@pytest.mark.parametrize(
    "code", [40007, 40164, 41040, 45003, 45067, 48001, 48004, 48021, 50007, 53500, 53503, 53504, 53505, 89503, 89506]
)
def test_what_only_a_person_can_mend_is_never_and_says_what_to_do(wechat, platform, code):
    platform.fails_at("freepublish/submit", errcode=code)
    found = refused(Never, lambda: wechat.submit_publish("x"))
    assert (found.code, "请把下面的代码告诉技术支持" in found.sentence) == (code, False)
    assert "rid: " in found.rid


def test_a_code_that_nobody_knows_is_never_with_the_number_for_support(wechat, platform):
    platform.fails_at("freepublish/submit", errcode=99999)
    found = refused(Never, lambda: wechat.submit_publish("x"))
    assert "99999" in found.sentence
    assert found.rid in found.sentence


def test_a_wrong_secret_is_never(platform):
    wechat = WeChatPlatform(WeChatClient(APP_ID, "wr0ng", platform.url, TokenStore(None)))
    assert refused(Never, lambda: wechat.submit_publish("x")).code == 40125


def test_a_draft_with_a_title_too_long_says_so(wechat):
    written = article(wechat, title="长" * 33)
    assert "32 个字" in refused(Never, lambda: wechat.add_draft([written])).sentence


# ── tokens and bytes ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["expire", "revoke"])
def test_a_spent_token_costs_one_refresh_and_the_upload_arrives_whole(wechat, control, platform, how):
    wechat.count_followers()
    control(tokens=how)
    data = picture()
    media_id = wechat.upload_cover(data, "image/jpeg")
    (kept,) = [one for one in control()["pictures"] if one["name"] == media_id]
    assert (kept["bytes"], platform.times("material/add_material")) == (len(data), 2)
    assert platform.times("stable_token") == 2


def test_a_token_that_expires_before_a_submission_does_not_publish_twice(wechat, control):
    media_id = draft(wechat)
    control(tokens="expire")
    wechat.submit_publish(media_id)
    assert len(control()["publications"]) == 1


def test_only_the_token_that_was_refused_is_dropped(client, platform, control):
    client.call("getcallbackip", method="get")
    refused_token = client.access_token
    control(tokens="revoke")
    client.call("getcallbackip", method="get")
    renewed = client.access_token
    client._renew(refused=refused_token)  # somebody slower, who was refused with the old one
    assert (client.access_token, platform.times("stable_token")) == (renewed, 2)


def test_chinese_goes_out_without_escapes(odd_platform):
    seen = []
    odd_platform.answers["add"] = b'{"media_id": "m"}'
    client = WeChatClient(APP_ID, SECRET, odd_platform.url, TokenStore(None))
    client._http.hooks["response"] = [lambda response, **_: seen.append(response.request.body)]
    WeChatPlatform(client).add_draft([DraftArticle("国家宪法日 & 你", "", "", "<p>好</p>", "", "c")])
    assert json.dumps("国家宪法日 & 你", ensure_ascii=False).encode() in seen[-1]
    assert b"\\u" not in seen[-1]


def test_many_threads_share_one_client(wechat, control):
    control(is_quota_lifted=True)
    cover = wechat.upload_cover(picture(), "image/jpeg")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: draft(wechat, title=f"第{number}篇", cover_media_id=cover), range(40)))
    assert len({*made}) == 40


def test_no_log_ever_holds_the_token_or_the_secret(wechat, client, platform, caplog):
    with caplog.at_level(logging.DEBUG):
        token = client.access_token
        wechat.count_followers()
        media_id = draft(wechat)
        platform.fails_at("freepublish/submit", lost=True)
        refused(Unknown, lambda: wechat.submit_publish(media_id))
        platform.fails_at("draft/add", errcode=40007)
        refused(Never, lambda: draft(wechat))
    ours = [record for record in caplog.records if not record.name.startswith("werkzeug")]  # the platform's own log
    assert all(token not in record.getMessage() and SECRET not in record.getMessage() for record in ours)
