"""The same pipeline with the real client over HTTP against the sandbox, whose own count is the witness."""

import multiprocessing
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from conftest import free_port, new_postgres_database, wait_until
from sqlalchemy import select
from werkzeug.serving import make_server

from bot.backup import make_backup, restore_backup
from bot.commands.check import look
from bot.config import Config
from bot.sandbox.app import SandboxSettings, create_sandbox
from bot.wechat.client import TokenStore, WeChatClient
from bot.wechat.platform import WeChatPlatform
from content.inspection import RED
from content.store import clock
from content.store.db import Database
from content.store.keys import open_keyring
from handlers import citizens, owing
from handlers.owing import OwedState
from scheduler import citizen_messages, slots
from scheduler.models import Channel, Publication, State
from scheduler.pipeline import Pipeline
from scheduler.walk import Patience
from tests.journeys.installation import lend_model
from tests.scheduler import hands
from tests.scheduler.making import Desk, many_approved

APP_ID, SECRET = "wxsandbox0000000", "a-secret"
PATIENCE = Patience(
    lease=timedelta(seconds=60), asking=timedelta(seconds=90), looks=(0.5, 1.0), asks=(0.5, 1.0),
)  # fmt: skip


@dataclass
class Sandbox:
    port: int

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/sandbox/api"

    def platform(self) -> WeChatPlatform:
        return WeChatPlatform(WeChatClient(APP_ID, SECRET, self.api, TokenStore(None)))

    def turn(self, **wanted: object) -> None:
        assert requests.post(f"{self.api}/_control", json=wanted, timeout=10).json()["errcode"] == 0

    def fault(self, **wanted: object) -> None:
        assert requests.post(f"{self.api}/_faults", json=wanted, timeout=10).json()["errcode"] == 0

    def seen(self) -> dict[str, Any]:
        return dict(requests.get(f"{self.api}/_control", timeout=30).json())

    def published(self) -> Counter[str]:
        """Titles that were submitted here, with how often."""
        return Counter(title for one in self.seen()["publications"] for title in one["titles"])

    def sent(self) -> Counter[str]:
        return Counter(title for one in self.seen()["sends"] for title in one["titles"])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(free_port())
    settings = SandboxSettings(
        webhook_url="http://127.0.0.1:9/wechat", token="t", app_id=APP_ID, app_secret=SECRET, encoding_aes_key="",
        account="gh_test00000001",
    )  # fmt: skip

    def serve() -> None:
        make_server("127.0.0.1", made.port, create_sandbox(settings), threaded=True).serve_forever()

    process = multiprocessing.get_context("fork").Process(target=serve, daemon=True)
    process.start()
    wait_until(lambda: _answers(made))
    made.turn(is_quota_lifted=True, loses_events=True, publish_seconds=0, mass_seconds=0)
    yield made
    process.kill()
    process.join()


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, bare_desk: Desk, tmp_path: Path) -> str:
    """Of another machine, of the same kind."""
    if bare_desk.database.is_sqlite:
        return f"sqlite:///{tmp_path}/new/pufa.db"
    return new_postgres_database(request.getfixturevalue("postgres_server"))


def _answers(sandbox: Sandbox) -> bool:
    try:
        return requests.get(f"{sandbox.api}/_control", timeout=1).status_code == 200
    except requests.RequestException:
        return False


def work(desk: Desk, sandbox: Sandbox, count: int, act: Callable[[Pipeline], None]) -> None:
    url, uploads = desk.database.url, desk.uploads
    hands.join([hands.start_with(url, sandbox.platform, uploads, act, PATIENCE) for _ in range(count)], 250)


def test_eight_schedulers_and_five_hundred_due_pushes(bare_desk: Desk, sandbox: Sandbox) -> None:
    made = many_approved(bare_desk, 500, clock.now())
    work(bare_desk, sandbox, 8, hands.until_all_sent(240))
    assert Counter(bare_desk.states()) == {State.SUBMITTED: 500}
    ours = {bare_desk.post(one).title for one in made}
    assert {title: count for title, count in sandbox.published().items() if title in ours} == dict.fromkeys(ours, 1)
    assert sandbox.seen()["calls"]["/cgi-bin/freepublish/submit"] == 500


