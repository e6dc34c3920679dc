"""The same pipeline with the real client over HTTP against the sandbox, whose own count is the witness."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import requests
from conftest import free_port, wait_until
from werkzeug.serving import make_server

from bot.sandbox.app import SandboxSettings, create_sandbox
from bot.wechat.client import TokenStore, WeChatClient
from bot.wechat.platform import WeChatPlatform
from content.store import clock
from scheduler import slots
from scheduler.models import Channel, State
from scheduler.pipeline import Pipeline
from scheduler.walk import Patience
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
