"""From words to a topic, with how sure and why."""

import re
import time
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import repository
from content.phrases import LIBRARY
from handlers.understanding.listen import ALTERNATIVES, CERTAIN, UNKNOWN


@pytest.mark.parametrize(
    ("written", "topic"),
    [
        ("老板拖欠我三个月工资咋整", "matter/wages"),
        ("老闆拖欠我三個月薪水怎麼辦", "matter/wages"),
        ("老板拖欠工姿怎么办", "matter/wages"),
        ("lao ban tuo qian gong zi", "matter/wages"),
        ("ＬＡＯＢＡＮ拖欠工资！！！😭", "matter/wages"),
        ("flyz", "legal-aid/overview"),
        ("woyaolihun", "matter/marriage"),
        ("不是要法律援助，我要做公证", "service/notary"),
        ("12348", "service/hotline"),
        ("俺家那口子在外头有人了，俺想跟他离", "matter/marriage"),
    ],
)
def test_the_same_wish_is_understood_in_every_writing(ears, written, topic):
    assert ears.hear(written).topic == topic


def test_every_topic_of_the_closed_list_can_be_understood(ears):
    for topic in repository.topics().values():
        heard = ears.hear(topic.name)
        assert (heard.topic, heard.confidence, heard.alternatives) == (topic.slug, CERTAIN, ())


def test_a_name_is_understood_however_it_is_written(ears):
    assert ears.hear("  法 律 援 助 是 什 麼！！ ").topic == "legal-aid/overview"


@pytest.mark.parametrize("text", ["", "   ", "。？！", "😭🙏", "\u200b"])
def test_a_message_without_words_is_not_understood(ears, text):
    assert (ears.hear(text).topic, ears.hear(text).alternatives) == (UNKNOWN, ())


def test_guesses_come_best_first_and_are_all_different(ears):
    heard = ears.hear("签了合同不给钱还打人怎么办")
    chances = [heard.confidence, *(guess.confidence for guess in heard.alternatives)]
    topics = [heard.topic, *(guess.topic for guess in heard.alternatives)]
    assert chances == sorted(chances, reverse=True) and 0 < sum(chances) <= 1.001
    assert len(set(topics)) == ALTERNATIVES + 1 and set(topics) <= set(repository.topics())


def test_the_same_words_are_always_understood_the_same(ears, ears_with):
    another = ears_with({})
    for text in ("老板不给钱", "孩子在学校挨打", "wo bei pian le", "今天星期几", "签了合同不给钱还打人怎么办" * 20):
        assert ears.hear(text) == ears.hear(text) == another.hear(text)


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_is_understood_as_some_topic(ears, text):
    heard = ears.hear(text)
    assert heard.topic in repository.topics() and 0 <= heard.confidence <= 1
    assert all(isinstance(reason, str) for reason in ears.reasons(text))


@pytest.mark.parametrize("part", ["老板不给工资，", "wo", "我", "ab", "😭"])
def test_a_message_of_ten_thousand_characters_is_understood_in_time(ears, part):
    text = (part * 10_000)[:10_000]
    start = time.perf_counter()
    assert ears.hear(text).topic in repository.topics()
    assert time.perf_counter() - start < 1.0


# ── the bureau's own words ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_keyword_of_the_bureau_means_its_topic_by_itself(ears, ears_with):
    assert ears.hear("蓝莓大使").topic == UNKNOWN
    taught = ears_with({"蓝莓大使": "publicity/events"})
    assert (taught.hear("蓝莓大使").topic, taught.hear("藍莓大使！").confidence) == ("publicity/events", CERTAIN)


def test_a_keyword_inside_a_sentence_speaks_for_its_topic(ears, ears_with):
    text = "请问那个蓝莓大使是咋回事"
    taught = ears_with({"蓝莓大使": "publicity/events"}).hear(text)
    assert ears.hear(text).topic != "publicity/events" and taught.topic == "publicity/events"


def test_the_bureaus_word_outranks_a_name_of_the_library(ears_with):
    assert ears_with({"问候": "disclosure/catalogue"}).hear("问候").topic == "disclosure/catalogue"


