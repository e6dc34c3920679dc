"""Calls to the platform, over HTTP to the sandbox: one token for all, bounded retries, nothing secret in errors."""

import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import redis
import requests
from conftest import ROOT, free_port

from bot.wechat import client as module
from bot.wechat.client import TokenStore, WeChatClient
from bot.wechat.errors import PlatformError
from content.store import clock

APP_ID, SECRET = "wxtest0000000000", "test-secret"


@pytest.fixture
def server(own_redis):
    with redis.Redis.from_url(own_redis.url, socket_timeout=0.2, socket_connect_timeout=0.2) as client:
        yield client


@pytest.fixture
def new_client(platform, request):
    """A process's worth of client; all of them share the Redis."""

    def make(secret: str = SECRET, url: str = "", store: TokenStore | None = None) -> WeChatClient:
        made = WeChatClient(APP_ID, secret, url or platform.url, store or TokenStore(request.getfixturevalue("server")))
        opened.append(made)
        return made

    opened: list[WeChatClient] = []
    yield make
    for made in opened:
        made.close()


def refused(act) -> PlatformError:
    """The error, which holds no secret however it is shown."""
    with pytest.raises(PlatformError) as caught:
        act()
    shown = "".join(traceback.format_exception(caught.value)) + str(caught.value) + repr(caught.value)
    assert SECRET not in shown
    assert "access_token=" not in shown
    return caught.value


# ── one token for all ─────────────────────────────────────────────────────────────────────────────────────────────────

CALLS = """
import sys
import redis
from bot.wechat.client import TokenStore, WeChatClient
app_id, secret, url, redis_url = sys.argv[1:]
client = WeChatClient(app_id, secret, url, TokenStore(redis.Redis.from_url(redis_url)))
print("ready", flush=True)
while sys.stdin.readline() == "go\\n":
    for _ in range(20):
        assert client.call("getcallbackip", method="get")["ip_list"]
    print("done", flush=True)
"""


@pytest.fixture
def eight(platform, own_redis):
    """Eight processes with a client each, and how to let all of them make twenty calls at once."""

    def go():
        for process in processes:
            process.stdin.write(b"go\n")
            process.stdin.flush()
        assert [process.stdout.readline() for process in processes] == [b"done\n"] * 8

    command = [sys.executable, "-c", CALLS, APP_ID, SECRET, platform.url, own_redis.url]
    processes = [subprocess.Popen(command, stdin=-1, stdout=-1, cwd=ROOT) for _ in range(8)]
    try:
        assert [process.stdout.readline() for process in processes] == [b"ready\n"] * 8
        yield go
    finally:
        for process in processes:
            process.communicate(timeout=60)


def test_eight_processes_with_twenty_calls_each_fetch_one_token(platform, eight):
    eight()
    assert (platform.times("stable_token"), platform.times("getcallbackip")) == (1, 160)


@pytest.mark.parametrize("how", ["expire", "revoke"])
def test_eight_processes_with_an_expired_token_make_one_refresh(platform, eight, how):
    eight()
    requests.post(f"{platform.url}/_control", json={"tokens": how}, timeout=5).raise_for_status()
    platform.fails_at("stable_token", delay=0.3, times=1)  # long enough for all eight to want it
    eight()
    assert platform.times("stable_token") == 2
    assert 320 < platform.times("getcallbackip") <= 328


def test_the_token_is_never_asked_for_by_the_call_that_kills_the_others(platform, new_client):
    new_client().call("getcallbackip", method="get")
    assert platform.times("token") == 0


def test_many_who_find_the_token_stale_at_once_renew_it_once(platform, new_client, server):
    clients = [new_client() for _ in range(6)]
    clients[0].call("getcallbackip", method="get")
    server.set(f"wechat:{APP_ID}_access_token", "stale")
    platform.fails_at("stable_token", delay=0.2)
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(client.call, "getcallbackip", method="get") for client in clients]:
            assert done.result()["ip_list"]
    assert platform.times("stable_token") == 2


def test_a_token_is_renewed_before_it_ends_and_not_sooner(platform, new_client):
    client, start = new_client(), clock.now()
    with clock.fixed_at(start):
        client.call("getcallbackip", method="get")
    for later, fetched in ((6800, 1), (6950, 2), (7100, 2), (14_400, 3)):
        with clock.fixed_at(start + timedelta(seconds=later)):
            assert client.call("getcallbackip", method="get")["ip_list"]
        assert platform.times("stable_token") == fetched


def test_a_stale_token_is_renewed_once_and_the_call_repeated(platform, new_client, server):
    client = new_client()
    client.call("getcallbackip", method="get")
    server.set(f"wechat:{APP_ID}_access_token", "stale")
    assert client.call("getcallbackip", method="get")["ip_list"]
    assert (platform.times("stable_token"), platform.times("getcallbackip")) == (2, 3)


