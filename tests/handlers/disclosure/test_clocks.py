"""Last days of requests, counted by hand on the official calendars of 2024 to 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content import periods, staff
from content.staff import Role
from content.store import clock, working_days
from content.store.working_days import NONE, Declared
from handlers.disclosure import clocks, handling, telling
from tests.handlers.disclosure.conftest import APPROVER, WRITER, at

# 2024: 春节 2-10–2-17 (worked 2-4, 2-18), 清明 4-4–4-6 (worked 4-7), 劳动节 5-1–5-5 (worked 4-28, 5-11), 端午 6-10,
#       中秋 9-15–9-17 (worked 9-14), 国庆 10-1–10-7 (worked 9-29, 10-12)
# 2025: 元旦 1-1, 春节 1-28–2-4 (worked 1-26, 2-8), 清明 4-4–4-6, 劳动节 5-1–5-5 (worked 4-27), 端午 5-31–6-2,
#       国庆中秋 10-1–10-8 (worked 9-28, 10-11)
# 2026: 元旦 1-1–1-3 (worked 1-4), 春节 2-15–2-23 (worked 2-14, 2-28), 清明 4-4–4-6, 劳动节 5-1–5-5 (worked 5-9),
#       端午 6-19–6-21, 中秋 9-25–9-27, 国庆 10-1–10-7 (worked 9-20, 10-10)
BY_HAND = [
    # received, working days, last day
    ("2024-01-02", 20, "2024-01-30"),
    ("2024-01-15", 20, "2024-02-09"),
    ("2024-01-31", 7, "2024-02-08"),
    ("2024-02-02", 7, "2024-02-18"),
    ("2024-02-08", 1, "2024-02-09"),
    ("2024-02-09", 1, "2024-02-18"),
    ("2024-02-18", 5, "2024-02-23"),
    ("2024-03-29", 7, "2024-04-10"),
    ("2024-04-03", 1, "2024-04-07"),
    ("2024-04-26", 7, "2024-05-09"),
    ("2024-04-30", 15, "2024-05-23"),
    ("2024-06-07", 7, "2024-06-19"),
    ("2024-09-13", 7, "2024-09-25"),
    ("2024-09-13", 15, "2024-10-11"),
    ("2024-09-27", 20, "2024-10-30"),
    ("2024-09-30", 1, "2024-10-08"),
    ("2024-10-11", 1, "2024-10-12"),
    ("2024-12-31", 1, "2025-01-02"),
    ("2024-12-20", 20, "2025-01-20"),
    ("2024-12-31", 20, "2025-02-05"),
    ("2025-01-24", 1, "2025-01-26"),
    ("2025-01-27", 1, "2025-02-05"),
    ("2025-01-27", 7, "2025-02-12"),
    ("2025-02-07", 1, "2025-02-08"),
    ("2025-04-03", 15, "2025-04-25"),
    ("2025-04-25", 7, "2025-05-08"),
    ("2025-05-30", 7, "2025-06-11"),
    ("2025-09-26", 7, "2025-10-13"),
    ("2025-09-28", 20, "2025-10-31"),
    ("2025-09-30", 1, "2025-10-09"),
    ("2025-10-10", 1, "2025-10-11"),
    ("2025-12-31", 1, "2026-01-04"),
    ("2025-12-31", 20, "2026-01-29"),
    ("2025-12-04", 20, "2026-01-04"),
    ("2026-01-30", 20, "2026-03-05"),
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-14", 1, "2026-02-24"),
    ("2026-02-14", 7, "2026-03-03"),
    ("2026-04-30", 7, "2026-05-13"),
    ("2026-06-18", 1, "2026-06-22"),
    ("2026-09-18", 7, "2026-09-29"),
    ("2026-09-24", 15, "2026-10-22"),
    ("2026-09-30", 20, "2026-11-03"),
    ("2026-11-25", 20, "2026-12-23"),
]


@pytest.mark.parametrize(("day", "count", "last"), BY_HAND)
def test_working_days_are_counted_as_by_hand(day, count, last):
    due = periods.working_days_after(date.fromisoformat(day), count)
    assert (due.day.isoformat(), due.is_provisional) == (last, False)


def test_in_a_year_without_a_calendar_the_day_is_provisional_and_the_bureaus_own_days_settle_it():
    day = date(2027, 9, 28)
    assert periods.working_days_after(day, 20).is_provisional
    names = {"元旦": (1, 1), "春节": (2, 8), "清明节": (4, 5), "劳动节": (5, 3), "端午节": (6, 9), "中秋节": (9, 15)}
    own = {date(2027, *when): Declared(False, name) for name, when in names.items()}
    own |= {date(2027, 10, n): Declared(False, "国庆节") for n in range(1, 8)}
    own[date(2027, 10, 9)] = Declared(True, "调休上班")
    assert periods.working_days_after(day, 7, own) == periods.Due(date(2027, 10, 13), False)


@given(st.dates(date(2023, 1, 2), date(2025, 10, 1)), st.integers(1, 40), st.integers(0, 30), st.integers(0, 30))
def test_a_rest_moves_the_last_day_by_just_the_working_days_it_covers(day, count, after, length):
    plain = periods.working_days_after(day, count).day
    begin = day + timedelta(days=after)
    end = begin + timedelta(days=length)
    rested = periods.working_days_after(day, count, rests=[(begin, end)]).day
    counted = working_days.working_days_between(day, rested)
    covered = working_days.working_days_between(begin, min(end, rested)) if begin < rested else 0
    assert rested >= plain and counted - covered == count and working_days.is_working(rested)


# ── of a request ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_clock_begins_anew_with_the_corrected_application_and_rests_while_one_is_waited_for(session, received):
    request = received(date(2026, 9, 21))
    assert request.due_on == date(2026, 10, 26)
    with clock.fixed_at(at(date(2026, 9, 23))):
        handling.ask_to_correct(session, request, WRITER, "演示：请写明年份", date(2026, 10, 15))
    assert request.due_on is None
    with clock.fixed_at(at(date(2026, 10, 9))):
        handling.corrected(session, request, WRITER, date(2026, 10, 9), "演示：2025年的总结")
    assert request.due_on == date(2026, 11, 5)


ANEW = [
    # received, extended by, corrected, last day as extended, last day anew, and that with twenty more granted again
    ("2026-11-02", 20, "2026-11-10", "2026-12-28", "2026-12-08", "2027-01-06"),
    ("2026-09-21", 5, "2026-09-28", "2026-11-02", "2026-10-30", "2026-11-27"),
    ("2025-12-31", 20, "2026-01-09", "2026-03-04", "2026-02-06", "2026-03-12"),
    ("2024-09-13", 10, "2024-09-20", "2024-10-31", "2024-10-23", "2024-11-20"),
]


@pytest.mark.parametrize(("day", "more", "corrected_on", "extended", "anew", "again"), ANEW)
def test_an_extension_ends_with_the_correction_and_may_be_granted_once_again(
    session, received, day, more, corrected_on, extended, anew, again
):
    begin, corrected_on = date.fromisoformat(day), date.fromisoformat(corrected_on)
    request = received(begin)
    with clock.fixed_at(at(begin)):
        handling.draft_extension(session, request, WRITER, more, "演示：要查的档案多")
        handling.approve(session, request, APPROVER)
        assert request.due_on == date.fromisoformat(extended)
        until = working_days.add_working_days(corrected_on, 3)
        handling.ask_to_correct(session, request, WRITER, "演示：请写明年份", until)
    with clock.fixed_at(at(corrected_on)):
        handling.corrected(session, request, WRITER, corrected_on, "演示：2025年的总结")
        assert (request.due_on, request.extended_days) == (date.fromisoformat(anew), 0)
        step = request.steps[-1]
        assert f"延长的{more}个工作日不再算" in step.note and telling.is_untold(step)  # he came to the counter
        handling.draft_extension(session, request, WRITER, 20, "演示：还要查")
        handling.approve(session, request, APPROVER)
        assert request.due_on == date.fromisoformat(again)
        with pytest.raises(handling.NotDone, match="只能延长一次"):
            handling.draft_extension(session, request, WRITER, 1, "演示")


def test_asking_others_stops_the_clock_for_as_long_as_they_take(session, received):
    request = received(date(2026, 11, 2))
    assert request.due_on == date(2026, 11, 30)
    with clock.fixed_at(at(date(2026, 11, 6))):
        handling.consult(session, request, WRITER, "third_party", date(2026, 11, 6), "演示：合同里的单价")
    assert request.due_on == date(2026, 12, 21)  # fifteen working days, as long as nothing has come
    with clock.fixed_at(at(date(2026, 11, 13))):
        handling.opinion_came(session, request, WRITER, date(2026, 11, 13), "演示：不同意")
    assert request.due_on == date(2026, 12, 7)  # five working days later than without


def test_a_rest_lasts_no_longer_than_the_law_gives_however_late_the_opinion_is_entered(session, received):
    request = received(date(2026, 9, 1))
    with clock.fixed_at(at(date(2026, 9, 2))):
        handling.consult(session, request, WRITER, "third_party", date(2026, 9, 2), "演示：合同里的单价")
    assert request.due_on == date(2026, 10, 26)
    with clock.fixed_at(at(date(2026, 11, 25))):
        handling.opinion_came(session, request, WRITER, date(2026, 11, 25), "演示：不同意")
    assert request.due_on == date(2026, 10, 26) and "最多扣15个工作日" in request.steps[-1].note


def test_who_consults_the_same_sort_again_is_asked_and_all_rested_days_are_counted_once(session, received):
    request = received(date(2026, 11, 2))
    with clock.fixed_at(at(date(2026, 11, 25))):
        assert clocks.rested_days(request, NONE) == 0
        handling.consult(session, request, WRITER, "third_party", date(2026, 11, 4), "演示")
        assert clocks.rested_days(request, NONE) == 15
        handling.opinion_came(session, request, WRITER, date(2026, 11, 11), "演示")
        assert (clocks.rested_days(request, NONE), request.due_on) == (5, date(2026, 12, 7))
        with pytest.raises(handling.NotDone, match="已经办过“征求第三方意见”"):
            handling.consult(session, request, WRITER, "third_party", date(2026, 11, 10), "演示")
        handling.consult(session, request, WRITER, "other_organ", date(2026, 11, 10), "演示")  # a day of it twice
        handling.opinion_came(session, request, WRITER, date(2026, 11, 12), "演示")
        handling.consult(session, request, WRITER, "third_party", date(2026, 11, 23), "演示", is_sure=True)
        handling.opinion_came(session, request, WRITER, date(2026, 11, 24), "演示")
    assert len(request.rests) == 3
    assert (clocks.rested_days(request, NONE), request.due_on) == (7, date(2026, 12, 9))


def test_a_rest_after_the_last_day_is_none(session, received):
    request = received(date(2026, 11, 2))
    with clock.fixed_at(at(date(2026, 12, 3))):
        handling.consult(session, request, WRITER, "third_party", date(2026, 12, 2), "演示")
    assert (clocks.rested_days(request, NONE), request.due_on) == (0, date(2026, 11, 30))


def test_a_wrong_day_of_receipt_is_put_right_with_a_reason_by_two_people_and_counted_anew(session, received):
    request = received(date(2026, 11, 25))
    with clock.fixed_at(at(date(2026, 11, 26))):
        for wrong, told in ((date(2026, 11, 26), "收到申请的日子"), (date(2020, 11, 23), "核对年份")):
            with pytest.raises(handling.NotDone, match=told):
                handling.draft_received(session, request, WRITER, wrong, "演示：看错邮戳")
        handling.draft_received(session, request, WRITER, date(2026, 11, 23), "演示：看错邮戳")
        staff.set_roles(session, WRITER, [Role.WRITE, Role.REVIEW1], "")
        with pytest.raises(handling.NotDone, match="两个人"):
            handling.approve(session, request, WRITER)
        handling.approve(session, request, APPROVER)
    assert (request.received_on, request.counted_from, request.due_on) == (
        date(2026, 11, 23), date(2026, 11, 23), date(2026, 12, 21),
    )  # fmt: skip
    assert request.steps[-1].act == "received" and "由2026年11月25日" in request.steps[-1].note
    with clock.fixed_at(at(date(2026, 11, 27))):
        handling.consult(session, request, WRITER, "third_party", date(2026, 11, 27), "演示")
        handling.opinion_came(session, request, WRITER, date(2026, 11, 27), "演示")
        with pytest.raises(handling.NotDone, match="不能更正"):
            handling.draft_received(session, request, WRITER, date(2026, 11, 24), "演示")


def test_twenty_more_are_granted_once_by_another_person_and_before_the_end(session, received):
    request = received(date(2026, 11, 2))
    with clock.fixed_at(at(date(2026, 11, 27))):
        handling.draft_extension(session, request, WRITER, 20, "演示：要查的档案多")
        handling.approve(session, request, APPROVER)
        assert request.due_on == date(2026, 12, 28)
        with pytest.raises(handling.NotDone, match="只能延长一次"):
            handling.draft_extension(session, request, WRITER, 5, "演示")


def test_an_extension_drafted_in_time_but_approved_too_late_lengthens_nothing(session, received):
    request = received(date(2026, 11, 2))
    with clock.fixed_at(at(date(2026, 11, 30))):
        handling.draft_extension(session, request, WRITER, 20, "演示：要查的档案多")
    with clock.fixed_at(at(date(2026, 12, 1))), pytest.raises(handling.NotDone, match="不能再延长"):
        handling.approve(session, request, APPROVER)
    assert request.draft and (request.extended_days, request.due_on) == (0, date(2026, 11, 30))


def test_when_the_calendar_arrives_the_day_is_counted_anew_put_down_and_told(session, received):
    request = received(date(2027, 9, 24))
    assert request.is_provisional
    before = request.due_on
    names = {"元旦": (1, 1), "春节": (2, 8), "清明节": (4, 5), "劳动节": (5, 3), "端午节": (6, 9), "中秋节": (9, 15)}
    for name, when in names.items():
        working_days.set_day(session, date(2027, *when), False, name, WRITER)
    for number in range(1, 8):
        working_days.set_day(session, date(2027, 10, number), False, "国庆节", WRITER)
    assert handling.count_anew(session, request)
    assert request.due_on > before and not request.is_provisional
    assert request.steps[-1].act == "moved" and clock.dated(request.due_on) in request.steps[-1].note
    assert not handling.count_anew(session, request)
