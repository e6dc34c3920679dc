"""The Excel form of the bank: the template that staff fill in, the same with questions in it, and a file handed back
with its faults marked. Every cell is text; none becomes a formula, whatever was written in it.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from warnings import catch_warnings, simplefilter

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string

from content.importers.sheets import column_of, row_number
from content.models import Question
from content.questions.sheet import PROBLEM, heading_of
from content.questions.words import (
    EXAMPLE,
    LETTERS,
    columns,
    difficulty_name,
    kind_name,
    subject_name,
    subjects,
)
from content.questions.written import Written

MOST_ROWS = 2000
"""Rows of the template that have drop-downs."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")
_BAD, _DOUBTFUL = "FFC7CE", "FFEB9C"
_EXAMPLE = {
    "key": EXAMPLE, "subject": "宪法", "kind": "单选", "difficulty": "易",
    "text": "（示例，可删）宪法写明，我国的根本制度是哪一项？", "A": "总理负责制度", "B": "按劳分配制度",
    "C": "社会主义制度", "D": "承包经营制度", "answer": "C", "explanation": "社会主义制度是国家的根本制度。",
    "basis": "《宪法》第一条",
}  # fmt: skip
_HOW = (
    "怎样填“题目”这张表",
    "一行一道题。编号写着“示例”的行和空行不会导入。",
    "列的顺序可以换，标题行的名字不要改；不用的列可以删去。",
    "每道题都要写依据：法律和条，例如《宪法》第三十三条。没有写的，用解析里写到的；解析里也没有的，导入后先停用，补上依据才会出。",
    "上传后先给您看一遍：哪一格有问题、和哪道题差不多，都会写出来；有问题的行可以先放着，好的行先导入。",
    "每次导入都可以整体撤销：改过的题恢复原样，新题没有出过的删去、出过的停用。",
    "各列：",
)


def template() -> bytes:
    return _book([_EXAMPLE], is_example=True)


def as_sheet(questions: Iterable[Question]) -> bytes:
    """The bank in the template's form; importing it again changes nothing."""
    return _book([_cells_of(question) for question in sorted(questions, key=lambda one: (one.subject, one.key))])


def with_problems(rows: Sequence[tuple[Written, Mapping[str, str], str]]) -> bytes:
    """Questions out of words, GIFT or Aiken in the template's form; (question, field → sentence, all sentences)."""
    return _book([{**_cells_as_written(written), PROBLEM: told} for written, _, told in rows],
                 [set(bad) for _, bad, _ in rows])  # fmt: skip


def _book(rows: Sequence[Mapping[str, str]], bad: Sequence[set[str]] = (), is_example: bool = False) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                     "strings_to_numbers": False})  # fmt: skip
    sheet, how, lists = (book.add_worksheet(name) for name in ("题目", "说明", "类别"))
    looks = {"text_wrap": True, "valign": "top", "num_format": "@"}
    plain, quoted = book.add_format(looks), book.add_format({**looks, "quote_prefix": True})
    grey, wrong = (
        book.add_format({**looks, "font_color": "#808080"}),
        book.add_format({**looks, "bg_color": f"#{_BAD}"}),
    )
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8F3EC", "valign": "top"})
    names = [*(column.name for column in columns()), *([PROBLEM] if bad else [])]
    for place, name in enumerate(names):
        column = next((one for one in columns() if one.name == name), None)
        sheet.set_column(place, place, column.width if column else 50, plain)
        sheet.write_string(0, place, column.label if column else PROBLEM, heading)
    for line, row in enumerate(rows, start=1):
        for place, name in enumerate(names):
            if text := row.get(name, ""):
                is_wrong = bool(bad) and name in bad[line - 1]
                look = wrong if is_wrong else grey if is_example else quoted if text.startswith(_DANGEROUS) else plain
                sheet.write_string(line, place, text, look)
            elif bad and name in bad[line - 1]:
                sheet.write_blank(line, place, None, wrong)
    sheet.freeze_panes(1, 1)
    _offer(sheet, names, lists, heading, plain)
    _explain(how, heading, plain)
    book.close()
    return out.getvalue()


