"""What the account has published."""

from dataclasses import replace
from datetime import timedelta

import pytest
from makers import Somebody

from content import repository
from content.importers.documents import put_article
from content.importers.library import Wording
from content.phrases import say
from content.search import ArticleIndex
from content.store import clock

TITLES = [
    "彩礼退不退，法官这样说",
    "高空抛物谁来赔",
    "工资被拖欠，四步要回来",
    "宪法宣传周走进校园",
    "养老诈骗这样防",
    "<b>老人</b>再婚的房子",
    "网购退货七天无理由",
]


@pytest.fixture
def reader(bureau) -> Somebody:
    """A citizen of a bureau that has published some articles, the last of them first."""
    with bureau.database.transaction() as session:
        for age, title in enumerate(TITLES):
            url = "https://mp.weixin.qq.com/s/1?a=1&b=2" if age == 0 else ""
            wording = Wording(title=title, body="正文", source_url=url)
            put_article(session, f"press-{age}", wording, clock.now() - timedelta(days=age), "import")
    with bureau.database.reading() as session:
        cards = {card.slug: card for card in repository.latest_articles(session)}
    index = ArticleIndex((card.slug, card.title) for card in cards.values())
    return Somebody(replace(bureau, articles=index, cards=cards, heard={}))


def test_the_latest_articles_come_newest_first(reader):
    text = reader.says("普法文章").text
    assert reader.topic == "publicity/articles" and text.startswith(say("articles_latest"))
    places = [text.index(title) for title in TITLES[:5]]
    assert places == sorted(places) and TITLES[6] not in text


def test_articles_on_the_words_asked_are_found(reader):
    text = reader.says("普法文章 彩礼").text
    assert text.startswith(say("articles_found")) and TITLES[0] in text and TITLES[1] not in text


def test_words_that_no_article_holds_get_the_latest(reader):
    assert reader.says("有没有关于渔业的普法文章").text.startswith(say("articles_latest"))


def test_a_menu_tap_gets_the_latest(reader):
    assert reader.sends("event:click", "publicity/articles").text.startswith(say("articles_latest"))


def test_an_article_links_to_where_it_was_published_else_to_our_own_page(reader):
    text = reader.says("普法文章").text
    assert '<a href="https://mp.weixin.qq.com/s/1?a=1&b=2">' in text
    assert '<a href="https://pufa.example/h/articles/press-1">' in text


def test_a_title_cannot_bring_markup_into_a_reply(reader):
    assert "＜b＞老人＜/b＞再婚" in reader.says("普法文章 老人再婚").text


def test_without_a_public_address_titles_stand_without_links(reader):
    offline = Somebody(replace(reader.bureau, public_url=""))
    assert f"· {TITLES[1]}" in offline.says("普法文章").text


def test_a_bureau_without_articles_answers_the_topic(bureau):
    somebody = Somebody(replace(bureau, articles=ArticleIndex([]), heard={}))
    assert somebody.says("普法文章").text == bureau.replies["publicity/articles"].text
