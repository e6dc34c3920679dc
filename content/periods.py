"""How a legal period is counted: it begins the day after; where its last day is no working day it ends on the next.

《民法典》 articles 200–203, 《民事诉讼法》 article 85; 《政府信息公开条例》 counts working days, and so do the short
periods of 《行政复议法》 (article 88).
A day is provisional (暂定) while the official calendar of a year that it rests on is not published.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from content.store import working_days
from content.store.working_days import NONE, Overrides

_DAY = timedelta(days=1)
Span = tuple[date, date]
"""Rest of a clock: the days after the first up to and with the second do not count."""


@dataclass(frozen=True, slots=True)
class Due:
    day: date
    """The last day."""
    is_provisional: bool
    was_moved: bool = False
    """The period itself ended on a day that is not worked."""


def working_days_after(day: date, count: int, overrides: Overrides = NONE, rests: Sequence[Span] = ()) -> Due:
    """The `count`-th working day after `day` on which the clock did not rest."""
    last, left = day, count
    while left:
        last += _DAY
        left -= working_days.is_working(last, overrides) and not any(begin < last <= end for begin, end in rests)
    return Due(last, not _is_official(day, last, overrides))


def days_after(day: date, count: int, overrides: Overrides = NONE, *, moves: bool = True) -> Due:
    """`moves`: the law concerned moves a last day that is not worked."""
    return _ended(day, day + count * _DAY, overrides, moves)


def months_after(day: date, count: int, overrides: Overrides = NONE, *, moves: bool = True) -> Due:
    """The day of the same number; the last of the month where it has none (《民法典》 article 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return _ended(day, date(year, month + 1, min(day.day, last)), overrides, moves)


def years_after(day: date, count: int, overrides: Overrides = NONE, *, moves: bool = True) -> Due:
    return months_after(day, 12 * count, overrides, moves=moves)


def _ended(begin: date, natural: date, overrides: Overrides, moves: bool) -> Due:
    if not moves or working_days.is_working(natural, overrides):
        return Due(natural, is_provisional=moves and not _is_official(natural, natural, overrides))
    moved = working_days.next_working_day(natural, overrides)
    return Due(moved, not _is_official(natural, moved, overrides), was_moved=True)


def _is_official(first: date, last: date, overrides: Overrides) -> bool:
    return all(working_days.is_official(year, overrides) for year in range(first.year, last.year + 1))
