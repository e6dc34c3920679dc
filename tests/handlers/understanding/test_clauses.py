""" "Not this but that", and two wishes in one breath. The lines were written apart from the library."""

from pathlib import Path

import pytest

from handlers.desk import Desk
from handlers.router import ALSO_ABOVE, hear
from handlers.understanding import clauses

HERE = Path(__file__).parent
TURNED = [line.split("\t") for line in (HERE / "turned.tsv").read_text(encoding="utf-8").splitlines()]
TWO = [line.split("\t") for line in (HERE / "two_wishes.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def desk(bureau) -> Desk:
    return Desk(bureau, "o-clauses", "clauses")


def test_what_is_meant_is_answered_and_not_what_is_denied(desk):
    missed = [words for words, topics in TURNED if hear(words, desk).topic not in topics.split("|")]
    assert len(missed) <= len(TURNED) * 0.1, missed


def test_both_of_two_wishes_are_answered_or_offered(desk):
    missed = []
    for words, first, second in TWO:
        heard = hear(words, desk)
        offered = {
            heard.topic,
            heard.second,
            *(guess.topic for guess in heard.alternatives[:1] if guess[1] >= ALSO_ABOVE),
        }
        missed += [] if {first, second} <= offered else [words]
    assert len(missed) <= len(TWO) * 0.25, missed


@pytest.mark.parametrize("words", ["我", "对", "钱", "家"])
def test_a_single_character_says_nothing(desk, words):
    assert hear(words, desk).topic == "talk/unknown"


@pytest.mark.parametrize("words", ["hi", "Hello", "你是谁", "你是机器人吗？"])
def test_who_greets_or_asks_who_is_there_is_greeted(desk, words):
    assert hear(words, desk).topic == "talk/greeting"


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("不是要法律援助,我要做公证", ("不是要法律援助", "我要做公证")),
        ("不是要法律援助我要做公证", ("不是要法律援助", "我要做公证")),
        ("我要做公证，不是要法律援助", ("不是要法律援助", "我要做公证")),
        ("老板不给工资，也不签合同", None),
        ("工资", None),
    ],
)
def test_what_is_set_against_each_other_is_told_apart(words, parts):
    assert clauses.not_but(words) == parts


def test_a_story_and_what_denies_nothing_are_not_looked_at():
    assert clauses.denies("不是要法律援助,我要做公证") and clauses.denies("別說了")
    assert not clauses.denies("老板拖欠工资") and not clauses.denies("不" * 61)
