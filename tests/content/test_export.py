"""Tables as files: they open where Excel and WPS open them, and no cell becomes a formula."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import export

ROWS = [["日期", "市民提问"], ["2026-12-04", 31], ["2026-12-05", None], ["2026-12-06", -2.5]]
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil.example")', "＝1"]


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes, sheet: str) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_a_csv_opens_in_excel_with_chinese_as_it_is():
    data = export.as_csv(ROWS)
    assert data.startswith(b"\xef\xbb\xbf")
    assert read_csv(data) == [["日期", "市民提问"], ["2026-12-04", "31"], ["2026-12-05", ""], ["2026-12-06", "-2.5"]]


def test_an_xlsx_keeps_numbers_as_numbers_and_one_sheet_for_each_table():
    data = export.as_xlsx({"每日": ROWS, "提问": [["主题"], ["工资"]]})
    assert read_xlsx(data, "每日")[1:] == [["2026-12-04", 31], ["2026-12-05", None], ["2026-12-06", -2.5]]
    assert read_xlsx(data, "提问") == [["主题"], ["工资"]]


@pytest.mark.parametrize("text", EVIL)
def test_a_cell_never_becomes_a_formula(text):
    assert read_csv(export.as_csv([[text]])) == [[f"'{text}"]]
    book = openpyxl.load_workbook(io.BytesIO(export.as_xlsx({"表": [["标题"], [text]]})))
    cell = book["表"]["A2"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")


@given(st.text(max_size=40))
def test_whatever_a_citizen_wrote_no_spreadsheet_calculates_it(text):
    cell = read_csv(export.as_csv([[text]]))
    assert not cell or not cell[0] or cell[0][0][:1] not in ("=", "+", "-", "@")


@pytest.mark.parametrize("name", ["a/b", "很长" * 30, "''", "[1]"])
def test_any_name_makes_a_sheet(name):
    book = openpyxl.load_workbook(io.BytesIO(export.as_xlsx({name: [["x"]]})))
    assert len(book.sheetnames) == 1


@pytest.mark.parametrize("code", ["1234567890123456", "12E4567890123456", "210404199001011234"])
def test_a_code_that_a_csv_would_turn_into_a_number_stays_as_it_is(code):
    assert read_csv(export.as_csv([[code, "12AB", "2026", 1234567890123456]])) == [
        [f"'{code}", "12AB", "2026", "1234567890123456"]
    ]
    assert read_xlsx(export.as_xlsx({"码": [["码"], [code]]}), "码") == [["码"], [code]]
