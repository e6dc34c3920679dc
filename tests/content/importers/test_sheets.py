"""An Excel file is opened only where it is one and cannot burst."""

import io
import zipfile

import openpyxl
import pytest

from content.importers import sheets
from content.importers.library import Unreadable


def packed(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in {"xl/workbook.xml": b"<a/>", **{k.replace("__", "/"): v for k, v in parts.items()}}.items():
            package.writestr(name if name.endswith(".xml") else f"{name}.xml", data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "a.xlsx", "旧格式"),
        (b"PK", "a.xls", "旧格式"),
        (b"hello", "a.xlsx", "不是 Excel"),
        (b"PK\x03\x04 cut off", "a.xlsx", "损坏"),
        (b"x" * (sheets.MOST_BYTES + 1), "a.xlsx", "太大"),
        (packed(), "a.xlsx", "损坏"),
        (packed(xl__sheet=b"0" * 30_000_000), "a.xlsx", "大得不正常"),
        (packed(**{f"x{number}": b"" for number in range(400)}), "a.xlsx", "大得不正常"),
        (packed(xl__styles=b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"), "a.xlsx", "不安全"),
    ],
    ids=["old", "old name", "no zip", "cut off", "large", "empty", "bomb", "many", "doctype"],
)
def test_what_is_no_sheet_or_would_burst_is_refused(data, name, told):
    with pytest.raises(Unreadable, match=told):
        list(sheets.rows_of(data, name))


def test_a_word_file_with_another_name_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    with pytest.raises(Unreadable, match="不是 Excel"):
        list(sheets.rows_of(out.getvalue(), "a.xlsx"))


def test_rows_far_down_are_found_and_the_empty_ones_between_cost_nothing():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["C900000"], book.active["B7"] = "一", "远", " "
    hidden = book.create_sheet("隐藏")
    hidden["A1"], hidden.sheet_state = "看不见", "hidden"
    out = io.BytesIO()
    book.save(out)
    found = [(number, cells[-1].place, cells[-1].text) for _, number, cells in sheets.rows_of(out.getvalue(), "a.xlsx")]
    assert found == [(1, "A1", "一"), (900000, "C900000", "远")]
