"""The completion report: equal to a count from the raw answers, parents with their children, in Excel and in Word."""

import io
import random
from datetime import timedelta

import docx
import openpyxl
import pytest
from sqlalchemy import func, select

from content.store import clock
from handlers.quiz import play
from handlers.quiz.exam import overrides, report, units
from handlers.quiz.exam.models import OverrideKind, Sitter
from handlers.quiz.exam.overrides import Wish
from handlers.quiz.exam.report import Count
from handlers.quiz.models import GivenAnswer, Round, Unit
from tests.handlers.quiz.exams import MAKEUP_CLOSES, MAKEUP_OPENS, NOW, PEOPLE

HOUR = timedelta(hours=1)


def excuse(exam, number: str) -> None:
    wish = Wish(OverrideKind.EXCUSED, "演示原因")
    participant = exam.person(number).participant
    asked = overrides.ask_as_staff(exam.session, exam.keyring, exam.held, participant, wish, "organiser")
    overrides.decide(exam.session, exam.held, asked.id, True, "approver")


@pytest.fixture
def finished(exam):
    """A001 passed at once, A002 in the make-up, A003 failed, A004 did not come, B001 is excused."""
    exam.writes("A001", 70, NOW)
    exam.writes("A002", 50, NOW)
    exam.writes("A002", 60, MAKEUP_OPENS)
    exam.writes("A003", 30, NOW + HOUR, is_handed_in=False)
    excuse(exam, "B001")
    with clock.fixed_at(MAKEUP_CLOSES):
        play.settle(exam.session, exam.held)
        yield exam


def told(exam) -> dict[str, Count]:
    lines, total = report.completion(exam.session, exam.held)
    return {**{line.unit.path: line.count for line in lines}, "": total}


def test_every_unit_counts_its_people_and_those_below(finished):
    assert told(finished) == {
        "演示局": Count(due=4, sat=3, passed=2, failed=1, made_up=1, absent=1),
        "演示局/办公室": Count(due=2, sat=2, passed=2, made_up=1),
        "演示局/法规科": Count(due=1, sat=1, failed=1),
        "演示委": Count(excused=1),
        "": Count(due=4, sat=3, passed=2, failed=1, made_up=1, absent=1, excused=1),
    }


def test_who_is_excused_after_he_has_sat_it_is_excused(finished):
    excuse(finished, "A001")
    assert told(finished)[""] == Count(due=3, sat=2, passed=1, failed=1, made_up=1, absent=1, excused=2)


def test_who_was_left_out_of_the_roster_is_not_counted(finished):
    finished.takes_in([*PEOPLE[:2], *PEOPLE[3:]], drops=1)
    assert told(finished)[""] == Count(due=3, sat=2, passed=2, made_up=1, absent=1, excused=1)


def test_the_figures_equal_a_count_from_the_raw_answers(make_exam):
    """A hundred people of a random tree, whose answers are counted here by other means."""
    dice, exam = random.Random(4), make_exam()  # noqa: S311 - no secret
    paths = [f"演示{a}局" + (f"/{b}科" if b else "") + (f"/{c}组" if b and c else "")
             for a in range(3) for b in range(3) for c in range(2)]  # fmt: skip
    exam.takes_in([(dice.choice(paths), f"N{place}", "演示", "") for place in range(100)])
    for place in range(100):
        for begun in sorted(dice.sample(range(40), dice.randrange(3))):
            exam.writes(f"N{place}", dice.randrange(101), NOW + begun * HOUR / 2, dice.random() < 0.7)
        if dice.random() < 0.3:
            exam.writes(f"N{place}", dice.randrange(101), MAKEUP_OPENS + HOUR)
    with clock.fixed_at(MAKEUP_CLOSES):
        play.settle(exam.session, exam.held)
        found = told(exam)
    assert found.pop("") == _counted(exam, "")
    assert found == {path: _counted(exam, path) for path in found} and len(found) > 9


