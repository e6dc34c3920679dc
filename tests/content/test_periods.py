"""Last days counted by hand from the official calendars of 2024 to 2026, day for day as they are written here."""

from datetime import date

import pytest

from content import periods
from content.store.working_days import Declared

DAYS = """
# plain calendar days
days 15 2026-11-25 2026-12-10
days 15 2026-11-20 2026-12-07
days 10 2026-11-20 2026-11-30
days 10 2026-11-25 2026-12-07
days 5 2026-11-24 2026-11-30
days 7 2026-11-26 2026-12-03
days 60 2026-03-02 2026-05-06
days 30 2026-06-01 2026-07-01
days 30 2026-07-15 2026-08-14
days 15 2024-02-14 2024-02-29
# New Year
days 15 2025-12-17 2026-01-04
days 15 2025-12-18 2026-01-04
days 15 2025-12-19 2026-01-04
days 15 2025-12-20 2026-01-04
days 15 2025-12-21 2026-01-05
days 10 2024-12-22 2025-01-02
days 15 2023-12-15 2024-01-02
days 15 2023-12-17 2024-01-02
# Spring Festival, its worked weekends
days 15 2026-01-30 2026-02-14
days 15 2026-01-31 2026-02-24
days 15 2026-02-08 2026-02-24
days 15 2026-02-09 2026-02-24
days 15 2026-02-13 2026-02-28
days 15 2026-02-14 2026-03-02
days 15 2025-01-11 2025-01-26
days 15 2025-01-13 2025-02-05
days 15 2025-01-20 2025-02-05
days 15 2025-01-24 2025-02-08
days 15 2024-01-20 2024-02-04
days 15 2024-01-26 2024-02-18
days 15 2024-02-02 2024-02-18
days 10 2024-02-07 2024-02-18
# Qingming, Labour Day, Dragon Boat
days 15 2026-03-20 2026-04-07
days 15 2026-04-16 2026-05-06
days 15 2026-04-24 2026-05-09
days 15 2026-06-04 2026-06-22
days 15 2025-05-16 2025-06-03
days 15 2025-04-12 2025-04-27
days 15 2024-04-13 2024-04-28
days 15 2024-03-20 2024-04-07
# National Day and Mid-Autumn
days 15 2026-09-05 2026-09-20
days 15 2026-09-10 2026-09-28
days 15 2026-09-16 2026-10-08
days 15 2026-09-22 2026-10-08
days 15 2026-09-25 2026-10-10
days 15 2026-09-26 2026-10-12
days 15 2025-09-13 2025-09-28
days 15 2025-09-16 2025-10-09
days 15 2025-09-26 2025-10-11
days 15 2024-09-14 2024-09-29
days 15 2024-09-16 2024-10-08
days 15 2024-09-27 2024-10-12
days 15 2024-08-30 2024-09-14
# months and years: the same number, or the month's last; leap days
months 6 2025-08-31 2026-02-28
months 6 2023-08-31 2024-02-29
months 3 2025-11-30 2026-02-28
months 6 2025-12-31 2026-06-30
months 1 2026-01-31 2026-02-28
months 3 2026-07-01 2026-10-08
months 6 2026-04-02 2026-10-08
months 6 2025-07-03 2026-01-04
years 1 2024-02-29 2025-02-28
years 1 2025-03-01 2026-03-02
years 2 2024-02-29 2026-02-28
years 3 2023-10-01 2026-10-08
years 1 2025-02-17 2026-02-24
years 1 2024-12-31 2025-12-31
# working days alone
working_days 20 2026-11-25 2026-12-23
working_days 7 2026-09-28 2026-10-13
working_days 20 2026-09-18 2026-10-22
working_days 5 2026-02-11 2026-02-25
working_days 15 2026-02-13 2026-03-12
working_days 7 2025-12-30 2026-01-09
working_days 5 2025-01-24 2025-02-07
working_days 20 2024-02-08 2024-03-13
working_days 7 2024-09-29 2024-10-14
working_days 5 2026-04-30 2026-05-11
"""
CASES = [line.split() for line in DAYS.splitlines() if line and not line.startswith("#")]
COUNTED = {
    "days": periods.days_after,
    "months": periods.months_after,
    "years": periods.years_after,
    "working_days": periods.working_days_after,
}


@pytest.mark.parametrize(("unit", "count", "since", "expected"), CASES)
def test_the_last_day_is_that_of_the_official_calendar(unit, count, since, expected):
    due = COUNTED[unit](date.fromisoformat(since), int(count))
    assert (str(due.day), due.is_provisional) == (expected, False)


def test_there_are_enough_of_them():
    assert len(CASES) >= 60


def test_in_a_year_without_an_official_calendar_the_day_is_provisional():
    assert periods.days_after(date(2026, 12, 20), 15).is_provisional
    assert periods.working_days_after(date(2026, 12, 20), 20).is_provisional
    assert not periods.days_after(date(2026, 12, 10), 15).is_provisional


def test_where_the_law_says_nothing_of_holidays_the_day_stays_and_needs_no_calendar():
    due = periods.days_after(date(2026, 9, 22), 15, moves=False)
    assert (due.day, due.was_moved, due.is_provisional) == (date(2026, 10, 7), False, False)


def test_a_day_the_bureau_declared_holds_over_the_official_calendar():
    declared = {date(2026, 12, 10): Declared(is_working=False, name="台风停工")}
    due = periods.days_after(date(2026, 11, 25), 15, declared)
    assert (due.day, due.was_moved) == (date(2026, 12, 11), True)
