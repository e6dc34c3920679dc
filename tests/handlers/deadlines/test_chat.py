"""A period counted in the chat: begun by its own words, and what they tell is not asked again."""

from datetime import date

import pytest

from content import render
from content.store import clock
from handlers.deadlines import chat, periods
from handlers.guided import flow

FLOW = flow.load("deadline")


def test_the_flow_offers_every_period_once_in_its_group():
    assert [option.value for option in FLOW.questions["field"].options] == list(periods.fields())
    for key, label in periods.fields().items():
        offered = [(option.value, option.label) for option in FLOW.questions[key].options]
        assert offered == [(one.key, one.label) for one in periods.every().values() if one.field == key]
        assert FLOW.questions["field"].label_of(key) == label


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("收到仲裁裁决怎么算15天", {"field": "labour", "labour": "award"}),
        ("上诉期怎么算 11月20日收到判决", {"since": "2026-11-20"}),  # of which court is not said: ten days or fifteen
        (
            "刑事判决11月20日收到，上诉期怎么算",
            {"field": "criminal", "criminal": "criminal_judgment", "since": "2026-11-20"},
        ),
        ("期限计算", {}),
        ("行政复议期限怎么算", {"field": "official", "official": "review"}),
    ],
)
def test_what_the_words_tell_is_known(words, known):
    assert chat.is_plain(words)
    told = chat.known_from(words, date(2026, 11, 26))
    assert told == known


@pytest.mark.parametrize(
    "words", ["误工费怎么算", "离婚冷静期最后一天他没来怎么办", "竞答到哪天", "判决书丢了怎么办", "怎么算分"]
)
def test_other_questions_are_left_to_their_topics(words):
    assert not chat.is_plain(words)


def test_an_award_is_counted_in_the_chat(somebody):
    somebody.says("收到仲裁裁决怎么算15天")
    day = clock.today()
    told = somebody.says(f"{day.year}年{day.month}月{day.day}日").text
    assert "最后一天：" in told and "《劳动争议调解仲裁法》第五十条" in told and "/h/deadlines/?period=award" in told
    assert len(told.encode()) <= render.TEXT_BYTES


def test_a_day_of_another_life_is_asked_again(somebody):
    somebody.says("收到仲裁裁决怎么算15天")
    assert "写错了年份" in somebody.says("1826年3月5日").text
