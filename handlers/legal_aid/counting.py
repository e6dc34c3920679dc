"""The periods that run for him as sentences: the last day of each, the nearest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from content import periods as law_periods
from content.periods import Due
from content.store import clock
from content.store.working_days import Overrides
from handlers.legal_aid.running import Running
from handlers.legal_aid.words import tables, word

_AFTER = {"days": law_periods.days_after, "months": law_periods.months_after, "years": law_periods.years_after}
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
    in_order = sorted(running, key=lambda one: (one not in ends, ends[one].day if one in ends else today))
    return Told(
        lines=[_line(one, ends.get(one), today) for one in in_order],
        further=_further({one.period for one in running}),
        near=_near({one.period for one, end in ends.items() if today <= end.day < today + NEAR}),
    )


def _near(periods: set[str]) -> str:
    if not periods:
        return ""
    return "soon" if periods & _BEFORE_THE_PAPERS else "near"


def last_day(one: Running, overrides: Overrides) -> Due:
    assert one.since is not None  # noqa: S101
    period = tables()["period"][one.period]
    moves = not (period.get("stays") or one.is_held)
    return _AFTER[period["unit"]](one.since, period["count"], overrides, moves=moves)


def _line(one: Running, end: Due | None, today: date) -> str:
    period = tables()["period"][one.period]
    if end is None:
        return word("running", "open" if "open" in period else "never", **period)
    if end.day < today:
        return word("running", "past", day=clock.dated(end.day), **period)
    return word("running", "provisional" if end.is_provisional else "until", day=clock.dated(end.day), **period)


def _further(periods: set[str]) -> list[str]:
    found = ["interrupted"] if periods & _LIMITATIONS else []
    found += ["interrupted_labour"] if periods & _OF_LABOUR else []
    does_run = any("count" in tables()["period"][period] for period in periods)
    return [word("running", key) for key in (*found, *(["do_not_wait"] if does_run else []))]
