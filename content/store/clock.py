"""What time it is: UTC inside, Beijing at the edges. The only code that reads the time; tests set it."""

import time as _time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991

_fixed: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed or datetime.now(UTC)


def today() -> date:
    """The day in Beijing."""
    return in_beijing(now()).date()


def timestamp() -> int:
    """Seconds since the epoch, as WeChat counts them."""
    return int(now().timestamp())


def monotonic() -> float:
    """Seconds on a clock that never goes back: for lengths of time, not for moments."""
    return _time.monotonic()


def in_beijing(moment: datetime) -> datetime:
    return moment.astimezone(BEIJING)


def spoken(moment: datetime) -> str:
    """As people say it: 12月4日 08:00（周五）."""
    there = in_beijing(moment)
    return f"{there.month}月{there.day}日 {there:%H:%M}（{weekday(there.weekday())}）"


def spoken_day(day: date) -> str:
    """12月4日（周五）."""
    return f"{day.month}月{day.day}日（{weekday(day.weekday())}）"


def weekday(number: int) -> str:
    """周一 for 0."""
    return "周" + "一二三四五六日"[number]


def dated(day: date) -> str:
    """2026年12月4日（周五）."""
    return f"{day.year}年{spoken_day(day)}"


def from_timestamp(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def midnight(day: date) -> datetime:
    """The moment at which this day begins in Beijing."""
    return datetime.combine(day, time(), BEIJING)


@contextmanager
def fixed_at(moment: datetime) -> Iterator[None]:
    """Tests, and the demonstration before it serves, stand still at `moment` (aware) inside this block."""
    global _fixed
    before, _fixed = _fixed, moment.astimezone(UTC)  # as `now` has it: what is digested must be read back the same
    try:
        yield
    finally:
        _fixed = before


def day(text: str) -> date:
    """ "2026-11-23" → that day. Raises ValueError."""
    return date.fromisoformat(text)
