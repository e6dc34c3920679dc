"""The self-test as a citizen has it: offered below the plain answer, begun by its own words, ended with a card."""

import re

import pytest

from content import render
from content.store import clock
from handlers import answers, citizens, conversation, talks
from handlers.citizens import pseudonym_of
from handlers.legal_aid import card as cards
from handlers.legal_aid.chat import GUIDE, TOPIC, is_plain
from tests.handlers.legal_aid.cases import answers_of

WALK = ("工资", "没有请", "我是农民工", "还没有去办", "2026年3月5日", "都没有")


def test_the_topic_is_answered_as_ever_with_the_test_offered_first_below(bureau, somebody):
    told = somebody.says("我能申请法律援助吗")
    assert told.text.startswith(bureau.shelf.answers[TOPIC].chat.strip()) and somebody.topic == TOPIC
    assert told.choices[0] == "开始自测" and len(told.choices) == answers.MOST_CHOICES
    assert somebody.conversation != "open"


@pytest.mark.parametrize("begins", ["开始自测", "测一测", "自测！", "法律援助自测"])
def test_words_of_its_own_begin_it(somebody, begins):
    assert "第1步/共" in somebody.says(begins).text


def test_tapping_the_offer_begins_it(somebody):
    somebody.says("我能申请法律援助吗")
    assert "您遇到的是哪一类事" in somebody.says("1").text


@pytest.mark.parametrize("other", ["我能申请法律援助吗", "自测题在哪", "宪法自测", "测一测我的宪法知识", ""])
def test_other_words_do_not(other):
    assert not is_plain(other)


def test_a_worker_who_is_owed_wages_gets_his_card_in_six_answers(bureau, somebody):
    somebody.says("开始自测")
    told = [somebody.says(text) for text in WALK][-1]
    assert told.text.startswith("看起来可以申请法律援助\n（自测结果卡 FY-")
    for words in (
        "第三十一条",
        "第四十二条",
        "2027年3月5日",
        "《劳动争议调解仲裁法》第二十七条",
        "由法律援助机构审查决定",
    ):
        assert words in told.text
    assert len(told.text.encode()) <= render.TEXT_BYTES
    sealed = re.search(r"https://pufa\.example/h/aid/card\?t=([^\"]+)", told.text)
    assert sealed
    _day, kept = cards.unseal(bureau.keyring, sealed[1])
    assert kept == answers_of("matter=wages lawyer=no groups=migrant stage=fresh left_on=2026-03-05 urgent=none")


@pytest.mark.parametrize(
    "told",
    [
        ("儿子打我不养我",), ("老公赌博不给孩子钱还打人",), ("老公喝酒就打我想离婚",), ("他打我骂我我要离婚",),
        ("赡养费、抚养费", "打过我"), ("别的事", "老公打我想离婚", "有"),
    ],
)  # fmt: skip
def test_who_tells_of_being_beaten_reads_of_help_at_once_and_is_not_asked_for_his_means(somebody, told):
    somebody.says("开始自测")
    for text in (*told, "我自己", "没有找律师", "满60周岁", "没去法院"):
        somebody.says(text)
    card = somebody.says("没有着急的").text
    assert card.startswith("看起来可以申请，而且不看经济条件")
    for words in ("先拨110", "人身安全保护令（《反家庭暴力法》第二十三条）", "《法律援助法》第三十二条"):
        assert words in card
    assert len(card.encode()) <= render.TEXT_BYTES


def test_no_talk_is_left_once_the_card_is_there(bureau, somebody):
    somebody.says("开始自测")
    for text in WALK:
        somebody.says(text)
    with bureau.database.reading() as session:
        citizen_id = citizens.find_citizen_id(session, pseudonym_of(bureau.keyring, somebody.openid))
        assert citizen_id and conversation.find_open(session, citizen_id) is None
    assert somebody.conversation == "none" or not somebody.copy


def test_a_question_beside_it_is_answered_and_the_place_kept(somebody):
    somebody.says("开始自测")
    somebody.says("工资")
    aside = somebody.says("我能申请法律援助吗").text
    assert "还没有做完" not in aside and "先拨12348" in aside and "法律援助自测" in aside
    assert "第3步" in somebody.says("没有请").text


def test_a_day_to_come_and_one_of_another_life_are_asked_again(somebody):
    somebody.says("开始自测")
    for text in WALK[:4]:
        somebody.says(text)
    assert "还没有到" in somebody.says(f"{clock.today().year + 1}年3月5日").text
    assert "写错了年份" in somebody.says("1926年3月5日").text
    assert "有没有等不得的事" in somebody.says("跳过").text


def test_nobody_is_a_child_and_sixty_at_once(somebody):
    somebody.says("开始自测")
    for text in ("工资", "没有请"):
        somebody.says(text)
    assert "不能同时选" in somebody.says("1和2").text
    assert "经济上最像" in somebody.says("2").text


def test_it_is_one_of_the_guided_talks():
    assert GUIDE in talks.GUIDES and talks.TALK_NAMES[GUIDE.kind] == TOPIC


def test_a_visitor_without_a_chat_gets_the_same_card(bureau):
    told = GUIDE.anonymous(bureau, answers_of("matter=criminal role=treatment defender=no"))
    assert told.text.startswith("看起来办案机关应当通知派律师") and "第二十八条" in told.text
