"""The year's report: its tables against independent counting, its sums, its Word file opened again."""

import io
import random
from collections import Counter
from datetime import date, datetime, time, timedelta

import docx
import pytest
from sqlalchemy import insert, select

from content import audit, word_forms
from content.store import clock
from handlers.disclosure import handling, yearly
from handlers.disclosure.models import Applicant, DisclosureRequest, State
from handlers.disclosure.requests import NotDone
from scheduler import annual_report

YEAR = 2025
ROWS = sorted({answer.report_class for answer in handling.answers().values()})


def lives(count: int, seed: int) -> list[dict[str, object]]:
    """Made-up requests over three years: some open, some never received."""
    pick = random.Random(seed)  # noqa: S311 - made-up lives
    rows = []
    for number in range(count):
        received = date(YEAR - 1, 1, 1) + timedelta(days=pick.randrange(1095))
        ended = received + timedelta(days=pick.randrange(400)) if pick.random() < 0.9 else None
        if pick.random() < 0.03:
            received = None
        filed = datetime.combine(received or date(YEAR, 5, 5), time(10), clock.BEIJING)
        rows.append(
            {
                "year": filed.year, "serial": number + 1, "code_hash": "", "channel": "page",
                "applicant_kind": pick.choice(list(Applicant)), "applicant": f"{number % 97:032x}", "particulars": "",
                "wanted": "演示", "document_number": "", "way": "online", "filed_at": filed, "received_on": received,
                "counted_from": received, "rests": [], "handler": "", "drafted_by": "", "answer": "",
                "state": State.ANSWERED if ended else State.IN_HAND, "ended_on": ended, "extended_days": 0,
                "is_provisional": False, "report_class": pick.choice(ROWS) if ended else "",
            }
        )  # fmt: skip
    return rows


@pytest.fixture
def made(database):
    rows = lives(600, seed=3)
    with database.transaction() as session:
        session.execute(insert(DisclosureRequest), rows)
    return rows


def by_hand(rows, row: str, kind: str) -> int:
    mine = [one for one in rows if one["received_on"] and one["applicant_kind"] == kind]
    first, last = date(YEAR, 1, 1), date(YEAR, 12, 31)
    if row == "1":
        return sum(first <= one["received_on"] <= last for one in mine)
    if row == "2":
        return sum(one["received_on"] < first and not (one["ended_on"] and one["ended_on"] < first) for one in mine)
    if row == "4":
        return sum(one["received_on"] <= last and not (one["ended_on"] and one["ended_on"] <= last) for one in mine)
    ended = Counter(one["report_class"] for one in mine if one["ended_on"] and first <= one["ended_on"] <= last)
    return sum(ended.values()) if row == "3.7" else ended[row]


def test_every_cell_is_as_counted_by_hand_and_every_sum_agrees(database, made):
    with database.reading() as session:
        rows = yearly.count(session, YEAR)
    for row in yearly.written()["rows"]:
        for kind in Applicant:
            assert rows[row][kind] == by_hand(made, row, kind), (row, kind)
        assert rows[row]["all"] == sum(rows[row][kind] for kind in Applicant)
    assert yearly.faults(rows) == []


def test_what_ended_without_a_row_is_found_by_the_sums(database, made):
    with database.transaction() as session:
        one = session.scalar(select(DisclosureRequest).where(DisclosureRequest.ended_on == made[0]["ended_on"]))
        one.received_on, one.ended_on, one.report_class = date(YEAR, 3, 1), date(YEAR, 3, 2), ""
        session.flush()
        told = yearly.faults(yearly.count(session, YEAR))
    assert len(told) == 2 and all("没有分类" in sentence for sentence in told)


def test_the_word_file_holds_the_same_numbers_and_the_six_parts(database, made):
    with database.reading() as session:
        report = annual_report.gather(session, YEAR)
    opened = docx.Document(io.BytesIO(word_forms.as_docx(annual_report.form(report))))
    headings = [one.text for one in opened.paragraphs if one.style.name == "Heading 1"]
    assert headings == list(yearly.written()["parts"].values())
    table = next(one for one in opened.tables if len(one.columns) == 10)
    lines = list(zip(yearly.written()["rows"], table.rows[2:], strict=True))
    for row, line in lines:
        cells = [cell.text for cell in line.cells]
        assert cells[3:] == [str(report.counts[row][column]) for column in (*Applicant, "all")]
        assert yearly.written()["rows"][row] in cells[:3]
    assert [cell.text for cell in table.rows[1].cells][4:9] == list(yearly.written()["columns"].values())[1:]
    assert len(opened.tables) == 1 + len(yearly.blocks())
    assert "待填" in opened.tables[0].rows[1].cells[1].text


def test_figures_that_staff_enter_stand_in_the_tables_and_sums_are_made(database):
    given = {name: str(number) for number, name in enumerate(yearly.figure_names())} | {"charges": "1.50"}
    with database.transaction() as session:
        assert yearly.enter(session, YEAR, given, "wang") == len(given)
        assert yearly.enter(session, YEAR, given, "wang") == 0
        yearly.write(session, YEAR, 5, "演示：第一点。\r\n演示：第二点。", "wang")
        report = annual_report.gather(session, YEAR)
        noted = audit.entries(session, thing=f"annual:{YEAR}")
    assert report.figures["charges"] == "1.5" and report.texts[5].count("\n") == 1
    assert {entry.act for entry in noted} == {"annual.figures", "annual.text"}
    assert [item for item in report.missing if "第二十条" in item or "复议" in item] == []
    lines = next(block for block in yearly.blocks() if block.part == 4).lines
    assert annual_report.total(lines[0], report.figures) == str(sum(int(given[name]) for name in lines[0].cells))


@pytest.mark.parametrize("value", ["-1", "x", "1.5", "1e9999", "NaN", "9" * 13, "一"])
def test_what_is_no_number_is_refused_and_nothing_is_kept(database, value):
    with database.transaction() as session, pytest.raises(NotDone, match="不是能填的数"):
        yearly.enter(session, YEAR, {"permits": "3", "penalties": value}, "wang")
    with database.reading() as session:
        assert yearly.figures(session, YEAR) == {}


@pytest.mark.parametrize("year", [1999, 2099])
def test_a_year_that_cannot_be_reported_on_is_refused(database, year):
    with database.transaction() as session, pytest.raises(NotDone, match="年份"):
        yearly.enter(session, year, {"permits": "3"}, "wang")
