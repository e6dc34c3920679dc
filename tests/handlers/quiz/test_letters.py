"""However people write an option, the same answer is read."""

import pytest

from content.models import Question
from handlers.quiz import letters

SINGLE = Question(kind="single", options=["甲", "乙", "丙", "丁"], answer="B")
MULTIPLE = Question(kind="multiple", options=["甲", "乙", "丙", "丁"], answer="AC")
JUDGE = Question(kind="judge", options=["对", "错"], answer="A")


@pytest.mark.parametrize(
    "written",
    [
        "a",
        "A",
        "ａ",
        "Ａ",
        "选a",
        "选A",
        "我选A",
        "我选择A",
        "选项A",
        "答案A",
        "答案是A",
        "我的答案是A",
        "应该是A",
        "我觉得是A",
        "A吧",
        "A项",
        "A。",
        "A!",
        "A！！",
        "1",
        "１",
        "①",
        "选1",
        "1.",
        "我选择A选项",
        "第一个选项",
        "应该选a",
        "还是a吧",
        "嗯a",
        "A嘛",
        "就a",
        "那就a吧",
        "🅰️",
    ],
)
def test_the_first_option_is_read_however_it_is_written(written):
    assert letters.read_letters(written, SINGLE) == "A"


@pytest.mark.parametrize(
    "written",
    ["AC", "ac", "CA", "A、C", "A，C", "A,C", "a c", "A和C", "A.C", "选AC", "ＡＣ", "13", "1、3", "①③", "A C。"],
)
def test_several_options_are_read_however_they_are_written(written):
    assert letters.read_letters(written, MULTIPLE) == "AC"


@pytest.mark.parametrize(
    "written",
    [
        "对",
        "对的",
        "对。",
        "正确",
        "是",
        "是的",
        "没错",
        "√",
        "✓",
        "✔️",
        "A",
        "a",
        "1",
        "t",
        "True",
        "yes",
        "我选对",
        "应该是对",
    ],
)
def test_a_statement_is_agreed_to_however_it_is_written(written):
    assert letters.read_letters(written, JUDGE) == "A"


@pytest.mark.parametrize(
    "written",
    [
        "错",
        "错的",
        "错误",
        "不对",
        "不是",
        "不正确",
        "否",
        "×",
        "✗",
        "❌",
        "X",
        "B",
        "2",
        "f",
        "no",
        "答案是错",
    ],
)
def test_a_statement_is_denied_however_it_is_written(written):
    assert letters.read_letters(written, JUDGE) == "B"


@pytest.mark.parametrize(
    "written",
    ["我选错了", "选错了", "我错了", "答错了", "错了", "错了。", "又错了", "答案错了", "答案不对", "不是吧", "不是吧！",
     "不对吧", "错了吧", "答对了", "我答对了", "对了", "对了，", "上一题选错了", "刚才那题答错了", "哎呀我按错了",
     "选的不对", "你们答案有问题"],
)  # fmt: skip
@pytest.mark.parametrize("question", [SINGLE, MULTIPLE, JUDGE], ids=lambda question: question.kind)
def test_a_word_about_the_verdict_is_no_answer_to_the_question_that_came_with_it(written, question):
    assert letters.is_remark(written) and letters.read_letters(written, question) is None


@pytest.mark.parametrize(
    "written", ["对", "错", "不对", "不是", "对的", "错的", "选错", "选对", "我觉得不对", "A", "应该是错吧"]
)
def test_an_answer_is_no_word_about_the_verdict(written):
    assert not letters.is_remark(written) and letters.read_letters(written, JUDGE)


@pytest.mark.parametrize(
    "written", ["第三个", "第3个", "第3项", "选第三个", "三", "我选第三个吧", "第三", "3号", "第三个答案"]
)
def test_an_option_was_not_known_by_its_place(written):
    assert letters.read_letters(written, SINGLE) == "C"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("全选", "ABCD"),
        ("都选", "ABCD"),
        ("四个都选", "ABCD"),
        ("前三个", "ABC"),
        ("前两个都对", "AB"),
        ("前六个", None),
    ],
)
def test_several_options_may_be_named_together(written, read):
    assert letters.read_letters(written, MULTIPLE) == read and not letters.read_letters(written, SINGLE)


@pytest.mark.parametrize("written", ["第一个和第三个", "第1项、第3项", "一三", "第一第三"])
def test_several_options_were_not_known_by_their_places(written):
    assert letters.read_letters(written, MULTIPLE) == "AC"


@pytest.mark.parametrize("written", ["对", "错", "正确", "不对", "√", "×"])
@pytest.mark.parametrize("question", [SINGLE, MULTIPLE], ids=lambda question: question.kind)
def test_right_or_wrong_is_no_option_where_letters_are_asked_for(written, question):
    assert letters.read_letters(written, question) == ""


@pytest.mark.parametrize(
    ("written", "question"), [("E", SINGLE), ("5", SINGLE), ("AB", SINGLE), ("C", JUDGE), ("3", JUDGE)]
)
def test_an_option_there_is_not_is_no_option(written, question):
    assert letters.read_letters(written, question) == ""


@pytest.mark.parametrize(
    "written",
    [
        "12348",
        "12315",
        "12333",
        "110",
        "120",
        "haha",
        "",
        "。",
        "老板",
        "选举",
        "我要离婚",
        "对方不还钱",
        "A股",
        "是什么意思",
    ],
)
@pytest.mark.parametrize("question", [SINGLE, MULTIPLE, JUDGE], ids=lambda question: question.kind)
def test_what_is_no_answer_is_left_to_others(written, question):
    assert letters.read_letters(written, question) is None


def test_thanks_behind_an_answer_take_nothing_from_it():
    assert letters.read_letters("选A，谢谢", SINGLE) == "A" and letters.read_letters("对 谢谢您！", JUDGE) == "A"
