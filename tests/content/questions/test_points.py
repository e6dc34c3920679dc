"""Explanations in points, as they are pasted from Word: read as they are meant, or told with their line."""

import pytest

from content.questions import looking
from content.questions.holds import NONE

POINTS = ("人身自由不受侵犯。", "非经法定程序不受逮捕。", "不得非法搜查身体。")
FIRST = "1. 人身自由规定在哪一条？\nA. 第三十六条\nB. 第三十七条\n答案：B\n"
TAIL = "依据：《宪法》第三十七条\n难度：中\n"
LAST = "2. 国家的根本法是哪一部？\nA. 民法典\nB. 宪法\n答案：B\n依据：《宪法》第五条\n难度：易\n解析：宪法是根本法。"
WRITTEN = ("1. ", "2. ", "3. ")
APART = "\n\n"
WITHOUT_ANSWER = FIRST.replace("答案：B\n", "")


def points(between="\n", numbers=WRITTEN):
    return between.join(number + words for number, words in zip(numbers, POINTS, strict=True))


PASTED = {
    "first point on the label's line": f"{FIRST}解析：{points()}\n{LAST}",
    "with the rest behind": f"{FIRST}解析：{points()}\n{TAIL}{LAST}",
    "with an empty line and the rest behind": f"{FIRST}解析：{points()}\n\n{TAIL}\n{LAST}",
    "with the rest before": f"{FIRST}{TAIL}解析：{points()}\n\n{LAST}",
    "below the label": f"{FIRST}解析：\n{points()}\n{TAIL}{LAST}",
    "below the label and an empty line": f"{FIRST}解析：\n\n{points()}\n\n{TAIL}\n{LAST}",
    "with empty lines between": f"{FIRST}解析：{points(APART)}\n\n{TAIL}\n{LAST}",
    "below with empty lines between": f"{FIRST}解析：\n\n{points(APART)}\n\n{TAIL}\n{LAST}",
    "behind a sentence": f"{FIRST}解析：看条文。\n{points()}\n{TAIL}{LAST}",
    "behind a sentence and an empty line": f"{FIRST}解析：看条文。\n\n{points()}\n\n{TAIL}\n{LAST}",
    "all on one line": f"{FIRST}解析：{points('')}\n{LAST}",
    "two on one line": f"{FIRST}解析：1. {POINTS[0]}2. {POINTS[1]}\n3. {POINTS[2]}\n{LAST}",
    "with other signs": f"{FIRST}【解析】{points(numbers=('1、', '2、', '3、'))}\n{LAST}",
    "in brackets": f"{FIRST}解析：{points(numbers=('（1）', '（2）', '（3）'))}\n\n{TAIL}{LAST}",
    "in brackets with empty lines": f"{FIRST}解析：\n\n{points(APART, ('（1）', '（2）', '（3）'))}\n{LAST}",
    "of questions in brackets": f"（1）{FIRST[3:]}解析：看。\n{points()}\n\n（2）{LAST[3:]}",
    "in rings": f"{FIRST}解析：\n{points(numbers='①②③')}\n\n{TAIL}{LAST}",
    "in Chinese": f"{FIRST}解析：\n{points(APART, ('一、', '二、', '三、'))}\n\n{TAIL}\n{LAST}",
    "with points inside": f"{FIRST}解析：1. {POINTS[0]}\n（1）子\n\n2. {POINTS[1]}\n3. {POINTS[2]}\n{TAIL}{LAST}",
    "with words between": f"{FIRST}解析：1. {POINTS[0]}\n\n补一句。\n\n2. {POINTS[1]}\n\n3. {POINTS[2]}\n{TAIL}{LAST}",
    "of questions without numbers": f"{FIRST[3:]}解析：{points()}\n{TAIL}\n{LAST[3:]}",
    "of questions without numbers, below": f"{FIRST[3:]}解析：\n{points()}\n\n{LAST[3:]}",
}  # fmt: skip


