from datetime import UTC, date, datetime, timedelta

import pytest

from content.store import clock

LATE_EVENING_IN_LONDON = datetime(2026, 12, 3, 16, 30, tzinfo=UTC)


def test_now_is_aware_and_utc():
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(clock.now().timestamp() - clock.timestamp()) <= 1


def test_the_day_is_the_day_in_beijing():
    with clock.fixed_at(LATE_EVENING_IN_LONDON):
        assert clock.today() == date(2026, 12, 4)
        assert clock.in_beijing(clock.now()).isoformat() == "2026-12-04T00:30:00+08:00"


def test_time_stands_still_inside_a_block_and_goes_on_after_it():
    with clock.fixed_at(LATE_EVENING_IN_LONDON):
        with clock.fixed_at(LATE_EVENING_IN_LONDON + timedelta(days=1)):
            assert clock.today() == date(2026, 12, 5)
        assert clock.now() == LATE_EVENING_IN_LONDON
    assert clock.now() != LATE_EVENING_IN_LONDON


def test_time_goes_on_even_after_an_error_inside_the_block():
    with pytest.raises(ZeroDivisionError), clock.fixed_at(LATE_EVENING_IN_LONDON):
        1 / 0  # noqa: B018
    assert clock.now() != LATE_EVENING_IN_LONDON


def test_a_timestamp_of_the_platform_becomes_that_moment_and_back():
    with clock.fixed_at(clock.from_timestamp(1_793_500_000)):
        assert clock.timestamp() == 1_793_500_000
        assert clock.now().tzinfo is UTC


def test_lengths_of_time_are_measured_even_while_the_clock_stands_still():
    with clock.fixed_at(LATE_EVENING_IN_LONDON):
        before = clock.monotonic()
        assert clock.monotonic() >= before


def test_a_day_is_read_and_nonsense_is_refused():
    assert clock.day("2026-11-23") == date(2026, 11, 23)
    with pytest.raises(ValueError):
        clock.day("2026-13-01")
