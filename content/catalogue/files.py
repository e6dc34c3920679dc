"""Entries as Excel, CSV, TOML and Markdown ↔ what somebody wrote, each part with its place. Knows no store.

Every form but Markdown, which holds one entry, is written as well; reading what was written changes nothing.
"""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

import xlsxwriter
from openpyxl.utils import get_column_letter

from content.catalogue.categories import categories, category_name, columns, folded, label, labels, validity_name
from content.catalogue.models import Validity
from content.catalogue.wording import DAYS, Words
from content.importers.documents import quoted
from content.importers.library import FENCE, Unreadable
from content.importers.sheets import Cell, column_of, rows_of

FORMS = ("xlsx", "csv", "toml")
SUFFIXES = (".xlsx", ".csv", ".toml", ".md")
NEEDED = frozenset({"index_number", "title"})
EXAMPLE = "示例"
"""The index number of a row that only shows how one is written."""
MOST_BYTES = 60_000_000
MOST_IN_CELL = 32_767
"""Characters that Excel keeps in one cell."""
_HEADING_WITHIN, _WITH_CHOICES = 10, 2000
_MARKED = re.compile(r"'(?=['=+\-@\t\r\n＝＋－＠]|\d{12,}\Z|\d+[eE]\d+\Z)")
"""The sign by which a CSV says that a cell is text; not part of it."""
_EXAMPLE = Words(
    index_number=EXAMPLE, category="regulations", title="（示例，可删）关于印发某某办法的通知", issuer="葫芦岛市司法局",
    abstract="一两句话说明是什么。", url="https://example.com/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as a file has it."""

    place: str
    written: Mapping[str, str]
    places: Mapping[str, str] = field(default_factory=dict)
    """Field → the cell it stands in."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with a cell itself, by field."""

    def place_of(self, field_name: str) -> str:
        """As a person finds it: the cell with what its column is called."""
        cell = self.places.get(field_name, "")
        return f"{cell} {label(field_name)}" if cell else f"{self.place} {label(field_name)}"


def read(data: bytes, name: str) -> list[Row]:
    """Raises Unreadable where nothing at all can be made of it."""
    ending = PurePath(name).suffix.lower()
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{name} 太大：最多 {MOST_BYTES // 1_000_000} MB，请分几次导入。")
    if ending in (".xlsx", ".xls", ".et", ".xlsm") or data.startswith(b"PK"):
        rows = list(_tabled(_sheets(data, name), name))
    elif ending == ".toml":
        rows = _entries(_parsed(_decoded(data, name), name), name)
    elif ending in (".md", ".markdown"):
        rows = [_page(_decoded(data, name), name)]
    elif ending in (".csv", ".tsv", ".txt"):
        rows = list(_tabled({"": _lines(_decoded(data, name))}, name))
    else:
        raise Unreadable(f"{name} 的格式不能导入：请用 Excel（.xlsx）、.csv、.toml 或 .md。")
    if not rows:
        raise Unreadable(f"{name} 里没有找到条目：请下载模板照着写。")
    return rows


def write(entries: Sequence[Words], form: str) -> tuple[bytes, list[str]]:
    """(the file, index numbers of the entries that this form cannot hold)."""
    if form == "xlsx":
        held = [words for words in entries if len(words.body) <= MOST_IN_CELL]
        return _book(held), [words.index_number for words in entries if len(words.body) > MOST_IN_CELL]
    if form == "csv":
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([column.label for column in columns()])
        writer.writerows([_marked(cell) for cell in _cells(words)] for words in entries)
        return b"\xef\xbb\xbf" + out.getvalue().encode(), []
    return "\n".join(_table(words) for words in entries).encode(), []


def template() -> bytes:
    return _book([_EXAMPLE])


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────

Lines = list[tuple[int, list[Cell]]]


def _sheets(data: bytes, name: str) -> dict[str, Lines]:
    sheets: dict[str, Lines] = {}
    for sheet, number, cells in rows_of(data, name):
        sheets.setdefault(sheet, []).append((number, cells))
    return sheets


def _lines(text: str) -> Lines:
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if first.count("\t") > first.count(",") else ",")
    lines: Lines = []
    try:
        for number, row in enumerate(reader, start=1):
            texts = [(place, cell) for place, cell in enumerate(row, start=1) if cell.strip()]
            cells = [
                Cell(f"{get_column_letter(place)}{number}", cell[1:] if _MARKED.match(cell) else cell)
                for place, cell in texts
            ]
            if cells:
                lines.append((number, cells))
    except csv.Error as error:
        raise Unreadable(f"第 {reader.line_num} 行读不出来：请在 Excel 或 WPS 里另存为 .xlsx 再导入。") from error
    return lines


def _tabled(sheets: Mapping[str, Lines], name: str) -> Iterator[Row]:
    """Of every sheet that has a heading; where several have one, places say which."""
    headed = {title: (lines, *found) for title, lines in sheets.items() if (found := _heading(lines))[1]}
    if not headed:
        raise Unreadable(f"{name} 里找不到有“索引号”和“名称”的标题行：请下载模板，把内容复制进去。")
    for title, (lines, place, named) in headed.items():
        for number, cells in lines[place + 1 :]:
            row = _row(number, cells, named, f"{title}!" if len(headed) > 1 else "")
            if row.written.get("index_number", "").strip() != EXAMPLE and any(row.written.values()):
                yield row


def _heading(lines: Lines) -> tuple[int, dict[str, str]]:
    """(which of the lines, column → field); no columns where there is none."""
    for place, (_, cells) in enumerate(lines[:_HEADING_WITHIN]):
        named: dict[str, str] = {}
        for cell in cells:
            found = labels().get(folded(cell.text))
            if found and found not in named.values():
                named[column_of(cell.place)] = found
        if set(named.values()) >= NEEDED:
            return place, named
    return 0, {}


def _row(number: int, cells: Sequence[Cell], named: Mapping[str, str], sheet: str) -> Row:
    known = {named[column]: cell for cell in cells if (column := column_of(cell.place)) in named}
    return Row(
        place=f"{sheet}第 {number} 行",
        written={name: cell.text for name, cell in known.items()},
        places={name: f"{sheet}{column}{number}" for column, name in named.items()},
        faults={name: cell.fault for name, cell in known.items() if cell.fault and name not in DAYS},
    )


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name} 写法有误（{error}）：请改正，文字要放在引号里。") from error


