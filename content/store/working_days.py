"""Which days are worked: the official holiday calendar, the bureau's own table over it, and counting in working days.

For years whose calendar is not published yet there are only weekends and the statutory holidays that can be computed;
`is_official` says so, and whoever shows such a day marks it 暂定.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from chinese_calendar.constants import Holiday, holidays, workdays
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit
from content.models import CalendarDay

LUNAR_DAYS = Path(__file__).parent.parent / "library" / "lunar_days.toml"
PROVISIONAL = "暂定"
SHIFTED = "调休上班"
FESTIVALS = ("元旦", "春节", "清明", "劳动节", "端午", "中秋", "国庆")
_NAMES = {
    Holiday.new_years_day.value: "元旦",
    Holiday.spring_festival.value: "春节",
    Holiday.tomb_sweeping_day.value: "清明节",
    Holiday.labour_day.value: "劳动节",
    Holiday.dragon_boat_festival.value: "端午节",
    Holiday.national_day.value: "国庆节",
    Holiday.mid_autumn_festival.value: "中秋节",
    Holiday.anti_fascist_70th_day.value: "抗战胜利70周年纪念日",
}
_OFFICIAL_YEARS = frozenset(day.year for day in holidays)
_SATURDAY = 5
NAME_LENGTH = 32
_DAY = timedelta(days=1)


class NoSuchDay(Exception):
    """A day of the calendar cannot be declared like this; the message says why."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the bureau said of one day."""

    is_working: bool
    name: str


Overrides = Mapping[date, Declared]
NONE: Overrides = {}


def load_overrides(session: Session) -> dict[date, Declared]:
    return {row.day: Declared(row.is_working, row.name) for row in session.scalars(select(CalendarDay))}


def set_day(session: Session, day: date, is_working: bool, name: str, by: str) -> None:
    """Declares a day; said again it replaces what was said before. Raises NoSuchDay."""
    name = name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise NoSuchDay(f"请写上这一天的名称（如“国庆节”或“{SHIFTED}”），不超过 {NAME_LENGTH} 个字。")
    row = session.get(CalendarDay, day) or CalendarDay(day=day)
    row.is_working, row.name, row.set_by = is_working, name, by
    session.add(row)
    session.flush()
    audit.record(session, by, "calendar.set", f"day:{day}", is_working=is_working, name=name)


def clear_day(session: Session, day: date, by: str) -> None:
    """Takes the bureau's word on a day back: the official calendar holds again."""
    if row := session.get(CalendarDay, day):
        session.delete(row)
        session.flush()
        audit.record(session, by, "calendar.clear", f"day:{day}")


def is_working(day: date, overrides: Overrides = NONE) -> bool:
    if declared := overrides.get(day):
        return declared.is_working
    return _is_working(day)


def name_of(day: date, overrides: Overrides = NONE) -> str:
    """The holiday's name, 调休上班 for a weekend that is worked, else nothing."""
    if declared := overrides.get(day):
        return declared.name
    if day in workdays:
        return SHIFTED
    if day in holidays:
        return _NAMES.get(holidays[day], "节假日")
    return "" if day.year in _OFFICIAL_YEARS else _statutory(day.year).get(day, "")


def is_official(year: int, overrides: Overrides = NONE) -> bool:
    """Whether the year's calendar is the published one: the package knows it, or the bureau entered all festivals."""
    if year in _OFFICIAL_YEARS:
        return True
    return not missing_festivals(year, overrides)


def missing_festivals(year: int, overrides: Overrides) -> list[str]:
    """Which the bureau has not entered yet."""
    told = " ".join(entry.name for day, entry in overrides.items() if day.year == year and not entry.is_working)
    return [festival for festival in FESTIVALS if festival not in told]


def add_working_days(day: date, count: int, overrides: Overrides = NONE) -> date:
    """The `count`-th working day after `day`, which itself does not count (before it, where `count` is negative)."""
    step = _DAY if count >= 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working(day, overrides)
    return day


def next_working_day(day: date, overrides: Overrides = NONE) -> date:
    """The first working day after `day`."""
    return add_working_days(day, 1, overrides)


def working_days_between(begin: date, end: date, overrides: Overrides = NONE) -> int:
    """How many working days lie after `begin` up to and with `end`."""
    return sum(is_working(begin + timedelta(days=n), overrides) for n in range(1, (end - begin).days + 1))


@cache
def _is_working(day: date) -> bool:
    if day.year in _OFFICIAL_YEARS:
        return day in workdays or (day.weekday() < _SATURDAY and day not in holidays)
    return day.weekday() < _SATURDAY and day not in _statutory(day.year)


@cache
def lunar_days(year: int) -> dict[str, date]:
    """Festivals of the Chinese calendar by name in the library's table; empty for a year it does not hold."""
    table: dict[str, dict[str, date]] = tomllib.loads(LUNAR_DAYS.read_text(encoding="utf-8"))
    return table.get(str(year), {})


@cache
def _statutory(year: int) -> dict[date, str]:
    """Statutory holidays as they were in 2025 and 2026, without shifted weekends, which nobody knows beforehand."""
    found = {date(year, 1, 1): "元旦"}
    lunar = lunar_days(year)
    if lunar:
        found |= {lunar["spring"] + timedelta(days=n): "春节" for n in range(-1, 3)}
        found |= {lunar["qingming"]: "清明节", lunar["dragon_boat"]: "端午节"}
    found |= {date(year, 5, day): "劳动节" for day in (1, 2)}
    if lunar:
        found[lunar["mid_autumn"]] = "中秋节"
    return found | {date(year, 10, day): "国庆节" for day in (1, 2, 3)}
