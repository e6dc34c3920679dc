"""Working days: the official calendar, the bureau's table over it, and years nobody has published yet."""

import time
from datetime import date, timedelta

import pytest
from chinese_calendar import is_workday
from sqlalchemy import select

from content.audit import AuditEntry
from content.store import working_days
from content.store.working_days import Declared, NoSuchDay


def test_the_official_calendar_decides_for_every_day_it_knows():
    day = date(2024, 1, 1)
    while day.year < 2027:
        assert working_days.is_working(day) == is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "is_working", "name"),
    [
        (date(2026, 10, 10), True, "调休上班"),  # a Saturday
        (date(2026, 10, 5), False, "国庆节"),
        (date(2026, 2, 17), False, "春节"),
        (date(2026, 11, 25), True, ""),
        (date(2026, 11, 28), False, ""),  # a Saturday like any other
    ],
)
def test_a_day_has_the_name_that_people_call_it_by(day, is_working, name):
    assert (working_days.is_working(day), working_days.name_of(day)) == (is_working, name)


def test_a_year_without_published_calendar_is_provisional_and_still_knows_its_festivals():
    assert working_days.is_official(2026)
    assert not working_days.is_official(2027)
    free = [day for day in (date(2027, 1, 1) + timedelta(days=n) for n in range(365)) if working_days.name_of(day)]
    assert [f"{day:%m-%d}" for day in free] == [
        "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09", "09-15", "10-01", "10-02",
        "10-03",
    ]  # fmt: skip
    assert not any(working_days.is_working(day) for day in free)
    assert working_days.is_working(date(2027, 2, 9))
    assert not working_days.is_working(date(2027, 2, 13))


def test_the_computed_festivals_lie_in_the_official_holidays_of_the_year_that_both_know():
    computed = working_days.lunar_days(2026)
    named = {name: working_days.name_of(day) for name, day in computed.items()}
    assert named == {
        "spring": "春节",
        "qingming": "清明节",
        "dragon_boat": "端午节",
        "mid_autumn": "中秋节",
        "double_ninth": "",
    }


def test_a_year_beyond_every_table_has_its_fixed_holidays_and_weekends():
    assert working_days.lunar_days(2099) == {}
    assert working_days.name_of(date(2099, 10, 1)) == "国庆节"
    assert not working_days.is_official(2099)


def test_what_the_bureau_declares_goes_before_the_calendar_and_can_be_taken_back(database):
    saturday, tuesday = date(2027, 2, 13), date(2027, 2, 9)
    with database.transaction() as session:
        working_days.set_day(session, saturday, True, "调休上班", "wang")
        working_days.set_day(session, tuesday, False, "机关搬迁", "wang")
        working_days.set_day(session, tuesday, False, "春节", "li")  # said again: replaced
    with database.reading() as session:
        overrides = working_days.load_overrides(session)
        acts = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert overrides == {saturday: Declared(True, "调休上班"), tuesday: Declared(False, "春节")}
    assert [(entry.staff_name, entry.act, entry.thing) for entry in acts] == [
        ("wang", "calendar.set", "day:2027-02-13"),
        ("wang", "calendar.set", "day:2027-02-09"),
        ("li", "calendar.set", "day:2027-02-09"),
    ]
    assert working_days.is_working(saturday, overrides)
    assert (working_days.is_working(tuesday, overrides), working_days.name_of(tuesday, overrides)) == (False, "春节")
    with database.transaction() as session:
        working_days.clear_day(session, saturday, "wang")
    with database.reading() as session:
        assert not working_days.is_working(saturday, working_days.load_overrides(session))


@pytest.mark.parametrize("name", ["", "  ", "长" * 33])
def test_a_day_without_a_fitting_name_is_refused_in_chinese(database, name):
    with database.transaction() as session, pytest.raises(NoSuchDay, match="名称"):
        working_days.set_day(session, date(2027, 2, 9), False, name, "wang")


def test_a_year_is_official_once_the_bureau_has_entered_every_festival():
    days = {
        date(2027, 1, 1): "元旦", date(2027, 2, 6): "春节", date(2027, 4, 5): "清明节", date(2027, 5, 1): "劳动节",
        date(2027, 6, 9): "端午节", date(2027, 10, 1): "国庆节",
    }  # fmt: skip
    overrides = {day: Declared(False, name) for day, name in days.items()}
    assert not working_days.is_official(2027, overrides)
    assert working_days.is_official(2027, overrides | {date(2027, 9, 15): Declared(False, "中秋节")})
    assert not working_days.is_official(2027, overrides | {date(2027, 9, 12): Declared(True, "中秋节调休上班")})


def test_working_days_are_counted_over_holidays_and_shifted_weekends():
    eve = date(2026, 9, 30)
    assert working_days.next_working_day(eve) == date(2026, 10, 8)
    assert working_days.add_working_days(eve, 3) == date(2026, 10, 10)  # a worked Saturday
    assert working_days.add_working_days(date(2026, 10, 8), -1) == eve
    assert working_days.add_working_days(eve, 0) == eve
    assert working_days.working_days_between(eve, date(2026, 10, 10)) == 3


def test_twenty_working_days_end_where_they_were_counted_by_hand():
    assert working_days.add_working_days(date(2026, 9, 10), 20) == date(2026, 10, 14)


def test_ten_years_are_counted_in_a_moment():
    begin = time.monotonic()
    for _ in range(10):
        working_days.working_days_between(date(2020, 1, 1), date(2029, 12, 31))
    assert time.monotonic() - begin < 2
