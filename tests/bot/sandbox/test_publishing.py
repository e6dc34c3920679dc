"""Drafts and publications: the platform's limits, what it takes out, and results that come later."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from defusedxml.ElementTree import fromstring

from content.store import clock

MORNING = datetime(2026, 12, 4, 0, 0, tzinfo=UTC)  # 08:00 in Beijing


def wait_for(webhook, count):
    until = time.monotonic() + 5
    while len(webhook.seen) < count and time.monotonic() < until:
        time.sleep(0.02)
    return [fromstring(xml) for xml in webhook.seen]


def code(answer):
    return answer.get("errcode", 0)


def test_a_draft_reads_back_with_a_preview_address_and_is_gone_after_deleting(account):
    media_id = account.draft()
    item = account.post("cgi-bin/draft/get", media_id=media_id)["news_item"][0]
    assert (item["title"], item["author"], item["digest"], item["content"]) == ("标题", "作者", "摘要", "<p>正文</p>")
    assert "正文" in account.phone.get(item["url"]).text
    assert account.get("cgi-bin/draft/count").json["total_count"] == 1
    assert code(account.post("cgi-bin/draft/delete", media_id=media_id)) == 0
    assert code(account.post("cgi-bin/draft/get", media_id=media_id)) == 40007
    assert account.phone.get(item["url"]).status_code == 404


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"title": "长" * 33}, 45003),
        ({"title": " "}, 45003),
        ({"author": "长" * 17}, 45110),
        ({"digest": "长" * 129}, 45004),
        ({"content": ""}, 44004),
        ({"content": "a" * 20_000}, 45002),
        ({"content_source_url": "https://e.com/" + "x" * 1024}, 45005),
        ({"thumb_media_id": "nobody"}, 40007),
        ({"title": 7}, 47001),
    ],
)
def test_an_article_beyond_the_limits_is_refused(account, changed, errcode):
    assert code(account.post("cgi-bin/draft/add", articles=[account.article(**changed)])) == errcode
    assert account.state()["drafts"] == []


def test_an_article_at_the_limits_is_taken(account):
    article = account.article(title="长" * 32, author="长" * 16, digest="长" * 128, content="长" * 19_999)
    assert "media_id" in account.post("cgi-bin/draft/add", articles=[article])


def test_a_draft_needs_one_to_eight_articles_and_covers_that_are_permanent(account):
    one = account.article()
    assert code(account.post("cgi-bin/draft/add", articles=[])) == 44003
    assert code(account.post("cgi-bin/draft/add", articles=one)) == 44003
    assert code(account.post("cgi-bin/draft/add", articles=[one] * 9)) == 45008
    temporary = account.upload("media/upload", b"\xff\xd8\xff", type="image")["media_id"]
    assert code(account.post("cgi-bin/draft/add", articles=[{**one, "thumb_media_id": temporary}])) == 40007
    media_id = account.draft(*[one] * 8)
    items = account.post("cgi-bin/draft/get", media_id=media_id)["news_item"]
    assert [item["digest"] for item in items] == ["正文"] * 8  # a digest of one's own has only an article alone


def test_an_update_changes_one_article_and_refuses_a_place_that_is_not_there(account):
    media_id = account.draft(account.article(), account.article())
    wanted = {"media_id": media_id, "index": 1, "articles": account.article(title="新标题")}
    assert code(account.post("cgi-bin/draft/update", **wanted)) == 0
    assert code(account.post("cgi-bin/draft/update", **{**wanted, "index": 2})) == 40114
    items = account.post("cgi-bin/draft/get", media_id=media_id)["news_item"]
    assert [item["title"] for item in items] == ["标题", "新标题"]


def test_drafts_are_listed_newest_first_and_without_texts_where_asked(account):
    ids = [account.draft(account.article(title=f"第{number}篇")) for number in range(3)]
    listed = account.post("cgi-bin/draft/batchget", offset=0, count=2, no_content=1)
    assert [item["media_id"] for item in listed["item"]] == [ids[2], ids[1]]
    assert (listed["total_count"], listed["item"][0]["content"]["news_item"][0]["content"]) == (3, "")


def test_a_publication_is_accepted_at_once_finished_later_and_told_to_the_webhook(account, webhook):
    account.turn(publish_seconds=30)
    media_id = account.draft(account.article(), account.article(title="第二篇"))
    made = account.post("cgi-bin/freepublish/submit", media_id=media_id)
    ask = {"publish_id": made["publish_id"]}
    assert account.post("cgi-bin/freepublish/get", **ask)["publish_status"] == 1
    account.turn(pass_seconds=31)
    told = account.post("cgi-bin/freepublish/get", **ask)
    assert (told["publish_status"], told["article_detail"]["count"], told["fail_idx"]) == (0, 2, [])
    (event,) = wait_for(webhook, 1)
    assert event.findtext("Event") == "PUBLISHJOBFINISH"
    assert event.findtext("PublishEventInfo/publish_id") == made["publish_id"]
    assert event.findtext("PublishEventInfo/article_id") == told["article_id"]
    urls = [one.text for one in event.findall("PublishEventInfo/article_detail/item/article_url")]
    assert urls == [item["article_url"] for item in told["article_detail"]["item"]]
    assert ["第二篇" in account.phone.get(url).text for url in urls] == [False, True]
    assert code(account.post("cgi-bin/draft/get", media_id=media_id)) == 40007
    assert account.state()["events"][0]["status"] == 200


def test_the_event_comes_by_itself_and_encrypted_where_the_account_is_in_safe_mode(settings, webhook, open_account):
    account = open_account(replace(settings, mode="safe"))
    account.turn(publish_seconds=0.2)
    account.post("cgi-bin/freepublish/submit", media_id=account.draft())
    (event,) = wait_for(webhook, 1)  # nobody asks the sandbox meanwhile
    assert event.findtext("Event") == "PUBLISHJOBFINISH"
    assert "PUBLISHJOBFINISH" not in webhook.raw[0]


def test_a_publication_can_fail_and_says_which_articles(account, webhook):
    account.turn(publish_seconds=0, publish_status=2)
    media_id = account.draft()
    made = account.post("cgi-bin/freepublish/submit", media_id=media_id)
    told = account.post("cgi-bin/freepublish/get", publish_id=made["publish_id"])
    assert (told["publish_status"], told["fail_idx"], "article_id" in told) == (2, [1], False)
    (event,) = wait_for(webhook, 1)
    assert event.findtext("PublishEventInfo/fail_idx") == "1"
    assert "news_item" in account.post("cgi-bin/draft/get", media_id=media_id)


def test_a_draft_that_is_submitted_twice_comes_out_twice(account):
    account.turn(publish_seconds=5)
    media_id = account.draft()
    for _ in range(2):
        assert code(account.post("cgi-bin/freepublish/submit", media_id=media_id)) == 0
    account.turn(pass_seconds=6)
    assert [one["status"] for one in account.state()["publications"]] == [0, 0]
    assert code(account.post("cgi-bin/freepublish/submit", media_id=media_id)) == 40007


def test_what_is_published_is_listed_read_and_deleted(account):
    account.turn(publish_seconds=0)
    account.post(
        "cgi-bin/freepublish/submit", media_id=account.draft(account.article(), account.article(title="第二篇"))
    )
    listed = account.post("cgi-bin/freepublish/batchget", offset=0, count=1)
    assert (listed["total_count"], listed["item_count"]) == (4, 1)
    article_id = listed["item"][0]["article_id"]
    first, second = account.post("cgi-bin/freepublish/getarticle", article_id=article_id)["news_item"]
    assert code(account.post("cgi-bin/freepublish/delete", article_id=article_id, index=1)) == 0
    assert "已被发布者删除" in account.phone.get(first["url"]).text
    assert "正文" in account.phone.get(second["url"]).text
    items = account.post("cgi-bin/freepublish/getarticle", article_id=article_id)["news_item"]
    assert [item["is_deleted"] for item in items] == [True, False]
    assert code(account.post("cgi-bin/freepublish/delete", article_id=article_id)) == 0
    (publication,) = account.state()["publications"]
    assert publication["status"] == 5
    assert code(account.post("cgi-bin/freepublish/delete", article_id="nobody")) == 53600
    assert code(account.post("cgi-bin/freepublish/get", publish_id="1")) == 53502


def test_the_days_quota_ends_and_begins_again_with_the_next_day_or_is_lifted(account):
    with clock.fixed_at(MORNING):
        account.renew()
        account.turn(publish_seconds=0)
        ask = {"publish_id": account.post("cgi-bin/freepublish/submit", media_id=account.draft())["publish_id"]}
        assert [code(account.post("cgi-bin/freepublish/get", **ask)) for _ in range(101)] == [0] * 100 + [45009]
        quota = account.post("cgi-bin/openapi/quota/get", cgi_path="/cgi-bin/freepublish/get")["quota"]
        assert quota == {"daily_limit": 100, "used": 100, "remain": 0}
        account.turn(is_quota_lifted=True)
        assert code(account.post("cgi-bin/freepublish/get", **ask)) == 0
        account.turn(is_quota_lifted=False, pass_seconds=16 * 3600)
        account.renew()
        assert code(account.post("cgi-bin/freepublish/get", **ask)) == 0


def test_quotas_can_be_cleared_ten_times_a_month(account):
    answers = [account.post("cgi-bin/clear_quota", appid="wx0123456789abcdef") for _ in range(11)]
    assert [code(answer) for answer in answers] == [0] * 10 + [48006]


def test_two_thousand_publications_are_through_in_seconds(account):
    account.turn(publish_seconds=0, is_quota_lifted=True, loses_events=True)
    cover = account.cover()
    began = time.monotonic()
    for number in range(2000):
        article = account.article(title=f"第{number}篇", thumb_media_id=cover) if number < 1 else {
            "title": f"第{number}篇", "content": "<p>正文</p>", "thumb_media_id": cover}  # fmt: skip
        account.post("cgi-bin/freepublish/submit", media_id=account.draft(article))
    assert time.monotonic() - began < 20
    assert sum(one["status"] == 0 for one in account.state()["publications"]) == 2000
