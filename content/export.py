"""Tables as files that Excel and WPS open: CSV and XLSX. A cell never becomes a formula, whatever was written in it."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter

Rows = Iterable[Sequence[object]]
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_AS_NUMBER = re.compile(r"\d{12,}|\d+E\d+", re.IGNORECASE)
"""Text that Excel turns into another number when it opens a CSV: codes of many digits, or with an E among them."""
_SHEET_NAME = 31
_WIDEST, _NARROWEST = 60, 8


def as_csv(rows: Rows) -> bytes:
    """With the mark by which Excel knows that it is UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_in_csv(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(sheets: Mapping[str, Rows]) -> bytes:
    """One sheet a name; the first row is the heading."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    heading = book.add_format({"bold": True, "bottom": 1})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(_sheet_name(name))
        widths: dict[int, int] = {}
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                value = _plain(cell)
                if value == "":
                    continue
                if isinstance(value, str):
                    sheet.write_string(line, column, value, None if line else heading)
                else:
                    sheet.write_number(line, column, value)
                widths[column] = max(widths.get(column, _NARROWEST), _width(str(value)))
        for column, width in widths.items():
            sheet.set_column(column, column, min(width, _WIDEST))
        sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def _in_csv(cell: object) -> str | int | float:
    plain = _plain(cell)
    return f"'{plain}" if isinstance(plain, str) and _AS_NUMBER.fullmatch(plain) else plain


def _plain(cell: object) -> str | int | float:
    """A number stays one; a text that a spreadsheet could take for a formula is marked as text."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _sheet_name(name: str) -> str:
    return "".join("_" if sign in "[]:*?/\\" else sign for sign in name).strip("'")[:_SHEET_NAME] or "表"


def _width(text: str) -> int:
    """Chinese characters are twice as wide."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text) + 2
