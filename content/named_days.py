"""Days as a text names them: is there such a day, and does it fall on the weekday that is written beside it?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from content.store import clock
from content.watch_words import RED, YELLOW

_DAY = re.compile(
    r"(?:(\d{4})\s*年\s*)?(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号](?:\s*[（(]?\s*(?:星期|周|礼拜)([一二三四五六日天]))?"
)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class DayFault:
    start: int
    level: str
    key: str
    sentence: str


def day_faults(text: str) -> Iterator[DayFault]:
    for found in _DAY.finditer(text):
        year, month, day = int(found[1] or 0), int(found[2]), int(found[3])
        written = re.sub(r"\s", "", found[0]).strip("（(")
        named = _date(year or 2024, month, day)  # a year with a 29th of February
        if named is None:
            yield DayFault(found.start(), RED, f"day:{written}", f"没有“{written}”这一天：请核对日期。")
        elif found[4] and (weekday := found[4].replace("天", "日")):
            meant = named if year else _nearest(month, day)
            if meant and _WEEKDAYS[meant.weekday()] != weekday:
                right = f"{meant.year}年{month}月{day}日是星期{_WEEKDAYS[meant.weekday()]}"
                level = RED if year else YELLOW
                yield DayFault(found.start(), level, f"day:{written}", f"“{written}”对不上：{right}，请核对。")


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int) -> date | None:
    """The day of that name that is nearest to today."""
    today = clock.today()
    days = [found for year in (today.year - 1, today.year, today.year + 1) if (found := _date(year, month, day))]
    return min(days, key=lambda found: abs((found - today).days), default=None)
