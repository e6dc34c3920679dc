"""An option counts under its own question alone: a second tap, or one on an older message, answers nothing else."""

import pytest
from makers import Somebody

from content.phrases import say
from handlers import taps
from handlers.message import Incoming

ELSEWHERE = say("tap_elsewhere")


@pytest.fixture
def somebody(bureau) -> Somebody:
    return Somebody(bureau)


def test_a_second_tap_on_an_option_of_the_quiz_leaves_the_next_question_open(somebody):
    first = somebody.says("宪法知识竞答")
    second = somebody.taps(first, 1)
    if "已选" in second.text:
        second = somebody.says("确定")
    assert "第 2 题" in second.text
    again = somebody.taps(first, 1)
    assert again.text.startswith(ELSEWHERE) and "第 2 题" in again.text
    third = somebody.taps(again, 1)
    if "已选" in third.text:
        third = somebody.says("确定")
    assert "第 3 题" in third.text
    for older in (first, second):
        told = somebody.taps(older, 2).text
        assert told.startswith(ELSEWHERE) and "第 3 题" in told


def test_a_second_tap_leaves_the_next_question_of_an_interview_open_however_late_it_comes(somebody):
    first = somebody.says("法律援助自测")
    second = somebody.taps(first, 1)
    assert "第2步" in second.text
    again = somebody.taps(first, 1)
    assert again.text.startswith(ELSEWHERE) and "第2步" in again.text
    assert "第3步" in somebody.taps(again, 1).text


def test_an_option_of_the_quiz_is_no_answer_in_an_interview_and_the_other_way_round(somebody):
    quiz = somebody.says("宪法知识竞答")
    interview = somebody.says("法律援助自测")
    assert somebody.taps(quiz, 1).text.startswith(ELSEWHERE)
    assert "第2步" in somebody.taps(interview, 1).text
    somebody.says("宪法知识竞答")
    assert somebody.taps(interview, 1).text.startswith(ELSEWHERE)


def test_after_going_back_the_options_of_the_first_message_count_again(somebody):
    first = somebody.says("法律援助自测")
    somebody.taps(first, 1)
    somebody.says("上一题")
    assert "第2步" in somebody.taps(first, 1).text


@pytest.mark.parametrize("given", ["", "3", "99", "abc", "１２３４５６７８９", "-5"])
def test_a_number_that_is_none_of_a_question_means_nothing(given):
    assert not taps.is_elsewhere(Incoming("k", "o", "text", "A", 0, {taps.FIELD: given}), "demo")


def test_numbers_are_small_enough_for_whoever_reads_them_and_are_told_apart():
    names = [f"demo-{number:04}" for number in range(2000)]
    assert all(0 < taps.number(name, 9) < 2**31 for name in names)
    tap = Incoming("k", "o", "text", "A", 0, {taps.FIELD: str(taps.number(names[0], 4))})
    assert not taps.is_elsewhere(tap, names[0]) and all(taps.is_elsewhere(tap, name) for name in names[1:])
    assert taps.is_elsewhere(Incoming("k", "o", "text", "A", 0, {taps.FIELD: "9" * 500}), names[0])
