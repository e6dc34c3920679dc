"""Into a campaign by 网页授权, against the sandbox: the browser brings back a code, and only its own state counts."""

import dataclasses
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import update

from bot import pages, wiring
from bot.wechat.client import TokenStore, WeChatClient
from bot.wechat.login import Login
from content.phrases import say
from content.store import clock
from handlers import citizens
from handlers.quiz.models import HeldCampaign, Participant, Seat
from tests.handlers.quiz.campaigns import WRITTEN

CAMPAIGN = "by-account"


@pytest.fixture
def service(platform):
    """The sandbox as a service account; its first citizen follows, its third does not."""
    assert requests.post(f"{platform.url}/_control", json={"account_type": "service"}, timeout=5).json()["errcode"] == 0
    yield platform


@pytest.fixture
def app(one_bureau, service, tmp_path):
    client = WeChatClient("wxtest0000000000", "test-secret", service.url, TokenStore(None))
    made = Flask("bot")
    login = Login(client, f"{service.url}/connect")
    made.register_blueprint(pages.make_blueprint(lambda: one_bureau, tmp_path, login))
    with one_bureau.database.transaction() as session:
        for name, rules in ((CAMPAIGN, WRITTEN), ("exam-by-account", EXAM)):
            session.merge(
                HeldCampaign(
                    id=name, title="演示竞答", rules=rules, opens_at=clock.now() - timedelta(days=1),
                    closes_at=clock.now() + timedelta(days=1), commitment="", secret="", created_by="",
                    created_at=clock.now(),
                )
            )  # fmt: skip
    yield made
    with one_bureau.database.transaction() as session:  # other tests are asked for a quiz, too: nothing is left open
        session.execute(update(HeldCampaign).values(closes_at=clock.now() - timedelta(hours=1)))
    client.close()


EXAM = WRITTEN[: WRITTEN.index("[draw]")] + "[exam]\npass_points = 60\n"


def sent(browser, campaign: str = CAMPAIGN) -> str:
    """The address of WeChat that the browser is sent to."""
    response = browser.get(f"/h/quiz/{campaign}/sign-in")
    assert response.status_code == 302
    return response.location


def come_back(address: str, who: str) -> str:
    """What the browser is sent back with, by whoever was chosen in front of the sandbox."""
    page = requests.get(address, timeout=5)
    choice = re.search(rf'href="([^"]+)">{who}<', page.text)[1].replace("&amp;", "&")
    back = requests.get(requests.compat.urljoin(page.url, choice), allow_redirects=False, timeout=5)
    split = urlsplit(back.headers["Location"])
    return f"{split.path}?{split.query}"


def test_a_follower_is_known_and_begins_with_his_own_tap(app, one_bureau, service):
    browser = app.test_client()
    assert "用微信登录" in browser.get(f"/h/quiz/{CAMPAIGN}/").text

    back = browser.get(come_back(sent(browser), "演示市民甲"))
    with one_bureau.database.reading() as session:
        assert session.query(Seat).filter(Seat.campaign_id == CAMPAIGN).count() == 0
    sealed = parse_qs(urlsplit(back.location).query)["t"][0]
    assert "开始答题" in browser.get(back.location).text
    begun = browser.post(f"/h/quiz/{CAMPAIGN}/start", data={"t": sealed})

    assert begun.location.endswith("/paper")
    state = requests.get(service.url.replace("/api", "/phone/state"), timeout=5).json()
    openid = state["citizen"]["openid"]
    with one_bureau.database.reading() as session:
        assert session.get(Participant, (CAMPAIGN, citizens.participant_of(one_bureau.keyring, openid, CAMPAIGN)))


@pytest.mark.parametrize(
    ("who", "sentence"), [("演示市民丙", "quiz_page_not_following"), ("快照页里的游客", "quiz_page_snapshot")]
)
def test_who_does_not_follow_and_a_snapshot_page_are_told_what_to_do(app, who, sentence):
    browser = app.test_client()

    refused = browser.get(come_back(sent(browser), who))

    assert (refused.status_code, say(sentence) in refused.text) == (403, True)


def test_a_code_tells_once(app):
    browser = app.test_client()
    back = come_back(sent(browser), "演示市民甲")

    assert browser.get(back).status_code == 302
    again = browser.get(back)

    assert (again.status_code, say("quiz_page_sign_in_failed") in again.text) == (403, True)


def test_another_browser_another_campaign_an_old_and_a_forged_state_are_refused(app):
    browser = app.test_client()
    back = come_back(sent(browser), "演示市民甲")
    state = parse_qs(urlsplit(back).query)["state"][0]

    assert state.isalnum()
    assert app.test_client().get(back).status_code == 403
    assert browser.get(back.replace(state, state[:-1] + ("0" if state[-1] != "0" else "1"))).status_code == 403
    assert browser.get(back.replace(state, "")).status_code == 403
    assert browser.get(f"/h/quiz/{CAMPAIGN}/signed-in").status_code == 403
    with clock.fixed_at(clock.now() + timedelta(minutes=11)):
        assert browser.get(back).status_code == 403


def test_nobody_comes_into_an_exam_by_his_account(app):
    assert app.test_client().get("/h/quiz/exam-by-account/sign-in").status_code == 404


def test_a_platform_that_is_out_of_order_lets_nobody_in(app, service):
    browser = app.test_client()
    back = come_back(sent(browser), "演示市民甲")
    requests.post(f"{service.url}/_faults", json={"path": "/sns/oauth2/access_token", "status": 503}, timeout=5)

    refused = browser.get(back)

    assert (refused.status_code, say("quiz_page_sign_in_failed") in refused.text) == (403, True)


def test_a_subscription_account_may_not_ask(app, service):
    browser = app.test_client()
    address = sent(browser)
    requests.post(f"{service.url}/_control", json={"account_type": "subscription"}, timeout=5)

    assert "没有 Scope 权限" in requests.get(address, timeout=5).text


def test_only_a_service_account_asks_and_it_asks_wechat(installations):
    config = installations("sqlite")
    service = dataclasses.replace(config, wechat_account_type="service")
    played = dataclasses.replace(service, sandbox_enabled=True, wechat_api_base_url="http://127.0.0.1:1/sandbox/api")

    assert wiring.open_login(config) is None
    assert wiring.open_login(service).address("https://pufa.example/back", "0a") == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wxtest0000000000"
        "&redirect_uri=https%3A%2F%2Fpufa.example%2Fback&response_type=code&scope=snsapi_base&state=0a#wechat_redirect"
    )
    assert wiring.open_login(played).address("", "").startswith("http://127.0.0.1:1/sandbox/api/connect/oauth2/")
