"""Where the last day is another one for somebody in custody both are told, and the earlier is kept to."""

from datetime import date

import pytest

from handlers.deadlines import periods, telling


def counted(key: str, since: date, today: date) -> telling.Counted:
    return telling.count(periods.every()[key], since, {}, today)


def test_a_holiday_at_the_end_of_a_criminal_appeal_gives_two_last_days():
    found = counted("criminal_judgment", date(2026, 9, 22), date(2026, 9, 30))
    assert found.when == "在押的：2026年10月2日（周五）；没有在押的：2026年10月8日（周四）"
    assert (found.day, found.left, found.is_pressing) == (date(2026, 10, 2), 2, True)
    assert found.when in telling.chat_text(found)


@pytest.mark.parametrize(
    ("today", "day", "left", "told"),
    [
        (date(2026, 10, 5), date(2026, 10, 8), 3, "没有在押的，还剩3天"),
        (date(2026, 10, 8), date(2026, 10, 8), 0, "没有在押的，就是今天"),
        (date(2026, 10, 9), date(2026, 10, 2), -7, "这一天已经过了"),
    ],
)
def test_between_the_two_it_says_for_whom_it_is_over(today, day, left, told):
    found = counted("criminal_judgment", date(2026, 9, 22), today)
    assert (found.day, found.left) == (day, left) and told in found.advice
    assert ("在押的，按您写的日子已经过了" in found.advice) == (left >= 0)


@pytest.mark.parametrize(("key", "since"), [("protest", date(2026, 9, 28)), ("dropped", date(2026, 9, 24))])
def test_a_victim_is_never_in_custody(key, since):
    told = telling.chat_text(counted(key, since, date(2026, 9, 30)))
    assert "最后一天：2026年10月8日" in told and "在押" not in told


def test_without_a_holiday_there_is_one():
    found = counted("criminal_judgment", date(2026, 11, 13), date(2026, 11, 16))
    assert (found.day, found.when) == (date(2026, 11, 23), "2026年11月23日（周一）")


def test_other_periods_move_for_everybody():
    found = counted("award", date(2026, 9, 22), date(2026, 9, 30))
    assert found.day == date(2026, 10, 8) and "在押" not in found.when