def test_a_backup_taken_while_pushes_go_out_is_restored_and_sends_nothing_again(
    bare_desk: Desk, sandbox: Sandbox, config: Config, tmp_path: Path, model: Path, empty_database: str
) -> None:
    many_approved(bare_desk, 30, clock.now())
    later = many_approved(bare_desk, 1, clock.now() + timedelta(days=3))
    lost = replace(config, wechat_app_id=APP_ID, wechat_app_secret=SECRET, wechat_api_base_url=sandbox.api)
    old = [
        hands.start_with(lost.database_url, sandbox.platform, bare_desk.uploads, go_on(90), PATIENCE) for _ in range(2)
    ]
    out = [0]

    def copy_goes_on(_what: str) -> None:
        """While the first tables are copied another push goes out."""
        if 0 < out[0] < 25:
            wait_until(lambda: sum(sandbox.published().values()) > out[0])
        out[0] = sum(sandbox.published().values())

    wait_until(lambda: sandbox.published())
    make_backup(lost, tmp_path / "kept", copy_goes_on)
    wait_until(lambda: sum(sandbox.published().values()) == 30, 60)
    for process in old:
        process.kill()
        process.join()

    data = tmp_path / "new"
    lend_model(data, model)
    shutil.copy(config.security_key_file, data / "keys.json")
    new = replace(lost, server_data=str(data), database_url=empty_database, security_key_file=str(data / "keys.json"))
    done = restore_backup(new, tmp_path / "kept", False, copy_goes_on)
    assert (done.broken, done.has_same_keys) == ("", True) and done.held_back >= 1
    assert [line for line in look(new) if line.level == RED] == []
    hands.join([hands.start_with(new.database_url, sandbox.platform, data / "uploads", go_on(3), PATIENCE)], 20)
    assert sandbox.published() == {bare_desk.post(one).title: 1 for one in range(1, 31)}

    restored = Database(new.database_url)
    with restored.reading() as session:
        states = dict(session.execute(select(Publication.id, Publication.state)).all())
    restored.close()
    assert set(states.values()) <= {State.PUBLISHED, State.OVERDUE, State.UNCERTAIN}
    assert states[later[0]] == State.UNCERTAIN and State.PUBLISHED in states.values()


def go_on(seconds: float) -> Callable[[Pipeline], None]:
    """As the timer does, for a while."""

    def work(pipeline: Pipeline) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pipeline.tick(clock.now())
            pipeline.follow_up(clock.now())
            time.sleep(0.05)

    return work


@pytest.mark.parametrize("fault", [{"lost": True}, {"errcode": -1, "done": True}, {"status": 502, "done": True}])
@pytest.mark.parametrize("channel", list(Channel))
def test_a_success_that_looks_like_a_failure_is_found_out(
    bare_desk: Desk, sandbox: Sandbox, channel: Channel, fault: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "A_DAY", 1000)
    path = "/cgi-bin/freepublish/submit" if channel is Channel.PUBLISH else "/cgi-bin/message/mass/sendall"
    sandbox.fault(path=path, times=4, **fault)
    made = many_approved(bare_desk, 8, clock.now(), channel=channel)
    work(bare_desk, sandbox, 2, hands.until_all_ended(60))
    count = sandbox.published() if channel is Channel.PUBLISH else sandbox.sent()
    assert {bare_desk.state(one) for one in made} == {State.PUBLISHED}
    assert [count[bare_desk.post(one).title] for one in made] == [1] * 8


def test_an_answer_to_a_citizen_reaches_his_phone_once_and_only_inside_his_window(
    bare_desk: Desk, sandbox: Sandbox, tmp_path: Path
) -> None:
    database, keyring = bare_desk.database, open_keyring(tmp_path / "keys.json")
    phone = f"{sandbox.api.removesuffix('/api')}/phone"
    him = requests.get(f"{phone}/state", timeout=5).json()["citizen"]
    push = sandbox.platform().send_to_citizen

    def answers(text: str) -> tuple[OwedState, int]:
        """Staff answer: what becomes of it, and how often it is on his phone."""
        with database.transaction() as session:
            owing.owe_citizen(session, citizens.get_or_add_citizen_id(session, keyring, him["openid"]), text, text)
        for _ in range(2):
            citizen_messages.send_due(database, keyring, push, clock.now())
        chat = requests.get(f"{phone}/state", params={"citizen": him["id"]}, timeout=5).json()["chat"]
        with database.reading() as session:
            return OwedState(owing.find_by_key(session, text).state), sum(one["text"] == text for one in chat)

    def writes() -> None:
        words = {"citizen": him["id"], "kind": "text", "text": "在吗"}
        assert requests.post(f"{phone}/send", json=words, timeout=30).status_code == 200

    assert answers("还没有来过消息") == (OwedState.HELD, 0)
    writes()
    for number in range(5):
        assert answers(f"第{number}条") == (OwedState.SENT, 1)
    assert answers("第六条") == (OwedState.HELD, 0)
    writes()
    sandbox.fault(path="/cgi-bin/message/custom/send", lost=True, times=1)
    assert answers("答了没回音") == (OwedState.UNCERTAIN, 1)
    sandbox.fault(path="/cgi-bin/message/custom/send", errcode=45011, times=1)
    assert answers("太快了") == (OwedState.WAITING, 0)
