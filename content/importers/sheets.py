"""Excel files that people hand in → cells as text with their places. Opened only where it is one and cannot burst; no
formula is computed and nothing outside the file is read.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import PurePath
from typing import Any
from warnings import catch_warnings, simplefilter

import openpyxl
from openpyxl.utils import get_column_letter

from content.importers.library import Unreadable
from content.importers.word_package import BROKEN

MOST_BYTES = 5_000_000
MOST_UNPACKED = 60_000_000
MOST_ENTRIES = 300
MOST_RATIO = 200
"""A sheet packs to a tenth; what packs to much less is made to burst."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200
_RATIO_FROM = 2_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCTYPES = tuple("<!DOCTYPE".encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be"))
_BURSTS = "解压后大得不正常，没有打开：请把要导入的内容复制到新的表格里再上传。"
SAVE_AS = "请在 Excel 或 WPS 里打开，选“另存为”，类型选“Excel 工作簿（*.xlsx）”，再上传新文件。"
_DAMAGED = (*BROKEN, TypeError, IndexError, AttributeError, SyntaxError)
"""What openpyxl may raise for a file that no spreadsheet program wrote; SyntaxError is a broken XML."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell as a person reads it; `fault` says why it cannot be taken as it is."""

    place: str
    text: str
    fault: str = ""


def rows_of(data: bytes, name: str) -> Iterator[tuple[str, int, list[Cell]]]:
    """(sheet, number of the row, its cells) of every sheet that is shown, without empty rows. Raises Unreadable."""
    check(data, name)
    try:
        with catch_warnings():
            simplefilter("ignore")  # openpyxl warns of drop-downs it does not keep
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            yield from _rows(book, name)
            book.close()
    except _DAMAGED as error:
        raise Unreadable(f"{name} 已损坏，打不开：{SAVE_AS}") from error


def _rows(book: Any, name: str) -> Iterator[tuple[str, int, list[Cell]]]:
    seen = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # what a file says of its own size is often wrong
        for row in sheet.iter_rows(max_col=MOST_COLUMNS):
            cells = [_cell(cell) for cell in row if cell.value is not None]
            if not any(cell.text.strip() or cell.fault for cell in cells):
                continue
            seen += 1
            if seen > MOST_ROWS:
                raise Unreadable(f"{name} 有字的行超过 {MOST_ROWS} 行：请分成几个文件上传。")
            yield sheet.title, int(row_number(cells[0].place)), cells


def row_number(place: str) -> str:
    return place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def column_of(place: str) -> str:
    return place[: -len(row_number(place))]


def check(data: bytes, name: str) -> None:
    """Raises Unreadable for what is no .xlsx, or would burst."""
    if len(data) > MOST_BYTES:
        raise Unreadable(
            f"{name} 有 {len(data) / 1_000_000:.0f} MB，太大：最多 {MOST_BYTES // 1_000_000} MB，请分开上传。"
        )
    if data.startswith(_OLE) or PurePath(name).suffix.lower() in (".xls", ".et"):
        raise Unreadable(f"{name} 是旧格式的表格，或者设了密码：{SAVE_AS}")
    if not data.startswith(b"PK"):
        raise Unreadable(f"{name} 不是 Excel 表格：{SAVE_AS}")
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        entries = package.infolist()
        bursts = (
            len(entries) > MOST_ENTRIES
            or sum(entry.file_size for entry in entries) > MOST_UNPACKED
            or sum(entry.compress_size for entry in entries) > len(data)
            or any(entry.file_size > _RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
                   for entry in entries)
        )  # fmt: skip
        if bursts:
            raise Unreadable(f"{name} {_BURSTS}")
        if not any(entry.filename == "xl/workbook.xml" for entry in entries):
            raise Unreadable(f"{name} 不是 Excel 表格：{SAVE_AS}")
        parts = [entry for entry in entries if re.search(r"(?i)\.(xml|rels)$", entry.filename)]
        if any(sign in package.read(part) for part in parts for sign in _DOCTYPES):
            raise Unreadable(f"{name} 里有不安全的内容，没有打开：{SAVE_AS}")
    except BROKEN as error:
        raise Unreadable(f"{name} 已损坏，打不开：{SAVE_AS}") from error


def _cell(cell: Any) -> Cell:
    place = f"{get_column_letter(cell.column)}{cell.row}"
    value = cell.value
    if cell.data_type == "f":
        return Cell(place, str(value), "这一格是公式：请复制后“选择性粘贴”为数值。")
    if cell.data_type == "e":
        return Cell(place, str(value), f"这一格显示的是错误 {value}：请重新写。")
    if isinstance(value, bool):
        return Cell(place, "TRUE" if value else "FALSE")
    if isinstance(value, datetime | date | time):
        return Cell(place, str(value), "这一格被 Excel 当成了日期或时间：请把格式改为“文本”，再重新写。")
    if isinstance(value, float):
        return Cell(place, f"{value:.15g}")
    return Cell(place, str(value))
