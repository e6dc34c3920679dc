"""Quick patterns find just what the exact ones find."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.phrases import LIBRARY
from handlers.talk.patterns import Patterns, patterns, without_look_around

LISTS = {
    name: parts
    for name, parts in tomllib.loads((LIBRARY / "emergency.toml").read_text(encoding="utf-8")).items()
    if isinstance(parts, list)
}
LINES = [
    line.split("\t")[0] for line in (Path(__file__).parent / "emergencies.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_finds_the_same_with_and_without_the_quick_pass(name):
    exact = re.compile("|".join(f"(?:{part})" for part in LISTS[name]))
    for line in LINES:
        assert patterns(name).are_in(line) == bool(exact.search(line)), line
        assert patterns(name).take_out(line) == exact.sub("", line)


@pytest.mark.parametrize(
    ("pattern", "wider"),
    [
        ("打(?!官司|工)我", "打我"),
        ("(?<!现)在(打|砍)我", "在(打|砍)我"),
        ("正(?!好|(常|规)的).{0,6}打", "正.{0,6}打"),
        (r"[(?!)]\(\?!x\)", r"[(?!)]\(\?!x\)"),
        ("救(?=我|命)", "救"),
    ],
)
def test_without_look_around_a_pattern_is_wider(pattern, wider):
    assert without_look_around(pattern) == wider


@given(st.text("正在打官司我工救命()?!", max_size=30))
def test_nothing_that_is_there_is_ruled_out(text):
    parts = ["打(?!官司|工)我", "(?<!正)在打", "救(命|我)$"]
    exact = re.compile("|".join(f"(?:{part})" for part in parts))
    assert Patterns(parts).are_in(text) == bool(exact.search(text))