def _entries(tables: Mapping[str, Any], name: str) -> list[Row]:
    given = tables.get("entry")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Unreadable(f"{name} 里没有 [[entry]]：请照 pufa catalogue export 写出来的样子写。")
    return [_of_table(one, f"第 {place} 条") for place, one in enumerate(given, start=1)]


def _page(text: str, name: str) -> Row:
    parts = text.split(f"{FENCE}\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise Unreadable(f"{name} 的开头应当是两行“+++”之间的索引号、类别、名称等：请照着改。")
    return _of_table({**_parsed(parts[1], name), "body": parts[2]}, name)


def _of_table(table: Mapping[str, Any], place: str) -> Row:
    written, faults = dict[str, str](), dict[str, str]()
    for key, value in table.items():
        name = labels().get(folded(str(key)))
        if name is None:
            faults[str(key)] = f"不认识“{str(key)[:20]}”：请照模板里的名称写。"
        elif isinstance(value, list | dict):
            faults[name] = f"{label(name)}应当是一段文字，不是列表。"
        else:
            written[name] = f"{value:%Y-%m-%d}" if isinstance(value, date | datetime) else str(value)
    return Row(place, written, faults=faults)


def _decoded(data: bytes, name: str) -> str:
    for coding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Unreadable(f"{name} 不是文本文件：请用 Excel（.xlsx）、.csv、.toml 或 .md。")


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _cells(words: Words) -> list[str]:
    kept = words.as_json()
    kept |= {"category": category_name(words.category), "validity": validity_name(words.validity)}
    return [kept[column.name] for column in columns()]


def _marked(cell: str) -> str:
    return f"'{cell}" if _MARKED.match(f"'{cell}") else cell


def _table(words: Words) -> str:
    lines = [f"{name} = {quoted(value)}" for name, value in words.as_json().items() if value]
    return "[[entry]]\n" + "\n".join(lines) + "\n"


def _book(entries: Sequence[Words]) -> bytes:
    """Every cell is text; none becomes a formula, whatever was written in it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, how = book.add_worksheet("公开目录"), book.add_worksheet("说明")
    plain = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8F3EC", "valign": "top"})
    choices = {
        "category": [one.name for one in categories().values()],
        "validity": [validity_name(one) for one in Validity],
    }
    for place, column in enumerate(columns()):
        sheet.set_column(place, place, column.width, plain)
        if column.name in choices:
            only = {"validate": "list", "source": choices[column.name]}
            sheet.data_validation(1, place, max(len(entries), _WITH_CHOICES), place, only)
        sheet.write_string(0, place, column.label, heading)
        how.write_string(place, 0, column.label, heading)
        how.write_string(place, 1, column.tip)
    for number, words in enumerate(entries, start=1):
        for place, cell in enumerate(_cells(words)):
            if cell:
                sheet.write_string(number, place, cell, plain)
    sheet.freeze_panes(1, 0)
    how.set_column(0, 0, 12)
    how.set_column(1, 1, 70)
    book.close()
    return out.getvalue()
