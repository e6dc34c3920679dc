"""Whose browser it is: asked of the sandbox over HTTP; what WeChat does not say is no openid, and no secret leaks."""

import traceback

import pytest
import requests

from bot.wechat.client import TokenStore, WeChatClient
from bot.wechat.login import AT_ONCE, Login, NotFollowing, NotTold, SnapshotOnly

APP_ID, SECRET = "wxtest0000000000", "test-secret"


@pytest.fixture
def new_login(platform):
    requests.post(f"{platform.url}/_control", json={"account_type": "service"}, timeout=5).raise_for_status()
    opened: list[WeChatClient] = []

    def make(secret: str = SECRET, url: str = "") -> Login:
        opened.append(WeChatClient(APP_ID, secret, url or platform.url, TokenStore(None)))
        return Login(opened[-1], f"{platform.url}/connect")

    yield make
    for client in opened:
        client.close()


def code_of(login: Login, citizen: str) -> str:
    address = login.address("http://127.0.0.1:1/back", "0a").replace("#", f"&citizen={citizen}#")
    back = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    return back.split("code=")[1].split("&")[0]


def refused(login: Login, code: str) -> NotTold:
    with pytest.raises(NotTold) as caught:
        login.openid_of(code)
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in shown
    assert code not in shown
    return caught.value


def test_a_followers_openid_is_told_once(new_login, platform):
    login = new_login()
    code = code_of(login, "c1")

    assert login.openid_of(code).startswith("o")
    assert isinstance(refused(login, code), NotTold)


def test_who_does_not_follow_and_a_snapshot_page_are_told_apart(new_login):
    login = new_login()

    with pytest.raises(NotFollowing):
        login.openid_of(code_of(login, "c3"))
    assert isinstance(refused(login, code_of(login, "nobody")), SnapshotOnly)


def test_a_wrong_secret_and_a_platform_that_is_away_tell_nothing(new_login):
    code = code_of(new_login(), "c1")

    refused(new_login(secret="another"), code)
    refused(new_login(url="http://127.0.0.1:1/sandbox/api"), code)


@pytest.mark.parametrize("fault", [{"status": 502}, {"errcode": -1}, {"lost": True}])
def test_a_platform_that_is_out_of_order_tells_nothing(new_login, platform, fault):
    login = new_login()
    code = code_of(login, "c1")
    requests.post(f"{platform.url}/_faults", json={"path": "/sns/oauth2/access_token", **fault}, timeout=5)

    refused(login, code)


def test_while_wechat_is_slow_the_others_are_not_kept_waiting(new_login):
    login = new_login()
    code = code_of(login, "c1")
    for _ in range(AT_ONCE):
        login.turns.acquire()

    refused(login, code)
    login.turns.release()

    assert login.openid_of(code).startswith("o")
