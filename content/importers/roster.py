"""The roster of an exam as an Excel file: the template, the rows that were handed in with what is wrong in which cell,
and the same file handed back with its faults marked. Knows no campaign and keeps nothing.
"""

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from warnings import catch_warnings, simplefilter

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import column_index_from_string

from content.importers.library import Unreadable
from content.importers.sheets import Cell, column_of, row_number, rows_of

HEADINGS = {"unit": "单位", "number": "工号", "name": "姓名", "is_leading": "是否领导干部"}
NEEDED = ("unit", "number", "name")
PROBLEM = "问题"
EXAMPLE = "（示例，可删）"
LONGEST_NUMBER, LONGEST_NAME, LONGEST_UNIT, LONGEST_PATH, DEEPEST = 24, 32, 64, 400, 8
_ROWS = 5000
"""Of the template that are prepared."""
_HEADING_WITHIN = 10
_NUMBER = re.compile(rf"[\w.\-]{{1,{LONGEST_NUMBER}}}")
_BORN = r"\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]"
_IDENTITY = re.compile(rf"(?<!\d)(?:\d{{15}}|\d{{17}}[\dX])(?!\d)|{_BORN}|^\d\.\d+E\+1[47]$", re.IGNORECASE)
"""Wherever it stands in a cell; also as Excel writes so long a number by itself."""
_MOBILE = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
_BETWEEN = re.compile(r"[\s._+\-/]")
"""Signs that are written among the digits of such a number."""
WITHHELD = "（像身份证号，没有保存）"
_YES, _NO = frozenset({"是", "√", "y", "yes", "1", "true"}), frozenset({"", "否", "×", "n", "no", "0", "false"})
_HOW = (
    "怎样填“名单”这张表",
    "一行一个人。标题行的名字不要改，列的顺序可以换；写着“示例”的行不会导入。",
    "单位：从上级写到本级，中间用 / 隔开，如 市司法局/办公室。",
    "工号：本单位的工作证号、人事编号都行，整份名单里不能重复；不同单位的工号相同的，前面加单位的简称。不要用身份证号、手机号。",
    "姓名：存的时候加密，只给本单位联络员和活动负责人看。",
    "是否领导干部：是 或 否；不写就是否。",
    "再次上传同一份名单：新来的加上，改了的改过来，表里没有的停考；成绩都在。",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A person as the file has him. `faults`: field → sentence; `doubts`: sentences that stop nothing."""

    row: int
    unit: str
    number: str
    name: str
    is_leading: bool
    places: Mapping[str, str]
    faults: Mapping[str, str]
    doubts: tuple[str, ...] = ()


def read(data: bytes, name: str) -> list[Line]:
    """Raises Unreadable where nothing at all can be made of it."""
    sheets: dict[str, list[tuple[int, list[Cell]]]] = {}
    for sheet, number, cells in rows_of(data, name):
        sheets.setdefault(sheet, []).append((number, cells))
    for rows in sheets.values():
        if (found := _heading(rows)) is not None:
            place, columns = found
            lines = _lines(rows[place + 1 :], columns)
            if not lines:
                raise Unreadable(f"{name} 的标题行下面没有人：请把名单复制进去再上传。")
            return _compared(lines)
    raise Unreadable(f"{name} 里找不到有“单位”“工号”“姓名”的标题行：请下载模板，把名单复制进去。")


def _heading(rows: Sequence[tuple[int, list[Cell]]]) -> tuple[int, dict[str, str]] | None:
    """(which of the rows, column → field)."""
    meant = {label: field for field, label in HEADINGS.items()}
    for place, (_, cells) in enumerate(rows[:_HEADING_WITHIN]):
        columns: dict[str, str] = {}
        for cell in cells:
            field = meant.get(re.sub(r"[\s*]+", "", unicodedata.normalize("NFKC", cell.text)))
            if field and field not in columns.values():
                columns[column_of(cell.place)] = field
        if set(NEEDED) <= set(columns.values()):
            return place, columns
    return None


def _lines(rows: Iterable[tuple[int, list[Cell]]], columns: Mapping[str, str]) -> list[Line]:
    found = []
    for number, cells in rows:
        told = {columns[column]: cell for cell in cells if (column := column_of(cell.place)) in columns}
        is_example = "unit" in told and told["unit"].text.startswith(EXAMPLE)
        if is_example or not any(cell.text.strip() or cell.fault for cell in told.values()):
            continue
        found.append(_line(number, told, {field: f"{column}{number}" for column, field in columns.items()}))
    return found


def _line(row: int, told: Mapping[str, Cell], places: Mapping[str, str]) -> Line:
    texts = {field: _plain(told[field].text) if field in told else "" for field in HEADINGS}
    unit, number, name = unit_path(texts["unit"]), texts["number"].upper(), texts["name"]
    faults = {
        "unit": _unit_fault(unit), "number": number_fault(number), "name": _name_fault(name),
        "is_leading": "" if texts["is_leading"].lower() in _YES | _NO else "写“是”或“否”，不写就是否。",
    }  # fmt: skip
    faults |= {field: cell.fault for field, cell in told.items() if cell.fault}
    kept = {field: sentence for field, sentence in faults.items() if sentence}
    return Line(row, unit, number, name, texts["is_leading"].lower() in _YES, places, kept)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def unit_path(text: str) -> str:
    """ "市司法局 / 办公室" → "市司法局/办公室"; an empty part stays empty, and is a fault."""
    return "/".join(part.strip() for part in re.split(r"[/\\>]", text))


def _is_identity(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    found = _IDENTITY.search("".join(plain.split())) or _IDENTITY.search(_BETWEEN.sub("", plain))
    return bool(found) or plain == unicodedata.normalize("NFKC", WITHHELD)


def _unit_fault(path: str) -> str:
    parts = path.split("/")
    if _is_identity(path) or _MOBILE.search(_BETWEEN.sub("", path)):
        return "单位里像是有身份证号或者手机号，不会保存：单位的名字会印在证书上，请只写单位。"
    if not path:
        return "没有写单位：从上级写到本级，如 市司法局/办公室。"
    if "" in parts:
        return "两个“/”之间没有写单位的名字，或者开头、末尾多了一个“/”。"
    if len(parts) > DEEPEST or len(path) > LONGEST_PATH or any(len(part) > LONGEST_UNIT for part in parts):
        return f"单位的名字太长：每一级最多 {LONGEST_UNIT} 个字，最多 {DEEPEST} 级。"
    return ""


def number_fault(number: str) -> str:
    if not number:
        return "没有写工号。"
    if _is_identity(number):
        return "这像是身份证号，不能当工号用，也不会保存：请改用工作证号或本单位的人事编号。"
    if _MOBILE.search(_BETWEEN.sub("", number)):
        return "这像是手机号，不能当工号用：联络员看得到工号，请改用工作证号或本单位的人事编号。"
    if not _NUMBER.fullmatch(number):
        return f"工号只用字母、数字、汉字和 - . _，最多 {LONGEST_NUMBER} 个。"
    return ""


def _name_fault(name: str) -> str:
    if not name:
        return "没有写姓名。"
    if _is_identity(name):
        return "这像是身份证号，不会保存：请只写姓名。"
    if len(name) > LONGEST_NAME or re.search(r"\d", name):
        return f"姓名最多 {LONGEST_NAME} 个字，里面没有数字：是不是写错了列？"
    return ""


def _compared(lines: list[Line]) -> list[Line]:
    """With what only shows beside the other rows: a number twice, the same name twice in a unit."""
    numbers: dict[str, str] = {}
    names: dict[tuple[str, str], int] = {}
    found = []
    for line in lines:
        if line.number and line.number in numbers:
            told = f"工号 {line.number} 在 {numbers[line.number]} 已经有了：同一个人只写一行，不同的人工号不能相同。"
            line = replace(line, faults={"number": told, **line.faults})
        numbers.setdefault(line.number, line.places["number"])
        twin = names.setdefault((line.unit, line.name), line.row)
        if line.name and twin != line.row:
            told = f"第 {twin} 行也有“{line.unit}”的“{line.name}”：同名的两个人就不用改。"
            line = replace(line, doubts=(told,))
        found.append(line)
    return found


# ── files that go out ─────────────────────────────────────────────────────────────────────────────────────────────────


def template() -> bytes:
    example = (f"{EXAMPLE}市司法局/办公室", "SF0001", "张某某", "否")
    return as_sheet([example])


def as_sheet(people: Iterable[Sequence[str]]) -> bytes:
    """The template with these rows: unit, number, name, 是 or 否. Importing it again changes nothing."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet, how = book.add_worksheet("名单"), book.add_worksheet("说明")
    plain = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8F3EC"})
    for place, (label, width) in enumerate(zip(HEADINGS.values(), (44, 20, 16, 14), strict=True)):
        sheet.set_column(place, place, width, plain)
        sheet.write_string(0, place, label, heading)
    for line, row in enumerate(people, start=1):
        for place, text in enumerate(row):
            sheet.write_string(line, place, text, plain)
    sheet.data_validation(1, 3, _ROWS, 3, {"validate": "list", "source": ["是", "否"]})
    sheet.freeze_panes(1, 0)
    how.set_column(0, 0, 90, plain)
    for line, sentence in enumerate(_HOW):
        how.write_string(line, 0, sentence, plain if line else heading)
    book.close()
    return out.getvalue()


def withheld(data: bytes) -> bytes:
    """The same file without what looks like an identity card's number, in whatever cell: such a thing is not kept, not
    for a day. Unchanged where there is none. The file has been read before.
    """
    with catch_warnings():
        simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    is_changed = False
    for cell in (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row):
        text = f"{cell.value:.0f}" if isinstance(cell.value, int | float) else str(cell.value or "")
        if _is_identity(text):
            cell.value, is_changed = WITHHELD, True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue() if is_changed else data


def marked(data: bytes, name: str, lines: Sequence[Line]) -> bytes:
    """The same file with one more column, and bad cells filled with their sentence as a note. Raises Unreadable."""
    title, heading_row, columns = _heading_of(data, name)
    with catch_warnings():
        simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    sheet = book[title]
    known = [cell.column for cell in sheet[heading_row] if str(cell.value or "").strip() == PROBLEM]
    place = known[0] if known else max(max(map(column_index_from_string, columns)), sheet.max_column or 1) + 1
    sheet.cell(heading_row, place, PROBLEM)
    for row in sheet.iter_rows(min_row=heading_row + 1):  # what an earlier check has marked
        for cell in row:
            if cell.comment is not None and cell.comment.author == PROBLEM:
                cell.comment, cell.fill = None, PatternFill()
            if cell.column == place:
                cell.value = None
    for line in lines:
        told = [f"{line.places.get(field, '')}：{sentence}" for field, sentence in line.faults.items()]
        if told or line.doubts:
            cell = sheet.cell(line.row, place)
            cell.value, cell.data_type = "\n".join([*told, *line.doubts]), "s"
        for field, sentence in line.faults.items():
            if where := line.places.get(field):
                sheet[where].fill = PatternFill("solid", start_color="FFC7CE", end_color="FFC7CE")
                sheet[where].comment = Comment(sentence, PROBLEM)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heading_of(data: bytes, name: str) -> tuple[str, int, list[str]]:
    sheets: dict[str, list[tuple[int, list[Cell]]]] = {}
    for sheet, number, cells in rows_of(data, name):
        sheets.setdefault(sheet, []).append((number, cells))
    for title, rows in sheets.items():
        if (found := _heading(rows)) is not None:
            return title, int(row_number(rows[found[0]][1][0].place)), list(found[1])
    raise Unreadable(f"{name} 里找不到有“单位”“工号”“姓名”的标题行。")
