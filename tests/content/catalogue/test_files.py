"""A file of entries comes in whole or not at all, every fault at its cell; what was written out changes nothing."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from catalogued import words
from hypothesis import given, settings
from hypothesis import strategies as st

from content import audit
from content.catalogue import entries, files, imports, shelf, wording
from content.catalogue.entries import NotKept
from content.catalogue.imports import Verdict
from content.importers.library import Unreadable
from content.staff import NotAllowed
from content.store.db import Database

CSV = """公开目录,,,
索引号*,分类,信息名称,成文日期,原文链接
示例,,(示例),,
YS-1,法规文件类,演示一,2026/11/1,https://example.com/1
YS-2,宠物类,演示二,去年,
YS-1,plans,演示三,,https://example.com/3
"""
SIGNS = "演示文字 ab12=+-@'\"\\,;\t\n一二|#＝"
KEPT = [
    words("YS-1", "=1+1", issued_on=date(2026, 11, 1), keywords="'=引号", body='- 列表\n"引号"\\\t\'', validity="void"),
    words(
        "202600000000012",
        "演示",
        document_number="演司发〔2026〕1号",
        abstract="两\n行",
        url="https://example.com/?a=1",
    ),
    words("YS-3", "'单引号", category="work-news", published_on=None, body="长" * 40_000),
]


def _take(database: Database, data: bytes, name: str, by: str = "pen") -> imports.Run:
    with database.transaction() as session:
        return imports.take(session, files.read(data, name), by, name)


def test_every_fault_is_told_at_its_cell_and_nothing_is_taken(staffed: Database) -> None:
    with staffed.reading() as session:
        run = imports.look(session, files.read(CSV.encode("gb18030"), "目录.csv"))
    told = [(fault.place, fault.sentence[:9]) for fault in run.faults]
    assert told == [
        ("A4 索引号", "这个文件里有 2 "),
        ("B5 类别", "没有“宠物类”这一"),
        ("D5 生成日期", "生成日期“去年”不"),
        ("第 5 行 正文", "正文和原文链接至少"),
        ("A6 索引号", "这个文件里有 2 "),
    ]
    with pytest.raises(NotKept, match="一条也没有导入"):
        _take(staffed, CSV.encode(), "目录.csv")
    with staffed.reading() as session:
        assert shelf.count(session, shelf.Wanted()) == 0


def test_a_day_that_excel_made_a_date_is_a_day_and_a_formula_is_told(staffed: Database) -> None:
    book = openpyxl.Workbook()
    book.active.append(["索引号", "名称", "类别", "生成日期", "原文链接", "关键词"])
    book.active.append(["YS-1", "演示", "规划计划", datetime(2026, 11, 1), "https://example.com", "=1+1"])  # noqa: DTZ001
    out = io.BytesIO()
    book.save(out)
    row = files.read(out.getvalue(), "目录.xlsx")[0]
    assert wording.read(row.written)[0].issued_on == date(2026, 11, 1)  # type: ignore[union-attr]
    assert list(row.faults) == ["keywords"] and row.place_of("keywords") == "F2 关键词"


@pytest.mark.parametrize("form", files.FORMS)
def test_what_is_written_out_and_taken_in_again_changes_nothing(staffed: Database, form: str) -> None:
    with staffed.transaction() as session:
        for one in KEPT:
            entries.save(session, None, one, "pen", 0)
        entries.publish(session, [(number, 1) for number in (1, 2, 3)], "seal")
    with staffed.reading() as session:
        data, left_out = files.write(list(imports.newest_words(session)), form)
    assert left_out == (["YS-3"] if form == "xlsx" else [])
    run = _take(staffed, data, f"目录.{form}")
    assert run.count(Verdict.SAME) == len(run.rows) == 3 - len(left_out)
    with staffed.reading() as session:
        assert entries.waiting(session) == 0


@pytest.mark.parametrize("form", files.FORMS)
@settings(deadline=None, max_examples=25)
@given(texts=st.lists(st.text(SIGNS, min_size=1, max_size=12), min_size=3, max_size=3))
def test_no_words_are_changed_by_a_form(form: str, texts: list[str]) -> None:
    title, keywords, body = texts
    kept, faults = wording.read({"index_number": "YS-1", "category": "plans", "title": title, "keywords": keywords,
                                 "body": body, "url": "https://example.com"})  # fmt: skip
    if kept is not None:
        data, _ = files.write([kept], form)
        assert wording.read(files.read(data, f"x.{form}")[0].written)[0] == kept
    else:
        assert "title" in faults


def test_what_is_taken_in_is_a_draft_by_that_person_and_again_is_nothing_new(staffed: Database) -> None:
    good = "索引号,名称,类别,正文\nYS-1,演示,plans,正文\nYS-2,演示二,plans,正文\n"
    assert _take(staffed, good.encode(), "目录.csv").count(Verdict.NEW) == 2
    assert _take(staffed, good.encode(), "目录.csv").count(Verdict.SAME) == 2
    run = _take(staffed, good.replace("演示二", "演示改").encode(), "目录.csv", by="other")
    assert (run.count(Verdict.SAME), run.count(Verdict.CHANGED)) == (1, 1)
    with pytest.raises(NotAllowed), staffed.transaction() as session:
        entries.publish(session, [(1, 1), (2, 2)], "other")
    with staffed.transaction() as session:
        assert entries.publish(session, [(1, 1), (2, 2)], "second") == 2
    with staffed.reading() as session:
        acts = [entry.act for entry in audit.entries(session)]
    assert acts == ["catalogue.publish", "catalogue.import", "catalogue.import"]


def test_taking_in_needs_its_role(staffed: Database) -> None:
    with pytest.raises(NotAllowed):
        _take(staffed, "索引号,名称,类别,正文\nYS-1,演示,plans,正文\n".encode(), "目录.csv", by="looker")


def test_markdown_and_toml_hold_entries_with_either_names() -> None:
    head = '"索引号" = "YS-1"\ncategory = "plans"\n"名称" = "演示"\nissued_on = 2026-11-01\n"宠物" = 1\n'
    row = files.read(f"+++\n{head}+++\n## 正文\n".encode(), "一条.md")[0]
    assert row.written["issued_on"] == "2026-11-01" and row.written["body"] == "## 正文\n" and "宠物" in row.faults
    row = files.read(b'[[entry]]\nindex_number = "YS-1"\ntitle = ["x"]\n', "目录.toml")[0]
    assert "不是列表" in row.faults["title"]


UNREADABLE = [
    ("目录.pdf", b"%PDF"),
    ("目录.csv", b""),
    ("目录.csv", b"a,b\n1,2\n"),
    ("目录.csv", b"\x00\x01"),
    ("目录.csv", "索引号,名称\n".encode()),
    ("目录.csv", ("索引号,名称\nYS-1," + "长" * 140_000).encode()),
    ("目录.toml", b"x = 1"),
    ("目录.toml", b"x = ["),
    ("一条.md", "没有开头".encode()),
    ("目录.xlsx", b"PK\x03\x04broken"),
    ("目录.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
]


@pytest.mark.parametrize(("name", "data"), UNREADABLE)
def test_what_cannot_be_read_says_what_to_do(name: str, data: bytes) -> None:
    with pytest.raises(Unreadable, match="请"):
        files.read(data, name)


def test_the_template_reads_as_empty() -> None:
    with pytest.raises(Unreadable, match="没有找到条目"):
        files.read(files.template(), "模板.xlsx")


def test_with_several_sheets_a_place_says_which() -> None:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("二〇二五")):
        sheet.append(["索引号", "名称"])
        sheet.append(["YS 1", "演示"])
    out = io.BytesIO()
    book.save(out)
    places = [row.place_of("index_number") for row in files.read(out.getvalue(), "目录.xlsx")]
    assert places == ["Sheet!A2 索引号", "二〇二五!A2 索引号"]
