"""What WeChat allows in a day or month, what stands close by, and when people sleep."""

from datetime import date, timedelta

import pytest

from content.store import clock
from scheduler import posts, slots
from scheduler.models import Channel, State
from scheduler.register import get_post
from tests.scheduler.making import DUE, Desk

DAY = date(2026, 12, 4)


def left(desk: Desk, day: date = DAY, account: str = "subscription", without: int | None = None) -> int:
    with desk.database.reading() as session:
        return slots.remaining(session, day, account, without)


def test_a_subscription_account_sends_to_phones_once_a_day_of_beijing(desk: Desk) -> None:
    assert left(desk) == 1
    made = desk.approved(channel=Channel.MASS, due_at=DUE)
    assert (left(desk), left(desk, without=made), left(desk, DAY + timedelta(days=1))) == (0, 1, 1)
    desk.approved(channel=Channel.MASS, due_at=DUE + timedelta(hours=16))  # midnight in Beijing
    assert left(desk, DAY + timedelta(days=1)) == 0


def test_a_service_account_sends_four_times_a_calendar_month(desk: Desk) -> None:
    for days in (0, 5, 27):
        desk.approved(channel=Channel.MASS, due_at=DUE + timedelta(days=days))
    assert left(desk, account="service") == 1
    assert left(desk, date(2027, 1, 1), "service") == 4


def test_publications_spend_nothing(desk: Desk) -> None:
    desk.approved()
    assert left(desk) == 1


def test_what_waits_for_review_or_has_failed_spends_nothing(desk: Desk) -> None:
    desk.plan(channel=Channel.MASS)
    failed = desk.approved(channel=Channel.MASS, due_at=DUE + timedelta(hours=1))
    with desk.database.transaction() as session:
        posts.get_post(session, failed).state = State.FAILED
    assert left(desk) == 1


def test_a_second_mass_send_of_a_day_does_not_go_out_and_says_why(desk: Desk) -> None:
    desk.approved("第一条", channel=Channel.MASS)
    second = desk.approved("第二条", channel=Channel.MASS, due_at=DUE + timedelta(minutes=5))
    with clock.fixed_at(DUE + timedelta(minutes=6)):
        desk.pipeline().tick(clock.now())
    assert desk.played.sent_titles() == ["第一条"]
    assert desk.state(second) == State.FAILED
    assert "每天 1 次" in desk.post(second).trouble


def test_what_speaks_against_a_moment_is_told(desk: Desk) -> None:
    desk.approved("另一条", channel=Channel.MASS)
    with desk.database.reading() as session:
        told = slots.check_slot(session, DUE + timedelta(minutes=10), "mass", "subscription")
        assert "已经排满" in told[0]
        assert "另一条" in told[1]
        assert slots.check_slot(session, DUE + timedelta(hours=3), "publish", "subscription") == []


@pytest.mark.parametrize(("hours", "is_quiet"), [(0, False), (13, False), (13.6, True), (-1.5, True), (-0.9, False)])
def test_nobodys_phone_rings_at_night_without_a_warning(hours: float, is_quiet: bool) -> None:
    assert slots.is_quiet(DUE + timedelta(hours=hours)) is is_quiet


@pytest.mark.parametrize("account_type", ["subscription", "service"])
def test_many_days_at_once_have_left_what_each_has_alone(desk: Desk, account_type: str) -> None:
    desk.approved(channel=Channel.MASS)
    desk.approved(channel=Channel.MASS, due_at=DUE + timedelta(days=30))
    sent = desk.approved(channel=Channel.MASS, due_at=DUE + timedelta(days=1))
    with desk.database.transaction() as session:
        post = get_post(session, sent)
        post.state, post.submitted_at = State.PUBLISHED, post.due_at
    first, last = date(2026, 11, 20), date(2027, 1, 20)
    with desk.database.reading() as session:
        together = slots.remaining_by_day(session, first, last, account_type)
        alone = {day: slots.remaining(session, day, account_type) for day in together}
    assert together == alone and len(together) == 62 and min(together.values()) < max(together.values())
