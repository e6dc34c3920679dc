"""Expressions of the library: how they are written, and that the quick way finds what the slow one finds."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.phrases import LIBRARY
from handlers.talk.expressions import Expressions

FILE = tomllib.loads((LIBRARY / "emergency.toml").read_text(encoding="utf-8"))
LINES = [line.split("\t")[0] for line in (Path(__file__).parent / "emergencies.tsv").read_text("utf-8").splitlines()]
WORDS = {"刀": "菜刀|斧", "人": "我|他"}


def expressions(*written: str) -> Expressions:
    return Expressions(WORDS, {"list": written, "other": ["【救命】"]})


def has(written: str, text: str) -> bool:
    return expressions(written).reading(text).has("list")


@pytest.mark.parametrize(
    ("written", "text", "is_there"),
    [
        ("拿【{刀}】砍", "他拿斧砍人", True),
        ("拿【{刀}】砍", "他拿斧头砍人", False),
        ("拿~2【{刀}】~4{人}", "拿了把菜刀追着他", True),
        ("拿~2【{刀}】~4{人}", "拿了一大把菜刀追着他", False),
        ("在【打】(?!官司)", "在打官司", False),
        ("在【打】(?!官司)", "在打人", True),
        ("(不想|没法)【活】(了|$)", "真没法活", True),
        ("^【救命】", "喊救命", False),
    ],
)
def test_an_expression_is_found_as_it_is_written(written, text, is_there):
    assert has(written, text) is is_there


def test_what_is_taken_out_leaves_a_space_and_nothing_to_take_out_leaves_the_reading_itself():
    lists = expressions("打【官司|工】")
    assert lists.reading("他打官司打工累").without("list").text == "他  累"
    reading = lists.reading("他打人")
    assert reading.without("list") is reading


def test_a_part_of_the_text_is_searched_alone():
    reading = expressions("【救】我").reading("谁来救我啊")
    assert reading.has("list", "救我") and not reading.has("list", "谁来") and reading.has_cue("list")
    assert not reading.has_cue("other") and [found[0] for found in reading.matches("list")] == ["救我"]


@pytest.mark.parametrize("written", ["救我", "【救】【我】"])
def test_an_expression_without_cues_or_with_two_groups_of_them_is_refused(written):
    with pytest.raises(ValueError, match="unpack"):
        expressions(written)


@given(st.text("拿斧菜刀砍我他了，", max_size=30))
def test_no_text_is_missed_for_want_of_a_cue(text):
    assert has("拿~3【{刀}】~3(砍|{人})", text) == bool(re.search("拿.{0,3}(菜刀|斧).{0,3}(砍|我|他)", text))


@pytest.mark.parametrize("name", FILE["lists"])
def test_every_expression_of_the_library_has_plain_cues_and_no_choice_outside_of_brackets(name):
    for written in FILE["lists"][name]:
        [cues] = re.findall("【(.+?)】", written)
        assert not re.search(r"[()\[\].~?*+$^\\]", cues) and "" not in cues.split("|"), written
        depth = 0
        for sign in written:
            depth += {"(": 1, "【": 1, "[": 1, ")": -1, "】": -1, "]": -1}.get(sign, 0)
            assert sign != "|" or depth > 0, written


def test_a_line_costs_little():
    lists = Expressions(FILE["words"], FILE["lists"])
    tried = [sum(1 for _ in lists.reading(line)._tried(name)) for line in LINES[::20] for name in FILE["lists"]]
    assert sum(tried) / len(tried) < 0.1 * len(lists.patterns)