@pytest.mark.parametrize("text", PASTED.values(), ids=PASTED.keys())
def test_an_explanation_in_points_stays_whole_with_its_question(read, text):
    found = read(text)
    one, two = found.rows
    assert (one.text.strip(), one.answer, len(one.options)) == ("人身自由规定在哪一条？", "B", 2)
    assert all(words in one.explanation for words in POINTS)
    if TAIL in text:
        assert (one.basis, one.difficulty) == (("《宪法》第三十七条",), "中")
    assert (two.text.strip(), two.answer, two.explanation) == ("国家的根本法是哪一部？", "B", "宪法是根本法。")
    assert not any(row.faults for row in found.rows) and found.notes == []


def test_as_many_points_as_lead_up_to_the_next_number_do_not_swallow_it(read):
    two = "2. 国家标志？\nA. 国旗\nB. 国花\n答案：A\n解析：1. 看条文。\n2. 再想。\n"
    for last in ("3. 宪法是根本法吗？\nA. 是\nB. 不是\n答案：A", "3. 宪法是根本法。\n答案：对"):
        rows = read(f"{FIRST}{two}{last}").rows
        assert [row.answer for row in rows] == ["B", "A", rows[-1].answer] and rows[2].text.startswith("宪法是根本法")
        assert rows[1].explanation == "1. 看条文。\n2. 再想。" and not any(row.faults for row in rows)


def test_the_points_of_a_basis_are_its_own(read):
    one, two = read(f"{FIRST}依据：1.《宪法》第三十七条\n2.《刑法》第二百三十八条\n{LAST}").rows
    assert one.basis == ("1.《宪法》第三十七条\n2.《刑法》第二百三十八条",) and two.answer == "B"


TWO = f"解析：1. {POINTS[0]}\n2. {POINTS[1]}\n"
UNSURE = {
    "the next question has no number": (f"{FIRST}{TWO}{LAST[3:]}", ["第 5 行", "第 6 行"]),
    "the points have options": (
        f"{FIRST}解析：1. 看条文。\n2. 逐项看：\nA. 不是。\nB. 是。\n{TAIL}{LAST}", ["第 5 行", "第 6 行"],
    ),
    "the points have verdicts": (f"{FIRST}解析：\n1. A 项错（×）\n2. B 项对（√）\n{LAST}", ["第 6 行", "第 7 行"]),
    "a point is left out": (f"{FIRST}解析：1. 看条文。\n3. 再想。\n{TAIL}{LAST}", ["第 5 行", "第 6 行"]),
    "the next question is asked and has nothing": (f"{FIRST}解析：1. 看条文。\n2. 根本法是哪一部？", ["第 6 行"]),
    "the next stem has statements": (
        f"{FIRST}解析：1. 看条文。\n2. 机关有：\n1. 人大\n2. 国务院\nA. 1\nB. 2\n答案：B",
        ["第 6 行", "第 5 行", "第 8 行"],
    ),
    "the next explanation comes": (
        f"{WITHOUT_ANSWER}解析：1. 看条文。\n2. 宪法是根本法。\n解析：再看。", ["第 6 行"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "places"), UNSURE.values(), ids=UNSURE.keys())
def test_what_may_be_a_point_or_a_question_is_told_with_its_line_and_nothing_of_it_is_taken(read, bank, text, places):
    found = read(text)
    with bank.reading() as session:
        run = looking.look(session, found, NONE, "constitution")
    told = [fault.place for row in found.rows for fault in row.faults if "①②③" in fault.sentence]
    assert told == places
    taken = [row.values["text"] for row in run.rows if row.may_be_taken]
    assert taken in ([], ["国家的根本法是哪一部？"])


def test_a_long_paste_with_many_empty_lines_is_read(read):
    [row] = read(f"{FIRST}解析：看。\n" + "\n又一段。\n" * 3000).rows
    assert row.answer == "B"