def _counted(exam, path: str) -> Count:
    """From the answers, one person after the other."""
    sitters = exam.session.execute(
        select(Sitter.participant, Unit.path).join(Unit, Unit.id == Sitter.unit_id)
        .where(Sitter.campaign_id == exam.held.id)
    ).all()  # fmt: skip
    names = [name for name, own in sitters if not path or f"{own}/".startswith(f"{path}/")]
    summed = (
        select(Round.citizen_id, Round.started_at, func.sum(GivenAnswer.half_points))
        .join(GivenAnswer, GivenAnswer.round_id == Round.id).where(Round.campaign_id == exam.held.id)
        .group_by(Round.id, Round.citizen_id, Round.started_at)
    )  # fmt: skip
    papers = [row for row in exam.session.execute(summed).all() if row[0] in names]
    sat = {name for name, _, _ in papers}
    passed = {name for name, _, half_points in papers if half_points >= 120}
    made_up = {name for name, started_at, _ in papers if started_at >= MAKEUP_OPENS}
    return Count(len(names), len(sat), len(passed), len(sat - passed), len(made_up), len(names) - len(sat))


def test_the_report_opens_in_excel_with_sums_and_shares_that_can_be_sorted(finished):
    lines, total = report.completion(finished.session, finished.held)
    book = openpyxl.load_workbook(io.BytesIO(report.completion_xlsx(finished.held, lines, total)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == ("单位", "应考", "实考", "合格", "未合格", "补考", "未参加", "免考", "参考率（%）", "合格率（%）")
    assert rows[1] == ("演示局", 4, 3, 2, 1, 1, 1, 0, 75, 66.7)
    assert rows[-1] == ("合计", 4, 3, 2, 1, 1, 1, 1, 75, 66.7)
    assert ("演示委", 0, 0, 0, 0, 0, 0, 1, None, None) in rows
    said = "".join(str(row[0]) for row in book["说明"].iter_rows(values_only=True))
    assert all(words in said for words in ("演示考试完成情况", "统计时间", "应考 4 人，实考 3 人", "合格线 60 分"))


def test_the_report_opens_in_word_with_the_same_figures(finished):
    lines, total = report.completion(finished.session, finished.held)
    document = docx.Document(io.BytesIO(report.completion_docx(finished.held, lines, total)))
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "演示考试完成情况" in said and "应考 4 人，实考 3 人" in said and "合格线 60 分，满分 100 分" in said
    rows = [tuple(cell.text for cell in row.cells) for row in document.tables[0].rows]
    assert rows[1] == ("演示局", "4", "3", "2", "1", "1", "1", "0", "75.0%", "66.7%")
    assert rows[2][0] == "　办公室" and rows[-1][0] == "合计"


def test_people_are_listed_with_result_and_make_up_and_no_formula_runs(finished):
    finished.takes_in([*PEOPLE[:4], ("演示委", "B001", "-钱七", "")])
    every = units.all_units(finished.session, finished.held)
    lines = report.people(finished.session, finished.keyring, finished.held, every)
    sheet = openpyxl.load_workbook(io.BytesIO(report.people_xlsx("演示", lines))).active
    rows = {row[1]: row for row in sheet.iter_rows(values_only=True)}
    assert rows["A001"] == ("演示局/办公室", "A001", "张三丰", "是", "合格", 70, 1, "否", "没有领过码")
    assert rows["A003"][4:] == ("未合格", 30, 1, "是", "没有领过码")
    assert rows["A004"][4:] == ("未参加", None, 0, "是", "没有领过码") and rows["B001"][2] == "'-钱七"


def test_the_reminder_names_who_has_not_sat_it_and_nobody_who_failed(finished):
    every = units.all_units(finished.session, finished.held)
    lines = report.people(finished.session, finished.keyring, finished.held, every)
    text = report.reminder(finished.held, lines, "https://pufa.example/h/exam/demo/")
    assert "（1 人）：赵六" in text and "https://pufa.example/h/exam/demo/" in text and "补考" in text
    assert not any(name in text for name in ("张三丰", "李四", "王五", "钱七", "A00"))
    done = [line for line in lines if line.person.name != "赵六"]
    assert "都参加过了" in report.reminder(finished.held, done, "https://pufa.example/h/exam/demo/")
