"""Yesterday's figures over HTTP from the sandbox into the database, by the current interfaces and by the older ones."""

from datetime import timedelta

import pytest
import requests

from bot.wechat.client import TokenStore, WeChatClient
from bot.wechat.platform import WeChatPlatform
from content.store import clock
from scheduler import snapshots, statistics
from scheduler.platform import DraftArticle

COVER = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060"
    "000000050001a5f645400000000049454e44ae426082"
)
REPLACED = ("getarticleread", "getarticletotaldetail")  # the sandbox plays the older ones of these


@pytest.fixture
def wechat(platform):
    client = WeChatClient("wxtest0000000000", "test-secret", platform.url, TokenStore(None))
    yield WeChatPlatform(client)
    client._http.close()


@pytest.fixture
def tomorrow(platform, wechat):
    """An article has been published, and it is noon of the next day, also in the sandbox."""
    requests.post(f"{platform.url}/_control", json={"publish_seconds": 0}, timeout=5)
    cover = wechat.upload_cover(COVER, "image/png")
    wechat.submit_publish(wechat.add_draft([DraftArticle("国家宪法日", "普法办", "摘要", "<p>正文</p>", "", cover)]))
    local = clock.in_beijing(clock.now())
    noon = (local + timedelta(days=1)).replace(hour=12)
    passed = (noon - local).total_seconds()
    requests.post(f"{platform.url}/_control", json={"pass_seconds": passed}, timeout=5)
    return clock.now() + timedelta(seconds=passed)


def faulty(platform, name: str, **how) -> None:
    requests.post(f"{platform.url}/_faults", json={"path": f"/datacube/{name}", **how}, timeout=5)


def check(database, wechat, platform, now) -> None:
    assert snapshots.collect(database, wechat, now) == []
    day = clock.in_beijing(now).date() - timedelta(days=1)
    with database.reading() as session:
        made = statistics.series(session, list(statistics.FIGURES), day, day)
        known = {name: values[0] for name, values in made.values.items()}
        (article,) = statistics.articles_top(session, day, day)
    assert known["new_user"] is not None
    assert known["cumulate_user"] > 0
    assert known["callback_count"] >= 50
    assert known["followers"] >= 1
    assert (article.title, article.published_on) == ("国家宪法日", day)
    asked = list(platform.asked)
    assert snapshots.collect(database, wechat, now) == []
    assert platform.asked == asked  # nothing is asked twice


def test_yesterdays_figures_are_kept(database, wechat, platform, tomorrow):
    check(database, wechat, platform, tomorrow)


def test_an_account_with_only_the_older_interfaces_has_figures_too(database, wechat, platform, tomorrow):
    for name in REPLACED:
        faulty(platform, name, errcode=48001, times=50)
    check(database, wechat, platform, tomorrow)
    assert "/datacube/getarticlesummary" in platform.asked


def test_what_is_not_ready_stays_open(database, wechat, platform, tomorrow):
    faulty(platform, "getusersummary", errcode=61503, times=1)
    snapshots.collect(database, wechat, tomorrow)
    day = clock.in_beijing(tomorrow).date() - timedelta(days=1)
    with database.reading() as session:
        assert statistics.series(session, ["new_user"], day, day).values == {"new_user": (None,)}
    snapshots.collect(database, wechat, tomorrow + timedelta(hours=1))
    with database.reading() as session:
        assert statistics.series(session, ["new_user"], day, day).values["new_user"] != (None,)
