"""quiz exam: roster, codes and the completion report from a terminal."""

import docx
import openpyxl
import pytest

from content.store import clock
from tests.handlers.quiz.campaigns import WRITTEN
from tests.handlers.quiz.exams import EXAM, NOW, PEOPLE, roster_file


@pytest.fixture
def exam(each_operator, tmp_path):
    each_operator.types("staff", "add", "zhao", "--role", "campaigns", "--as", "nobody")
    (tmp_path / "exam.toml").write_text(EXAM, encoding="utf-8")
    with clock.fixed_at(NOW):
        assert each_operator.types("quiz", "create", tmp_path / "exam.toml", "--as", "zhao").code == 0
        yield each_operator


@pytest.fixture
def taken(exam, tmp_path):
    (tmp_path / "roster.xlsx").write_bytes(roster_file())
    exam.types("quiz", "exam", "roster", "exam", tmp_path / "roster.xlsx", "--apply", "--as", "zhao")
    return exam


def rows_of(path) -> list[tuple]:
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


def test_a_roster_is_looked_at_and_taken_in_only_when_told_to(exam, tmp_path):
    file = tmp_path / "roster.xlsx"
    file.write_bytes(roster_file())
    command = ("quiz", "exam", "roster", "exam", file)
    for _ in range(2):
        assert "新来 5，改动 0，不变 0，停考 0。还没有导入" in exam.types(*command, "--as", "zhao").out
    assert "新来 5" in exam.types(*command, "--apply", "--as", "zhao").out
    assert "不变 5" in exam.types(*command, "--as", "zhao").out
    file.write_bytes(roster_file(PEOPLE[:4]))
    assert "1 个人" in exam.fails(*command, "--apply", "--as", "zhao")
    assert "停考 1" in exam.types(*command, "--apply", "--drops", "1", "--as", "zhao").out


def test_faults_are_told_by_cell_and_in_the_marked_file(exam, tmp_path):
    file = tmp_path / "roster.xlsx"
    file.write_bytes(roster_file([PEOPLE[0], ("演示局", "", "甲")]))
    ran = exam.types("quiz", "exam", "roster", "exam", file, "--marked", tmp_path / "marked.xlsx", "--as", "zhao")
    assert ran.code == 1 and "B3：没有写工号" in ran.err
    assert openpyxl.load_workbook(tmp_path / "marked.xlsx").active["B3"].comment


def test_codes_are_written_once_and_never_over_a_file(taken, tmp_path):
    out = tmp_path / "codes.xlsx"
    command = ("quiz", "exam", "codes", "exam", "--xlsx")
    assert "发了 2 个" in taken.types(*command, out, "--unit", "演示局/办公室", "--as", "zhao").out
    assert [row[1] for row in rows_of(out)[1:]] == ["A001", "A002"]
    assert taken.types(*command, out, "--as", "zhao").code == 2
    assert "发了 3 个" in taken.types(*command, tmp_path / "rest.xlsx", "--as", "zhao").out
    assert "没有叫" in taken.fails(*command, tmp_path / "none.xlsx", "--unit", "无", "--as", "zhao")


def test_the_report_is_written_in_word_and_in_excel(taken, tmp_path):
    ran = taken.types(
        "quiz", "exam", "report", "exam", "--xlsx", tmp_path / "out.xlsx", "--docx", tmp_path / "out.docx"
    )  # fmt: skip
    assert ran.code == 0 and "应考 5 人，实考 0 人" in ran.out
    assert rows_of(tmp_path / "out.xlsx")[-1][:2] == ("合计", 5)
    assert docx.Document(str(tmp_path / "out.docx")).tables[0].rows[-1].cells[1].text == "5"


def test_the_template_is_what_is_read(operator, tmp_path):
    assert operator.types("quiz", "exam", "template", tmp_path / "template.xlsx").code == 0
    assert rows_of(tmp_path / "template.xlsx")[0] == ("单位", "工号", "姓名", "是否领导干部")


def test_who_may_not_and_what_is_no_exam_is_refused(exam, tmp_path):
    (tmp_path / "roster.xlsx").write_bytes(roster_file())
    (tmp_path / "quiz.toml").write_text(WRITTEN, encoding="utf-8")
    exam.types("quiz", "create", tmp_path / "quiz.toml", "--as", "zhao")
    command = ("quiz", "exam", "roster")
    assert "工作人员里没有" in exam.fails(*command, "exam", tmp_path / "roster.xlsx", "--as", "qian")
    assert "不是考试" in exam.fails(*command, "quiz", tmp_path / "roster.xlsx", "--apply", "--as", "zhao")
    assert "没有编号为“无”的活动" in exam.fails("quiz", "exam", "report", "无")
