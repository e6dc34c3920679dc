"""Whether somebody is at work now: the bureau's hours as it wrote them down, on the days that are worked.

Hours are a line for people (“周一至周五 8:30—11:30，13:30—17:00”). What cannot be read out of it with certainty is
not guessed: then only the days count.
"""

import re
from datetime import date, datetime, time

from content.offices import Offices
from content.store import clock, working_days
from content.store.working_days import Overrides

_SPAN = re.compile(
    r"(?<!\d)(\d{1,2})\s*[:：点时]\s*(\d{2})?\s*分?\s*[-—–~～至到]+\s*(?:下午)?\s*(\d{1,2})\s*[:：点时]\s*(\d{2})?\s*分?"
)
_SEASONS = re.compile(r"[夏冬]|\d\s*月")
"""Hours that change with the season are read by people only."""
PLACES = ("bureau", "legal_aid_centre")
"""Whose hours hold, the first that has any."""

Span = tuple[time, time]


def told(offices: Offices) -> str:
    """As the bureau wrote it down; empty where it has not."""
    return next((hours for place in PLACES if (hours := offices.get(place, {}).get("hours", ""))), "")


def spans(hours: str) -> list[Span]:
    """The times of a working day; empty where they are not known for certain."""
    found: list[Span] = []
    if _SEASONS.search(hours):
        return []
    for begin_hour, begin_minute, end_hour, end_minute in _SPAN.findall(hours):
        begin, end = _time(begin_hour, begin_minute), _time(end_hour, end_minute)
        if begin is None or end is None or end <= begin or (found and begin < found[-1][1]):
            return []
        found.append((begin, end))
    return found


def is_open(moment: datetime, hours: str, overrides: Overrides) -> bool | None:
    """None where the hours of that day are not known; False on days that are not worked, whatever the hours."""
    there = clock.in_beijing(moment)
    if not working_days.is_working(there.date(), overrides):
        return False
    known = spans(hours)
    if not known:
        return None
    return any(begin <= there.time() < end for begin, end in known)


def answer_due(moment: datetime, overrides: Overrides) -> date:
    """The working day by whose end a person answers first: the next one."""
    return working_days.next_working_day(clock.in_beijing(moment).date(), overrides)


def _time(hour: str, minute: str) -> time | None:
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None
