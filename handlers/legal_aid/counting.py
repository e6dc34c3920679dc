"""The periods that run for him as sentences: the last day of each, the nearest first."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from content.store import clock
from content.store.working_days import Overrides, is_official, next_working_day
from handlers.legal_aid.running import Running
from handlers.legal_aid.words import tables, word

NEAR = timedelta(days=7)
"""《法律援助法》 article 44: less than seven days, and aid may begin before the papers are complete."""
_BEFORE_THE_PAPERS = frozenset(
    {"arbitration", "arbitration_left", "limitation", "award", "review", "sue", "after_review"}
)
"""To sue, or to apply for arbitration or review: what article 44 names."""
_LIMITATIONS = frozenset({"limitation"})
_OF_LABOUR = frozenset({"arbitration", "arbitration_left"})


@dataclass(frozen=True, slots=True)
class Told:
    lines: list[str]
    further: list[str]
    near: str
    """A key of [urgent] where one of them ends within seven days; else empty."""


def told(running: Sequence[Running], overrides: Overrides, today: date) -> Told:
    ends = {one: last_day(one, overrides) for one in running if one.since}
    in_order = sorted(running, key=lambda one: (one not in ends, ends.get(one, today)))
    return Told(
        lines=[_line(one, ends.get(one), overrides, today) for one in in_order],
        further=_further({one.period for one in running}),
        near=_near({one.period for one, end in ends.items() if today <= end < today + NEAR}),
    )


def _near(periods: set[str]) -> str:
    if not periods:
        return ""
    return "soon" if periods & _BEFORE_THE_PAPERS else "near"


def last_day(one: Running, overrides: Overrides) -> date:
    """《民法典》 articles 201 to 203, and 《民事诉讼法》 85 as well: the day it begins does not count; months and years
    end on the same day of the month; a last day on which nobody works moves on to the next one.
    """
    assert one.since is not None  # noqa: S101
    period = tables()["period"][one.period]
    count, unit = period["count"], period["unit"]
    if unit == "days":
        end = one.since + timedelta(days=count)
    else:
        end = _months_after(one.since, count * 12 if unit == "years" else count)
    return next_working_day(end - timedelta(days=1), overrides)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _line(one: Running, end: date | None, overrides: Overrides, today: date) -> str:
    period = tables()["period"][one.period]
    if end is None:
        return word("running", "open" if "open" in period else "never", **period)
    if end < today:
        return word("running", "past", day=clock.dated(end), **period)
    kind = "until" if is_official(end.year, overrides) else "provisional"
    return word("running", kind, day=clock.dated(end), **period)


def _further(periods: set[str]) -> list[str]:
    found = ["interrupted"] if periods & _LIMITATIONS else []
    found += ["interrupted_labour"] if periods & _OF_LABOUR else []
    does_run = any("count" in tables()["period"][period] for period in periods)
    return [word("running", key) for key in (*found, *(["do_not_wait"] if does_run else []))]
