"""What an applicant may still do is waited for, before his application is ended because he has not done it: correct it,
give reasons, pay.
"""

from datetime import date

from content.phrases import say
from content.store import clock, working_days
from content.store.working_days import Overrides
from handlers.disclosure.models import DisclosureRequest, RequestStep, State
from handlers.disclosure.requests import NotDone, act_name

MOST_TIME = 60
"""Working days that an applicant is given to correct or to explain."""

ANSWERED_BY = {"ask_reasons": "reasons", "fee": "paid"}
"""What the applicant is asked for by a notice, and the step that it came."""


def has_step(request: DisclosureRequest, act: str) -> bool:
    return any(step.act == act for step in request.steps)


def waits(request: DisclosureRequest, notice: str) -> bool:
    """Whether the newest of these notices has not been answered; what came before it answers none."""
    newest = next((step.act for step in reversed(request.steps) if step.act in (notice, ANSWERED_BY[notice])), "")
    return newest == notice


def notices(request: DisclosureRequest) -> list[tuple[RequestStep, date]]:
    """What the applicant is waited for with: each notice, and the last day that it named to him."""
    if request.state == State.CORRECTING and request.correct_until:
        return [(_newest(request, "correction"), request.correct_until)]
    if request.state not in (State.IN_HAND, State.CONSULTING):
        return []
    return [(step, _until(step)) for name in ANSWERED_BY if waits(request, name) for step in [_newest(request, name)]]


def check_waits(request: DisclosureRequest, notice: str) -> None:
    if not waits(request, notice):
        raise NotDone(say("request_not_asked", act=act_name(notice)))


def check_is_time(request: DisclosureRequest, letter: str) -> None:
    """What the applicant may still do is waited for: his correction, his reasons, his payment."""
    if letter == "abandoned":
        _check_not_waited_for(request)
    if letter == "unpaid":
        if not waits(request, "fee"):
            raise NotDone(say("request_is_paid"))
        _check_is_over(request, "fee", "request_payment_awaited")
    if letter == "excessive" and waits(request, "ask_reasons"):
        _check_is_over(request, "ask_reasons", "request_reasons_awaited")


def check_until(until: date, overrides: Overrides) -> None:
    """A day that leaves him time, and that is not years away (article 30: a reasonable period)."""
    if not clock.today() < until <= working_days.add_working_days(clock.today(), MOST_TIME, overrides):
        raise NotDone(say("request_until_wanted"))


def _check_is_over(request: DisclosureRequest, act: str, refusal: str) -> None:
    """The last day that was named to the applicant when this was done."""
    until = _until(_newest(request, act))
    if clock.today() <= until:
        raise NotDone(say(refusal, day=clock.dated(until)))


def _check_not_waited_for(request: DisclosureRequest) -> None:
    until = request.correct_until
    if request.state != State.CORRECTING or until is None or clock.today() <= until:
        raise NotDone(say("request_not_waited", day=clock.dated(until or clock.today())))


def _newest(request: DisclosureRequest, act: str) -> RequestStep:
    return next(step for step in reversed(request.steps) if step.act == act)


def _until(notice: RequestStep) -> date:
    return date.fromisoformat(str(notice.words["until_day"]))
