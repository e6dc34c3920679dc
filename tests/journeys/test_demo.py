"""What `make demo` runs: one command, everything embedded, a phone to try it with, and nothing left after Ctrl-C."""

import socket
from contextlib import ExitStack, contextmanager

import pytest
import requests
from conftest import is_free, wait_until


@pytest.fixture
def visitor(standing_demo):
    return standing_demo.acts("citizen", name="来访者", following=True)["id"]


def test_the_addresses_it_prints_open(standing_demo):
    base = f"http://127.0.0.1:{standing_demo.port}"
    for address, words in ((f"{base}/sandbox/", "葫芦岛普法"), (f"{base}/h/", "法律援助")):
        assert address in standing_demo.log
        page = requests.get(address, timeout=5)
        assert page.status_code == 200 and words in page.text
    assert requests.get(f"{base}/sandbox/", timeout=5).url == f"http://127.0.0.1:{standing_demo.port + 1}/sandbox/"


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_message_typed_in_the_sandbox_is_answered_through_the_real_webhook(standing_demo, visitor, mode):
    heard = standing_demo.acts("send", citizen=visitor, kind="text", text="老板拖欠工资怎么办", mode=mode, twice=True)
    assert [delivery["status"] for delivery in heard["deliveries"]] == [200, 200] and heard["same"] is True
    assert "工资" in heard["deliveries"][0]["response_xml"]
    assert heard["deliveries"][0]["request_url"].startswith(f"http://127.0.0.1:{standing_demo.port}/wechat?")


def test_a_quiz_can_be_played_in_the_sandbox(standing_demo, visitor):
    def says(text):
        return standing_demo.acts("send", citizen=visitor, kind="text", text=text)["deliveries"][-1]["response_xml"]

    assert "只练习五道题" in says("宪法知识竞答")
    assert "第 1 题" in says("2")
    assert [f"第 {place} 题" in says("A") for place in (2, 3, 4, 5)] == [True] * 4
    assert "这一轮答完了" in says("B")


def test_the_sandbox_has_the_menu_and_a_tap_on_it_is_answered(standing_demo, visitor):
    state = requests.get(f"http://127.0.0.1:{standing_demo.port + 1}/sandbox/phone/state", timeout=5).json()
    keys = [sub["key"] for top in state["menu"]["button"] for sub in top.get("sub_button", []) if "key" in sub]
    assert "legal-aid/eligibility" in keys
    heard = standing_demo.acts("send", citizen=visitor, kind="click", key="legal-aid/eligibility")
    assert "法律援助" in heard["deliveries"][0]["response_xml"]


def test_ctrl_c_stops_everything_and_what_was_said_is_still_there_at_the_next_start(demo):
    demo.start()
    openid = demo.acts("citizen", name="甲", following=True)["openid"]
    for text in ("宪法知识竞答", "2"):
        demo.acts("send", citizen=openid, kind="text", text=text)
    assert demo.running() == {"demo", "web", "scheduler", "sandbox", "redis-server"}
    assert demo.interrupt() == 0
    assert demo.running() == set() and "Traceback" not in demo.log
    demo.start()
    demo.acts("citizen", name="甲", following=True, openid=openid)
    heard = demo.acts("send", citizen=openid, kind="text", text="A")
    assert "第 2 题" in heard["deliveries"][-1]["response_xml"]


def test_ctrl_c_while_it_starts_stops_everything_too(demo):
    demo.launch()
    wait_until(lambda: "sandbox" in demo.running(), 60)
    assert demo.interrupt() == 0
    assert demo.running() == set() and "Traceback" not in demo.log


def test_killing_it_leaves_nobody_behind(demo):
    demo.start()
    demo.process.kill()
    wait_until(lambda: demo.running() == set())


@pytest.mark.parametrize("next_port", [0, 1])
def test_a_taken_port_is_named(demo, next_port):
    with anybody_at_a_port() as taken:
        demo.port = taken - next_port
        demo.launch()
        assert demo.process.wait(timeout=60) == 1
    assert f"端口 {taken} 已经被占用" in demo.log and "Traceback" not in demo.log


@contextmanager
def anybody_at_a_port():
    """Somebody who listens, before a port that is free: the demo needs two that follow each other."""
    with ExitStack() as everybody:
        while True:
            listener = everybody.enter_context(socket.create_server(("127.0.0.1", 0)))
            port = listener.getsockname()[1]
            if is_free(port + 1):
                yield port
                return