def test_a_token_that_somebody_else_has_killed_is_replaced(platform, new_client):
    client = new_client()
    client.call("getcallbackip", method="get")
    body = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, "force_refresh": True}
    requests.post(f"{platform.url}/cgi-bin/stable_token", json=body, timeout=5)
    assert client.call("getcallbackip", method="get")["ip_list"]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_stays_refused_ends_with_an_error_after_two_calls(platform, new_client, code):
    client = new_client()
    platform.fails_at("getcallbackip", errcode=code)
    error = refused(lambda: client.call("getcallbackip", method="get"))
    assert (error.code, platform.times("getcallbackip")) == (code, 2)
    assert platform.times("stable_token") <= 2


def test_without_redis_one_process_still_fetches_once(platform, new_client, own_redis, server):
    own_redis.killed()
    client = new_client()
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(client.call, "getcallbackip", method="get") for _ in range(20)]:
            assert done.result()["ip_list"]
    assert platform.times("stable_token") == 1


def test_a_redis_that_hangs_makes_no_call_fail(platform, new_client, own_redis):
    client = new_client()
    own_redis.stopped()
    start = time.monotonic()
    assert client.call("getcallbackip", method="get")["ip_list"]
    assert time.monotonic() - start < 5


def test_without_any_redis_the_store_keeps_the_token_to_itself(platform, new_client):
    client = new_client(store=TokenStore(None))
    for _ in range(2):
        assert client.call("getcallbackip", method="get")["ip_list"]
    assert platform.times("stable_token") == 1


def test_a_process_that_died_while_it_fetched_holds_up_the_others_only_for_a_while(
    platform, new_client, server, monkeypatch
):
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.3)
    server.set(f"wechat:{APP_ID}_token_lock", "somebody", px=300)
    start = time.monotonic()
    assert new_client().call("getcallbackip", method="get")["ip_list"]
    assert time.monotonic() - start < 2


def test_a_store_forgets_what_it_is_told_to_forget(server):
    store = TokenStore(server)
    store.set("a", "1", 60)
    store.delete("a")
    assert store.get("a", "nothing") == "nothing"


# ── what goes wrong ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.2)


@pytest.mark.parametrize("path", ["stable_token", "getcallbackip"])
@pytest.mark.parametrize("how", [{"delay": 1.0}, {"status": 500}, {"status": 404}, {"lost": True}])
def test_a_platform_that_does_not_answer_is_told_as_that_and_in_time(impatient, platform, new_client, path, how):
    platform.fails_at(path, **how)
    start = time.monotonic()
    error = refused(lambda: new_client(store=TokenStore(None)).call("getcallbackip", method="get"))
    assert time.monotonic() - start < 0.9
    assert (error.code, "没有应答" in str(error)) == (None, True)


def test_nobody_at_the_address_is_told_in_the_same_way(new_client):
    error = refused(lambda: new_client(url=f"http://127.0.0.1:{free_port()}").call("getcallbackip", method="get"))
    assert "wechat.api_base_url" in str(error)


ODD_ANSWERS = [b"", b"<html>", b"[]", b"null", b'"x"', b'{"errcode": "many"}', b'{"access_token": 1}', b"\xff", b"{}"]


@pytest.mark.parametrize("body", ODD_ANSWERS)
@pytest.mark.parametrize("path", ["stable_token", "getcallbackip"])
def test_an_answer_that_is_no_answer_is_an_error_of_the_platform(odd_platform, new_client, path, body):
    if (path, body) == ("getcallbackip", b"{}") or (path, b"access_token" in body) == ("getcallbackip", True):
        return  # an empty success, which many calls answer
    odd_platform.answers[path] = body
    client = new_client(url=odd_platform.url, store=TokenStore(None))
    refused(lambda: client.call("getcallbackip", method="get"))


def test_wrong_credentials_are_told_with_the_platforms_code_and_number(new_client):
    error = refused(lambda: new_client(secret="wr0ng").call("getcallbackip", method="get"))
    assert error.code == 40125
    assert "rid:" in str(error)
    assert "wr0ng" not in str(error)


def test_a_refusal_carries_the_number_that_the_platforms_support_asks_for(platform, new_client):
    platform.fails_at("getcallbackip", errcode=48001)
    error = refused(lambda: new_client().call("getcallbackip", method="get"))
    assert "rid: " in str(error)
    assert "权限" in str(error)


def test_a_code_that_nobody_knows_is_passed_on(platform, new_client):
    platform.fails_at("getcallbackip", errcode=99999)
    assert "99999" in str(refused(lambda: new_client().call("getcallbackip", method="get")))


# ── the calls themselves ──────────────────────────────────────────────────────────────────────────────────────────────


def test_chinese_goes_out_as_chinese_which_the_platform_insists_on(new_client):
    menu = {"button": [{"type": "click", "name": "法律援助", "key": "legal-aid/overview"}]}
    client = new_client()
    client.call("menu/create", menu)
    assert client.call("menu/get", method="get")["menu"]["button"][0]["name"] == "法律援助"


def test_the_librarys_own_methods_use_the_same_address_and_token(platform, new_client):
    client = new_client()
    assert client.misc.get_wechat_ips() == ["127.0.0.1"]
    client.call("getcallbackip", method="get")
    assert platform.times("stable_token") == 1


def test_an_address_may_end_with_a_slash(platform, new_client):
    assert new_client(url=f"{platform.url}/").call("getcallbackip", method="get")["ip_list"]
