"""网页授权 as the sandbox plays it: who may ask, with what, and that a code tells once and not for long."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

AUTHORIZE = "/sandbox/api/connect/oauth2/authorize"


@pytest.fixture
def asks(account):
    """What a browser and then the account's server ask."""
    assert account.turn(account_type="service")["errcode"] == 0
    return account


def query(**other: str) -> dict[str, str]:
    return {
        "appid": "wx0123456789abcdef", "redirect_uri": "https://pufa.example/back?a=1", "response_type": "code",
        "scope": "snsapi_base", "state": "0a", **other,
    }  # fmt: skip


def code_of(account, who: str = "演示市民乙") -> str:
    page = account.phone.get(AUTHORIZE, query_string=query()).text
    choice = re.search(rf'href="authorize\?([^"]+)">{who}<', page)[1].replace("&amp;", "&")
    back = urlsplit(account.phone.get(f"{AUTHORIZE}?{choice}").location)
    brought = parse_qs(back.query)
    assert (back.netloc, brought["a"], brought["state"]) == ("pufa.example", ["1"], ["0a"])
    return brought["code"][0]


def told(account, **other: str) -> dict:
    asked = {"appid": "wx0123456789abcdef", "secret": "a-secret", "grant_type": "authorization_code", **other}
    return account.phone.get("/sandbox/api/sns/oauth2/access_token", query_string=asked).json


def test_a_code_tells_once_whose_browser_it_was(asks):
    code = code_of(asks)
    openid = asks.phone.get("/sandbox/phone/state?citizen=c2").json["citizen"]["openid"]

    assert told(asks, code=code)["openid"] == openid
    assert told(asks, code=code)["errcode"] == 40163
    assert told(asks, code="forged")["errcode"] == 40029
    assert told(asks)["errcode"] == 40029


def test_a_code_is_good_for_five_minutes(asks):
    code = code_of(asks)
    asks.turn(pass_seconds=301)

    assert told(asks, code=code)["errcode"] == 40029


def test_a_snapshot_page_is_marked_as_such(asks):
    assert told(asks, code=code_of(asks, "快照页里的游客"))["is_snapshotuser"] == 1


@pytest.mark.parametrize(
    ("wrong", "errcode"),
    [({"appid": "wxother"}, 40013), ({"secret": "other"}, 40125), ({"grant_type": "client_credential"}, 40002)],
)
def test_an_account_that_cannot_say_who_it_is_is_told_nothing(asks, wrong, errcode):
    assert told(asks, code=code_of(asks), **wrong)["errcode"] == errcode


@pytest.mark.parametrize(
    "wrong",
    [{"appid": "wxother"}, {"scope": "snsapi_other"}, {"redirect_uri": "javascript:alert(1)"}, {"state": "a.b"},
     {"state": "a" * 129}, {"response_type": "token"}],
)  # fmt: skip
def test_a_browser_that_was_sent_wrongly_is_not_sent_back(asks, wrong):
    assert asks.phone.get(AUTHORIZE, query_string=query(**wrong)).status_code == 400


def test_a_subscription_account_may_not_ask(account):
    assert account.phone.get(AUTHORIZE, query_string=query()).status_code == 400
    assert told(account, code="any")["errcode"] == 48001
