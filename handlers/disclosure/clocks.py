"""The clocks of a request, in working days: 7 to ask for a correction, 15 for whoever is consulted, 20 to answer and at
most 20 more; the time of consulting does not count (《政府信息公开条例》 articles 30, 32–34).
"""

from datetime import date, timedelta

from content import periods
from content.periods import Due, Span
from content.store import working_days
from content.store.working_days import Overrides
from handlers.disclosure.models import DisclosureRequest, State

ANSWER, CORRECTION, OPINION, MOST_MORE = 20, 7, 15, 20


def answer_due(request: DisclosureRequest, overrides: Overrides) -> Due | None:
    """None while it is not received, and while a correction is waited for: then nothing runs."""
    if request.counted_from is None or request.state in (State.NEW, State.CORRECTING):
        return None
    days = ANSWER + request.extended_days
    return periods.working_days_after(request.counted_from, days, overrides, rests(request, overrides))


def correction_due(received_on: date, overrides: Overrides) -> Due:
    """The last day on which a correction may be asked for."""
    return periods.working_days_after(received_on, CORRECTION, overrides)


def opinion_due(asked_on: date, overrides: Overrides) -> Due:
    """The last day of whoever is consulted."""
    return periods.working_days_after(asked_on, OPINION, overrides)


def rests(request: DisclosureRequest, overrides: Overrides) -> list[Span]:
    """None lasts longer than the law gives to whoever is asked, whenever he answers: one that has not ended is taken to
    last so long.
    """
    found = []
    for rest in request.rests:
        begin = date.fromisoformat(rest["begin"])
        most = opinion_due(begin, overrides).day
        found.append((begin, min(date.fromisoformat(rest["end"]), most) if rest["end"] else most))
    return found


def rested_days(request: DisclosureRequest, overrides: Overrides) -> int:
    """By so many working days the answer's clock has rested; of a rest that has not ended, so many as it may last."""
    spans, first, last = rests(request, overrides), request.counted_from, request.due_on
    if not spans or first is None or last is None:
        return 0
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    rested = [day for day in days if any(begin < day <= end for begin, end in spans)]
    return sum(working_days.is_working(day, overrides) for day in rested)


def set_due(request: DisclosureRequest, overrides: Overrides) -> bool:
    """Computes it anew; True where the day is another one now."""
    due, before = answer_due(request, overrides), request.due_on
    request.due_on, request.is_provisional = (due.day, due.is_provisional) if due else (None, False)
    return request.due_on != before
