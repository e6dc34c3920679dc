"""The law's periods as the library has them, and the last day of one. Counting is content/periods.py's."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from content import periods
from content.periods import Due
from content.phrases import LIBRARY
from content.store.working_days import Overrides

FILE = LIBRARY / "deadlines.toml"
UNITS = {"days": "天", "working_days": "个工作日", "months": "个月", "years": "年"}
_SILENT = "silent"
"""The law concerned does not say that a last day that is not worked moves: then it is not relied upon."""
_COUNTED: Mapping[str, Callable[[date, int, Overrides, bool], Due]] = {
    "days": lambda since, count, overrides, moves: periods.days_after(since, count, overrides, moves=moves),
    "months": lambda since, count, overrides, moves: periods.months_after(since, count, overrides, moves=moves),
    "years": lambda since, count, overrides, moves: periods.years_after(since, count, overrides, moves=moves),
    "working_days": lambda since, count, overrides, _moves: periods.working_days_after(since, count, overrides),
}


@dataclass(frozen=True, slots=True)
class Period:
    key: str
    field: str
    label: str
    count: int
    unit: str
    """A key of UNITS."""
    start: str
    """What happened on the day that does not count."""
    holiday: str
    """A key of [holiday]: what goes for a last day that is not worked."""
    law: str
    warning: str
    words: tuple[str, ...]
    whose: str
    """`office`: it binds an office; `citizen`: the one who asks."""
    after: str = ""
    """A key of another period: this one begins when that is over, and `start` is where that one begins."""

    @property
    def length(self) -> str:
        return f"{self.count}{UNITS[self.unit]}"

    @property
    def in_all(self) -> str:
        """With the one that it follows."""
        return f"{every()[self.after].length}满后再{self.length}" if self.after else self.length


@cache
def _library() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def every() -> Mapping[str, Period]:
    return {
        key: Period(key=key, words=tuple(one["words"]), whose=one.get("whose", "citizen"), after=one.get("after", ""),
                    **{name: one[name] for name in ("field", "label", "count", "unit", "start", "holiday", "law",
                                                    "warning")})
        for key, one in _library()["period"].items()
    }  # fmt: skip


def fields() -> Mapping[str, str]:
    """The groups they are chosen from, in order."""
    return _library()["field"]


def holiday_rule(period: Period) -> str:
    rule: str = _library()["holiday"][period.holiday]
    return rule


def begins(period: Period, since: date, overrides: Overrides) -> date:
    """The day that does not count: where it follows another period, the last one of that."""
    return last_day(every()[period.after], since, overrides).day if period.after else since


def last_day(period: Period, since: date, overrides: Overrides) -> Due:
    since = begins(period, since, overrides)
    return _COUNTED[period.unit](since, period.count, overrides, period.holiday != _SILENT)


def unmoved(period: Period, since: date, overrides: Overrides) -> date:
    """The last day where nothing moves it: that of somebody in custody (《刑事诉讼法》 article 105)."""
    return _COUNTED[period.unit](begins(period, since, overrides), period.count, overrides, False).day
