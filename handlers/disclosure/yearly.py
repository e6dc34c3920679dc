"""A year of disclosure in figures (国办公开办函〔2021〕30号): requests by row and kind of applicant, the figures that
staff enter because the account cannot know them, and their words for each part.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import audit, staff
from content.phrases import LIBRARY, say
from content.staff import Role
from content.store import clock
from content.store.db import Base
from handlers.disclosure.models import Applicant, DisclosureRequest, State
from handlers.disclosure.requests import NotDone

NEW, CARRIED_OVER, TOTAL, CARRIED_ON = "1", "2", "3.7", "4"
MOST_WORDS = 20_000
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,4})?")
_WHOLE = "all"
"""The column of sums."""


class AnnualFigure(Base):
    """A number that staff entered for a year, as it was written."""

    __tablename__ = "annual_figures"

    year: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(16))
    entered_by: Mapped[str] = mapped_column(String(32))
    entered_at: Mapped[datetime]


class AnnualText(Base):
    """Staff's own words for a part of a year's report."""

    __tablename__ = "annual_texts"

    year: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(String(32))
    written_at: Mapped[datetime]


Counts = Mapping[str, Mapping[str, int]]
"""Row → column → how many; the column "all" holds the sum."""


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    cells: tuple[str, ...]
    """Names of figures."""
    has_total: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A table of entered figures."""

    part: int
    title: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]


@cache
def written() -> dict[str, Any]:
    """Headings, rows and columns as library/annual_report.toml has them."""
    return tomllib.loads((LIBRARY / "annual_report.toml").read_text(encoding="utf-8"))


@cache
def blocks() -> tuple[Block, ...]:
    return tuple(
        Block(one["part"], one["block"], tuple(one["headings"]), tuple(
            Line(row["name"], tuple(row["cells"]), row.get("has_total", False)) for row in one["rows"]
        ))
        for one in written()["figures"]
    )  # fmt: skip


def figure_names() -> list[str]:
    return [name for block in blocks() for line in block.lines for name in line.cells]


# ── requests, counted ─────────────────────────────────────────────────────────────────────────────────────────────────


def count(session: Session, year: int) -> Counts:
    """Every row of part three. What was never received (not confirmed, article 31) is no application yet; what is
    void never was one.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    received, ended = DisclosureRequest.received_on, DisclosureRequest.ended_on
    rows = {row: dict.fromkeys((*Applicant, _WHOLE), 0) for row in written()["rows"]}
    _add(rows[NEW], session, received.between(first, last))
    _add(rows[CARRIED_OVER], session, received < first, or_(ended.is_(None), ended >= first))
    _add(rows[CARRIED_ON], session, received <= last, or_(ended.is_(None), ended > last))
    query = select(DisclosureRequest.report_class, DisclosureRequest.applicant_kind, func.count())
    in_year = ended.between(first, last) & received.is_not(None) & (DisclosureRequest.state != State.VOID)
    grouped = query.where(in_year).group_by(DisclosureRequest.report_class, DisclosureRequest.applicant_kind)
    for row, kind, number in session.execute(grouped):
        for line in (rows.get(row), rows[TOTAL]):
            if line is not None:
                line[kind] += number
                line[_WHOLE] += number
    return rows


def faults(rows: Counts) -> list[str]:
    """Where the sums do not agree, in sentences; empty where they do, column by column."""
    found = []
    for column in (*Applicant, _WHOLE):
        came = rows[NEW][column] + rows[CARRIED_OVER][column]
        went = rows[TOTAL][column] + rows[CARRIED_ON][column]
        handled = sum(line[column] for row, line in rows.items() if row.startswith("3.") and row != TOTAL)
        name = written()["columns"].get(column, say("annual_whole"))
        if came != went:
            found.append(say("annual_sum_wrong", column=name, came=came, went=went))
        if handled != rows[TOTAL][column]:
            found.append(say("annual_total_wrong", column=name, handled=handled, total=rows[TOTAL][column]))
    return found


def _add(line: dict[str, int], session: Session, *wanted: ColumnElement[bool]) -> None:
    kind = DisclosureRequest.applicant_kind
    counted = select(kind, func.count()).where(DisclosureRequest.state != State.VOID, *wanted)
    for name, number in session.execute(counted.group_by(kind)):
        line[name] += number
        line[_WHOLE] += number


# ── what staff enter ──────────────────────────────────────────────────────────────────────────────────────────────────


def figures(session: Session, year: int) -> dict[str, AnnualFigure]:
    return {one.name: one for one in session.scalars(select(AnnualFigure).where(AnnualFigure.year == year))}


def texts(session: Session, year: int) -> dict[int, AnnualText]:
    return {one.part: one for one in session.scalars(select(AnnualText).where(AnnualText.year == year))}


def enter(session: Session, year: int, given: Mapping[str, str], by: str) -> int:
    """How many changed. An empty value takes a figure back. Raises NotDone, where nothing is kept, and NotAllowed."""
    staff.require(session, by, Role.WRITE)
    _check_year(year)
    read = {name: _number(name, value) for name, value in given.items()}
    known, changed = figures(session, year), []
    for name, value in read.items():
        before = known.get(name)
        if value == (before.value if before else ""):
            continue
        changed.append(name)
        if not value and before:
            session.delete(before)
            continue
        kept = before or AnnualFigure(year=year, name=name)
        kept.value, kept.entered_by, kept.entered_at = value, staff.folded(by), clock.now()
        session.add(kept)
    session.flush()
    if changed:
        audit.record(session, by, "annual.figures", f"annual:{year}", names=changed)
    return len(changed)


def write(session: Session, year: int, part: int, words: str, by: str) -> bool:
    """True where they are others now. Raises NotDone and NotAllowed."""
    staff.require(session, by, Role.WRITE)
    _check_year(year)
    if str(part) not in written()["parts"] or len(words) > MOST_WORDS:
        raise NotDone(say("annual_text_long", most=MOST_WORDS))
    plain = words.replace("\r\n", "\n").strip()
    kept = session.get(AnnualText, (year, part)) or AnnualText(year=year, part=part, words="")
    if kept.words == plain:
        return False
    kept.words, kept.written_by, kept.written_at = plain, staff.folded(by), clock.now()
    session.add(kept)
    session.flush()
    audit.record(session, by, "annual.text", f"annual:{year}", part=part)
    return True


def _check_year(year: int) -> None:
    if not 2008 <= year <= clock.today().year:  # the regulation has been in force since 2008
        raise NotDone(say("annual_year_wrong"))


def _number(name: str, value: str) -> str:
    if name not in figure_names():
        raise NotDone(say("annual_no_such_figure"))
    if not (plain := value.strip().replace(",", "").replace("，", "")):
        return ""
    if not _NUMBER.fullmatch(plain) or ("." in plain and name != "charges"):
        raise NotDone(say("annual_no_number", value=value.strip()[:20]))
    number = Decimal(plain)
    return f"{number.normalize():f}"
