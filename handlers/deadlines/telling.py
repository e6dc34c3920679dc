"""A counted period in words: the last day, how it was counted, by which law, and what to do now."""

from dataclasses import dataclass
from datetime import date

from content.phrases import say
from content.store import clock
from content.store.working_days import Overrides
from handlers.deadlines import periods
from handlers.deadlines.periods import Period

CLOSE = 3
"""Days before the last one from which on there is no time left to ask around."""
EARLIEST, LATEST = 60, 1
"""Years before and after today: another day is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Counted:
    period: Period
    since: date
    day: date
    """The earlier where there are two and it is not over: of somebody in custody no holiday moves it (《刑事诉讼法》
    article 105)."""
    is_provisional: bool
    left: int
    """Days from today; below zero it is over."""
    when: str
    """The last day as people say it, with 暂定."""
    how: str
    rule: str
    advice: str

    @property
    def is_pressing(self) -> bool:
        return self.left <= CLOSE


def count(period: Period, since: date, overrides: Overrides, today: date) -> Counted:
    due = periods.last_day(period, since, overrides)
    natural = periods.unmoved(period, since, overrides)
    differs = period.holiday == "criminal" and natural != due.day
    is_between = differs and natural < today <= due.day
    day = natural if differs and not is_between else due.day  # who cannot know which of two is his keeps to the earlier
    left = (day - today).days
    when = clock.dated(due.day)
    if differs:
        when = say("deadline_two_days", held=clock.dated(natural), free=when)
    return Counted(
        period, since, day, due.is_provisional, left,
        say("deadline_provisional", day=when) if due.is_provisional else when,
        _how(period, since, periods.begins(period, since, overrides), natural, due.day), periods.holiday_rule(period),
        _between(left) if is_between else _advice(period, left),
    )  # fmt: skip


def problem(since: date, today: date) -> str:
    """Why a period does not begin on this day; empty where it may."""
    if since.year < today.year - EARLIEST:
        return say("deadline_long_ago")
    return say("deadline_far_off") if since.year > today.year + LATEST else ""


def chat_text(counted: Counted) -> str:
    period = counted.period
    lines = [
        period.label,
        say("deadline_last", when=counted.when),
        counted.advice,
        counted.how,
        f"{counted.rule}",
        say("deadline_law", law=period.law),
        period.warning,
        say("deadline_may_differ"),
    ]
    return "\n".join(lines)


def rule(period: Period) -> str:
    """How long it is, from when, by which law."""
    told = {"label": period.label, "start": period.start, "length": period.length, "law": period.law}
    if period.after:
        return say("deadline_rule_after", first=periods.every()[period.after].length, **told)
    return say("deadline_rule", **told)


def _how(period: Period, since: date, begins: date, natural: date, last: date) -> str:
    told = {"since": clock.dated(since), "start": period.start, "length": period.length, "day": clock.dated(natural)}
    if period.after:
        first = periods.every()[period.after].length
        told_how = say("deadline_how_after", first=first, begins=clock.dated(begins), **told)
    else:
        told_how = say("deadline_how", **told)
    if natural == last:
        return told_how
    moved = say("deadline_moved", day=clock.dated(last))
    return f"{told_how}{moved}{say('deadline_in_custody') if period.holiday == 'criminal' else ''}"


def _between(left: int) -> str:
    """It is over for somebody in custody, and not for anybody else."""
    return say("deadline_between", left=left) if left else say("deadline_between_today")


def _advice(period: Period, left: int) -> str:
    if period.whose == "office":
        return say("deadline_office_over" if left < 0 else "deadline_office_wait")
    if left < 0:
        return say("deadline_over")
    if left == 0:
        return say("deadline_today")
    return say("deadline_close" if left <= CLOSE else "deadline_left", left=left)
