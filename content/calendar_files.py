"""One day as a calendar file (RFC 5545): a whole-day entry with an alarm some days before."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar; charset=utf-8"
_LONGEST = 75
"""Octets of a line; what is longer is folded."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})


@dataclass(frozen=True, slots=True)
class Entry:
    uid: str
    day: date
    title: str
    told: str
    days_before: int
    """When it reminds: at nine in the morning, so many days before."""


def write(entry: Entry, made_at: datetime) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//pufa//deadlines//ZH",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_escaped(entry.uid)}",
        f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(entry.title)}",
        f"DESCRIPTION:{_escaped(entry.told)}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(entry.title)}",
        f"TRIGGER:{_before(entry.days_before)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _before(days: int) -> str:
    """Counted from midnight at the day's beginning."""
    hours = days * 24 - 9
    return f"-PT{hours}H" if hours > 0 else f"PT{-hours}H"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> str:
    """Cut between characters, never inside one: each further line begins with a blank, which counts."""
    parts, room = [""], _LONGEST
    for sign in line:
        size = len(sign.encode())
        if size > room:
            parts.append("")
            room = _LONGEST - 1
        parts[-1] += sign
        room -= size
    return "\r\n ".join(parts)