def test_it_is_told_which_word_of_the_bureau_named_the_topic(ears, ears_with):
    named = ears_with({"夕阳红驿站": "legal-aid/where", "锦绣 小区": "own/miss-1"})
    assert named.hear("夕阳红驿站").own_word == named.hear("夕阳红驿站在几楼").own_word == "夕阳红驿站"
    assert named.hear("锦绣小区").own_word == "锦绣 小区"
    assert named.hear("老板不给工资").own_word == ears.hear("夕阳红驿站").own_word == ""


@pytest.mark.parametrize("word", ["。。", "😭", " "])
def test_a_keyword_that_holds_no_words_means_nothing(ears_with, word):
    taught = ears_with({word: "quiz/play"})
    assert taught.hear("").topic == UNKNOWN and taught.hear("我要离婚").topic == "matter/marriage"


# ── why ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_reasons_are_told_in_chinese_strongest_first(ears):
    reasons = ears.reasons("老板拖欠我三个月工资")
    shares = [float(reason.rsplit("+", 1)[1]) for reason in reasons]
    assert 0 < len(reasons) <= 6 and shares == sorted(shares, reverse=True)
    assert all(re.search(r"[一-鿿]", reason) for reason in reasons)
    assert any("工资" in reason or "matter/wages" in reason for reason in reasons)


def test_a_name_is_its_own_reason(ears):
    assert len(ears.reasons("拖欠工资")) == 1 and "拖欠工资" in ears.reasons("拖欠工资")[0]


def test_pinyin_is_explained_by_how_it_sounds(ears):
    reasons = ears.reasons("lao ban tuo qian gong zi")
    assert reasons and all(reason.startswith("读音") for reason in reasons)


def test_a_keyword_of_the_bureau_is_told_as_a_reason(ears_with):
    taught = ears_with({"蓝莓大使": "publicity/events"})
    assert any("本局关键词" in reason and "蓝莓大使" in reason for reason in taught.reasons("请问那个蓝莓大使是咋回事"))


def test_nothing_written_has_no_reasons(ears):
    assert ears.reasons("😭") == []


# ── first letters only ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("letters", "topic"),
    [
        ("flyz", "legal-aid/overview"),
        ("FLYZ", "legal-aid/overview"),
        ("ldzc", "matter/labour-dispute"),
        ("sqjz", "service/community-correction"),
        ("xzfy", "service/admin-review"),
        ("xxgk", "disclosure/catalogue"),
        ("phb", "quiz/leaderboard"),
        ("zrg", "talk/human"),
        ("bxhl", "talk/emergency"),
    ],
)
def test_the_first_letters_of_a_word_mean_its_topic(ears, letters, topic):
    heard = ears.hear(letters)
    assert heard.topic == topic and heard.confidence > 0.55
    assert any("缩写" in reason for reason in ears.reasons(letters))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("ldzc qu na shenqing", "matter/labour-dispute"),
        ("sfjd 多少钱", "service/forensics"),
        ("flyz 要啥材料", "legal-aid/materials"),
    ],
)
def test_first_letters_among_other_words_speak_for_their_topic(ears, text, topic):
    assert ears.hear(text).topic == topic


@pytest.mark.parametrize("letters", ["xswl", "yyds", "awsl", "hhhh", "asdf", "abc", "hld", "lol"])
def test_letters_that_mean_nothing_here_are_not_understood(ears, letters):
    assert ears.hear(letters).topic == UNKNOWN


def test_every_word_for_first_letters_means_a_topic_of_the_closed_list():
    known = tomllib.loads((LIBRARY / "initials.toml").read_text(encoding="utf-8"))
    assert set(known["words"].values()) <= set(repository.topics())
    assert all(len(word) >= 3 for word in known["words"])
    assert all(len(sign) == 1 and letters.isalpha() for sign, letters in known["readings"].items())


@pytest.mark.parametrize("number", ["13841201234", "221193", "411011", "0429120119"])
def test_a_long_number_that_holds_the_number_of_the_ambulance_was_heard_as_danger(ears, number):
    plain, with_number = (ears.hear(f"火星上有没有外星人打麻将{written}") for written in ("", number))
    assert with_number.topic == plain.topic and with_number.danger < 0
