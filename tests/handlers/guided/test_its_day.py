"""The day that a sentence tells along with an answer is not asked again."""

from datetime import timedelta

import pytest

from content.store import clock


@pytest.fixture
def at_stage(somebody):
    for words in ("法律援助自测", "讨工资", "没有请", "农民工"):
        somebody.last = somebody.says(words)
    return somebody


def test_a_day_that_is_told_with_the_paper_is_its_day(at_stage):
    told = at_stage.says("已经仲裁了，裁决书昨天刚拿到").text
    yesterday = clock.dated(clock.today() - timedelta(days=1))
    assert f"记下了：收到劳动仲裁裁决书，{yesterday}" in told and "等不得的事" in told
    assert "哪天收到这份文书的" in at_stage.says("上一题").text


@pytest.mark.parametrize("words", ["裁决书明天能拿到手", "裁决书拿到了", "收到劳动仲裁裁决书", "判决书拿到了"])
def test_no_day_or_one_to_come_is_asked(at_stage, words):
    assert "哪天收到这份文书的" in at_stage.says(words).text


def test_where_no_day_is_asked_next_none_is_taken(at_stage):
    assert "等不得的事" in at_stage.says("正在仲裁，上周五开的庭").text