def _offer(sheet: Any, names: Sequence[str], lists: Any, heading: Any, plain: Any) -> None:
    """Drop-downs; only the subject may also be another than those offered."""
    shown = list(subjects().values())
    lists.set_column(0, 0, 30, plain)
    lists.write_string(0, 0, "类别", heading)
    for line, name in enumerate(shown, start=1):
        lists.write_string(line, 0, name)
    choices = {
        "subject": {"validate": "list", "source": f"=类别!$A$2:$A${len(shown) + 1}", "error_type": "information",
                    "error_title": "新的类别", "error_message": "下拉框里没有这个类别：确定要用新的类别，请点“确定”。"},
        "kind": {"validate": "list", "source": [kind_name(kind) for kind in ("single", "multiple", "judge")],
                 "error_title": "题型", "error_message": "请从下拉框里选：单选、多选或判断。"},
        "difficulty": {"validate": "list", "source": [difficulty_name(one) for one in (1, 2, 3)],
                       "error_title": "难度", "error_message": "请从下拉框里选：易、中或难。"},
    }  # fmt: skip
    for name, choice in choices.items():
        place = names.index(name)
        sheet.data_validation(1, place, MOST_ROWS, place, choice)


def _explain(how: Any, heading: Any, plain: Any) -> None:
    how.set_column(0, 0, 14, plain)
    how.set_column(1, 1, 90, plain)
    for line, sentence in enumerate(_HOW):
        how.write_string(line, 0 if line in (0, len(_HOW) - 1) else 1, sentence, heading if line == 0 else plain)
    for line, column in enumerate((one for one in columns() if one.tip), start=len(_HOW)):
        how.write_string(line, 0, column.label)
        how.write_string(line, 1, column.tip, plain)


def _cells_of(question: Question) -> dict[str, str]:
    options = {} if question.kind == "judge" else dict(zip(LETTERS, question.options, strict=False))
    judged = {"A": "对", "B": "错"}
    return {
        "key": question.key, "subject": subject_name(question.subject), "kind": kind_name(question.kind),
        "difficulty": difficulty_name(question.difficulty), "scenario": question.scenario or "",
        "scenario_text": question.scenario_text or "", "text": question.text, **options,
        "answer": judged.get(question.answer, "") if question.kind == "judge" else question.answer,
        "explanation": question.explanation, "basis": "\n".join(question.basis),
    }  # fmt: skip


def _cells_as_written(written: Written) -> dict[str, str]:
    return {
        "key": written.key, "subject": written.subject or "", "kind": kind_name(written.kind),
        "difficulty": written.difficulty or "", "scenario": written.scenario or "",
        "scenario_text": written.scenario_text or "", "text": written.text,
        **dict(zip(LETTERS, written.options, strict=False)), "answer": written.answer,
        "explanation": written.explanation or "", "basis": "\n".join(written.basis or ()),
    }  # fmt: skip


def marked(data: bytes, name: str, rows: Sequence[tuple[Written, Mapping[str, str], str]]) -> bytes:
    """The same file with one more column, and bad cells filled with their sentence as a note. Raises Unreadable."""
    title, heading_row, fields = heading_of(data, name)
    with catch_warnings():
        simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    sheet = book[title]
    known = [cell.column for cell in sheet[heading_row] if str(cell.value or "").strip() == PROBLEM]
    place = known[0] if known else max(column_index_from_string(column) for column in fields) + 1
    while not known and sheet.cell(heading_row, place).value is not None:
        place += 1
    sheet.cell(heading_row, place, PROBLEM)
    _clear(sheet, heading_row, place)
    for written, bad, told in rows:
        number = int(row_number(next(iter(written.places.values()))))
        if told:
            cell = sheet.cell(number, place)
            cell.value, cell.data_type = told, "s"
            cell.fill = _fill(_BAD if bad else _DOUBTFUL)
        for field, sentence in bad.items():
            if (where := written.places.get(field)) and column_of(where):
                sheet[where].fill = _fill(_BAD)
                sheet[where].comment = Comment(sentence, PROBLEM)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _clear(sheet: Any, heading_row: int, place: int) -> None:
    """What an earlier check has marked."""
    for row in sheet.iter_rows(min_row=heading_row + 1):
        for cell in row:
            if cell.comment is not None and cell.comment.author == PROBLEM:
                cell.comment = None
                cell.fill = PatternFill()
            if cell.column == place:
                cell.value, cell.fill = None, PatternFill()


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)
