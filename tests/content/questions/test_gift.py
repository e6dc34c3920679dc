"""GIFT as Moodle documents it, and what of it the bank has no place for."""

import pytest

from content.questions import gift

FULL = r"""
// 演示题库
$CATEGORY: $course$/top/labour

// question: 1  name: Q1 [id:lab-7]
::Q1::[html]<p>加班\: 报酬\nA \= 多少？</p> {
  ~一倍#不够。
  =一倍半#对，见劳动法。
  ~%-50%两倍 \{含\}
  ####延长工时的报酬。
}

太阳从东边升起。{TRUE#错了。#对了。}

::多选::下列哪些是国家标志？{
~%50%国旗
~%50%国徽
~%-100%国花
}

宪法共有 {=143 ~138 ~200} 条。
"""


def test_what_moodle_documents_is_read():
    [one, two, three, four], notes = gift.read(FULL)
    assert (one.key, one.subject, one.kind, one.answer) == ("lab-7", "labour", "single", "B")
    assert (one.text, one.options) == ("加班: 报酬\nA = 多少？", ("一倍", "一倍半", "两倍 {含}"))
    assert one.explanation == "延长工时的报酬。" and any("反馈" in doubt for doubt in one.doubts)
    assert any("网页格式" in doubt for doubt in one.doubts)
    assert (two.kind, two.answer, two.explanation) == ("judge", "A", "对了。")
    assert (three.kind, three.answer, three.options) == ("multiple", "AB", ("国旗", "国徽", "国花"))
    assert (four.text, four.answer, four.options[0]) == ("宪法共有 _____ 条。", "A", "143")
    assert (one.place, two.place, four.place) == ("第 6 行", "第 13 行", "第 21 行") and notes == []


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("谈谈体会。{}", "问答题"),
        ("宪法有多少条？{#143:1}", "数字"),
        ("首都是哪里？{=北京 =北平}", "填空题"),
        ("连线。{=甲 -> 一 =乙 -> 二 =丙 -> 三}", "连线题"),
        ("没有合上。{=甲 ~乙", "花括号"),
        ("两个都对？{=甲 =乙 ~丙}", "几个“=”"),
    ],
)
def test_what_the_bank_has_no_place_for_is_told_at_its_line(block, told):
    [row], _ = gift.read(f"\n\n{block}\n")
    assert row.faults and told in row.faults[0].sentence and row.faults[0].place == "第 3 行"


def test_questions_without_an_empty_line_between_them_are_told_and_never_lost_silently():
    text = "第一问？{=甲 ~乙}\n::二::第二问？{=甲 ~乙}\n第三问？{#5}\n\n第四问？{=甲 ~乙\n第五问？{=甲 ~乙}\n"
    [first, second], _ = gift.read(text)
    assert [(fault.place, "空一行" in fault.sentence) for fault in first.faults] == [("第 2 行", True)]
    assert "第二问" in first.faults[0].sentence
    assert [(fault.place, "没有合上" in fault.sentence) for fault in second.faults] == [("第 5 行", True)]


def test_partial_marks_beside_one_right_answer_are_single_choice():
    [row], _ = gift.read("难题。{~错的 ~%50%半对的 =全对的 #很好}")
    assert (row.kind, row.answer, row.explanation) == ("single", "C", "很好") and "部分分" in row.doubts[0]


@pytest.mark.parametrize("weights", [("~%50%", "~%50%", "~"), ("~%33.333%", "~%66.667%", "~%-100%")])
def test_without_an_equals_sign_weights_say_which_answers_are_right(weights):
    block = " ".join(f"{sign}{words}" for sign, words in zip(weights, "甲乙丙", strict=True))
    [row], _ = gift.read(f"哪些？{{{block}}}")
    assert (row.kind, row.answer, row.options) == ("multiple", "AB", ("甲", "乙", "丙"))


def test_a_description_is_no_question_and_a_comment_hides_one():
    rows, notes = gift.read("说明文字，没有花括号。\n\n// 不要的{=甲 ~乙}\n\n留下的{=甲 ~乙}")
    assert [row.text for row in rows] == ["留下的"] and "第 1 行" in notes[0]


def test_escaped_signs_never_part_a_question():
    [row], _ = gift.read(r"1\=1 \~ 2\#3 \{x\} a\:b c\\d{=\=对\~ ~错\#了}")
    assert (row.text, row.options) == (r"1=1 ~ 2#3 {x} a:b c\d", ("=对~", "错#了"))


@pytest.mark.parametrize("text", ["a{=甲 ~乙}", "::t::文字", "x {T}"])
def test_it_is_told_from_plain_words(text):
    assert gift.looks_like(text)


@pytest.mark.parametrize("text", ["1. 题 A. 甲 B. 乙 答案：A", "集合{1,2}有几个元素", "A.x\nANSWER: A"])
def test_plain_words_are_not_taken_for_it(text):
    assert not gift.looks_like(text)
