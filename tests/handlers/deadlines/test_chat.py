"""A period counted in the chat: begun by its own words, and what they tell is not asked again."""

from datetime import date
from pathlib import Path

import pytest

from content import render
from content.phrases import LIBRARY
from content.store import clock
from handlers.deadlines import asked, chat, periods
from handlers.guided import flow

FLOW = flow.load("deadline")
TODAY = date(2026, 11, 26)
ASKED = [
    line.split("\t")
    for line in (Path(__file__).parent / "asked.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


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
        (
            "上诉期怎么算 11月20日收到判决",
            {
                "civil": "judgment",
                "criminal": "criminal_judgment",
                "official": "official_judgment",
                "since": "2026-11-20",
            },
        ),  # of which court is not said: ten days or fifteen
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
    told = chat.known_from(words, TODAY)
    assert told == known


@pytest.mark.parametrize(("words", "period", "day"), ASKED)
def test_a_period_asked_for_in_anybodys_words_is_the_right_one(words, period, day):
    found = asked.asked(words)
    if period == "none":
        assert not chat.is_plain(words)
        return
    assert found is not None and found.period == (period if period != "open" else "")
    assert found.tell or period != "open"
    assert chat.known_from(words, TODAY) == {**found.known, **({"since": day} if day else {})}
    assert chat.is_plain(words) or found.is_answered


def test_with_a_day_it_is_counted_where_an_answer_would_name_the_length_alone():
    assert not chat.is_plain("交警处罚决定书收到，复议最晚哪天")
    assert chat.is_plain("交警处罚决定书昨天收到，复议最晚哪天")


@pytest.mark.parametrize(
    ("words", "since"),
    [
        ("上诉期明天到期吗", None),  # a day to come is the last one
        ("判决书12月5号到期，上诉还来得及吗", None),  # of this year rather than of the last
        ("判决书2025年12月5号收到，上诉还来得及吗", "2025-12-05"),
        ("11月20日判的，判决书还没收到，几天内上诉", None),
    ],
)
def test_a_day_is_taken_only_where_it_can_be_the_first(words, since):
    assert chat.known_from(words, TODAY).get("since") == since


def test_every_period_is_asked_for_in_these_words_or_opens_by_its_own():
    assert {period for _, period, _ in ASKED} >= set(periods.every())


ANSWERED = {
    "review": ("service/admin-review", "六十日内"), "sue": ("service/admin-review", "六个月内"),
    "recognition": ("matter/work-injury", "受伤起一年内"), "recognition_employer": ("matter/work-injury", "30日内"),
    "arbitration": ("matter/labour-dispute", "一般在一年内"), "arbitration_left": ("matter/wages", "离职起一年内"),
    "confirmation": ("service/mediation", "30日内"), "disclosure": ("disclosure/request", "20个工作日内"),
    "aid_decision": ("legal-aid/process", "七日内"), "divorce_certificate": ("matter/marriage", "期满后三十日内"),
    "divorce_withdraw": ("matter/marriage", "三十日内"), "divorce_applied": ("matter/marriage", "期满后三十日内"),
    "return_goods": ("matter/consumer", "七日内"),
    "limitation": ("matter/debt", "三年内"),
}  # fmt: skip


def test_a_period_left_to_an_answer_is_told_by_it():
    """In what the chat shows, not only on the page."""
    left = {
        period for words, period, _ in ASKED if period != "none" and (one := asked.asked(words)) and one.is_answered
    }
    assert left == set(ANSWERED)
    for topic, told in ANSWERED.values():
        text = (LIBRARY / "answers" / f"{topic}.md").read_text(encoding="utf-8")
        assert told in text.split("\n===\n")[0].split("+++\n")[2], topic


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("收到行政复议决定书，几天内起诉", ("15天内（《行政诉讼法》第四十五条）", "从哪天起")),
        ("判决书收到几天内上诉", ("十五日内上诉", "刑事的十日内", "算哪一类")),
        ("刑事判决书2026年9月22日收到的，什么时候上诉截止", ("在押的：2026年10月2日", "没有在押的：2026年10月8日")),
    ],
)
def test_the_length_is_told_at_once_and_a_day_that_was_said_is_not_asked(somebody, words, told):
    text = somebody.says(words).text
    assert all(part in text for part in told) and len(text.encode()) <= render.TEXT_BYTES


def test_where_it_is_open_the_field_alone_is_asked(somebody):
    somebody.says("判决书昨天收到，几天内上诉")
    assert "不服刑事一审判决，上诉\n最后一天" in somebody.says("刑事案件").text


def test_in_another_talk_the_length_is_told_and_the_place_kept(somebody):
    somebody.says("法律援助自测")
    somebody.says("讨工资")
    text = somebody.says("收到行政复议决定书，几天内起诉").text
    assert "15天内（《行政诉讼法》第四十五条）" in text and "还没有做完" in text


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
