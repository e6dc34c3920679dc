"""The Excel template and what comes back in it."""

import io
from datetime import date

import openpyxl
import pytest

from content.importers.library import Unreadable
from content.questions import looking, template
from content.questions.holds import NONE

ROW = {
    "B": "宪法", "C": "单选", "D": "易", "G": "演示：一切权力属于下列哪一方？", "H": "人民", "I": "团体", "P": "A",
    "Q": "见第二条。", "R": "《宪法》第二条",
}  # fmt: skip


@pytest.fixture
def filled():
    """The template with these rows; None is a row that was only formatted."""

    def made(*rows, change=None):
        book = openpyxl.load_workbook(io.BytesIO(template.template()))
        sheet = book["题目"]
        for number, row in enumerate(rows, start=3):
            for column, value in (row or {}).items():
                sheet[f"{column}{number}"] = value
            if row is None:
                sheet[f"A{number}"].fill = openpyxl.styles.PatternFill("solid", start_color="FFFFFF")
                sheet[f"G{number}"] = "  "
        if change:
            change(sheet)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return made


def test_the_template_offers_kind_difficulty_and_subject_and_explains_itself():
    book = openpyxl.load_workbook(io.BytesIO(template.template()))
    sheet = book["题目"]
    offered = {str(one.sqref).split(":")[0][0]: one.formula1 for one in sheet.data_validations.dataValidation}
    assert offered == {"B": "类别!$A$2:$A$17", "C": '"单选,多选,判断"', "D": '"易,中,难"'}
    assert sheet["A2"].value == "示例" and "依据" in "".join(str(cell.value) for cell in book["说明"]["B"])


def test_the_example_and_rows_without_words_are_no_questions(read, filled):
    [row] = read(filled(None, ROW, None, None), "题.xlsx").rows
    assert (row.place, row.place_of("answer"), row.text) == ("第 4 行", "P4", ROW["G"])
    with pytest.raises(Unreadable, match="没有找到题目"):
        read(template.template(), "空.xlsx")


def test_a_question_written_over_the_example_is_told(read, filled):
    data = filled(ROW, change=lambda sheet: sheet.__setitem__("G2", "演示：我的第一道题？"))
    assert "第 2 行的编号写着“示例”" in read(data, "题.xlsx").notes[0]


def test_columns_may_stand_in_any_order_and_under_other_names(read):
    book = openpyxl.Workbook()
    for row in (
        ["演示表"],
        ["答案", "题目*", "选项 A", "选项B", "法律依据"],
        ["b", "哪一个？", "甲", "乙", "《宪法》第二条"],
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    [row] = read(out.getvalue(), "题.xlsx").rows
    assert (row.text, row.options, row.answer, row.place_of("answer")) == ("哪一个？", ("甲", "乙"), "b", "A3")


def test_every_fault_is_told_at_once_with_its_cell(read, filled, bank):
    bad = {**ROW, "C": "填空", "D": "特难", "I": "人民", "P": "E", "R": "《宪法》第九百条"}
    with bank.reading() as session:
        good, row = looking.look(session, read(filled(ROW, bad), "题.xlsx"), NONE).rows
    assert good.verdict == "new"
    assert {fault.place for fault in row.faults} >= {"C4", "D4", "I4", "P4", "R4"}


@pytest.mark.parametrize(("column", "value", "told"), [("G", "=1+1", "公式"), ("H", date(2026, 1, 1), "日期")])
def test_what_excel_made_of_a_cell_is_told(read, filled, column, value, told):
    [row] = read(filled({**ROW, column: value}), "题.xlsx").rows
    assert told in row.faults[0].sentence and row.faults[0].place == f"{column}3"


def test_numbers_in_cells_are_what_a_person_sees(read, filled):
    [row] = read(filled({**ROW, "H": 143, "I": 2.5}), "题.xlsx").rows
    assert row.options == ("143", "2.5")


def test_a_story_is_written_once_for_its_questions(read, filled):
    rows = read(filled({**ROW, "E": "s", "F": "演示小王搬家。"}, {**ROW, "E": "s", "G": "另一问？"}), "题.xlsx").rows
    assert [row.scenario_text for row in rows] == ["演示小王搬家。"] * 2


def test_the_file_comes_back_marked_and_can_be_handed_in_again(read, filled, bank):
    data = filled(ROW, {**ROW, "P": "E", "R": None})
    with bank.reading() as session:
        found = read(data, "题.xlsx")
        marked = looking.handed_back(data, "题.xlsx", found, looking.look(session, found, NONE))
        again = looking.look(session, read(marked, "题.xlsx"), NONE)
        twice = looking.handed_back(marked, "题.xlsx", read(marked, "题.xlsx"), again)
    sheet = openpyxl.load_workbook(io.BytesIO(twice))["题目"]
    assert sheet["S1"].value == "问题" and sheet["T1"].value is None
    assert sheet["S3"].value is None and "没有选项 E" in sheet["S4"].value and "没有写依据" in sheet["S4"].value
    assert sheet["P4"].fill.start_color.rgb.endswith("FFC7CE") and not sheet["P3"].fill.fill_type
    assert "没有选项 E" in sheet["P4"].comment.text and len(sheet.data_validations.dataValidation) == 3
    assert [row.verdict for row in again.rows] == ["new", "bad"]


def test_words_with_faults_come_back_as_the_template(read, bank):
    with bank.reading() as session:
        found = read("1. 哪一个？ A. 甲 B. 乙 答案：C 解析：=1+1")
        data = looking.handed_back(b"", "x", found, looking.look(session, found, NONE, "constitution"))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["题目"]
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    assert sheet[f"{heads['题干']}2"].value == "哪一个？" and "没有写依据" in sheet[f"{heads['问题']}2"].value
    assert sheet[f"{heads['解析']}2"].data_type == "s"
