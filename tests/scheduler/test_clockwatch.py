"""A clock that jumps holds the sending for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.clockwatch import HOLD_SECONDS, ClockWatch

START = datetime(2026, 12, 4, tzinfo=UTC)


@pytest.mark.parametrize("jump", [-3600, 3600, 86_400 * 365])
def test_after_a_jump_nothing_is_sent_for_a_while(jump: float) -> None:
    watch = ClockWatch()
    assert watch.is_steady(START, 100.0)
    assert watch.is_steady(START + timedelta(seconds=1), 101.0)
    jumped = START + timedelta(seconds=jump)
    assert not watch.is_steady(jumped + timedelta(seconds=2), 102.0)
    assert not watch.is_steady(jumped + timedelta(seconds=3), 103.0)
    later = 103.0 + HOLD_SECONDS
    assert watch.is_steady(jumped + timedelta(seconds=later - 100), later)


def test_a_clock_that_is_put_back_is_two_jumps() -> None:
    watch = ClockWatch()
    watch.is_steady(START, 100.0)
    assert not watch.is_steady(START + timedelta(hours=1), 101.0)
    assert not watch.is_steady(START + timedelta(seconds=2), 102.0)


def test_small_corrections_and_long_ticks_are_no_jump() -> None:
    watch = ClockWatch()
    watch.is_steady(START, 100.0)
    assert watch.is_steady(START + timedelta(seconds=31), 101.0)
    assert watch.is_steady(START + timedelta(seconds=631), 701.0)
