"""What an applicant may still do is waited for, before his application is ended because he has not done it: correct it,
give reasons, pay.
"""

from datetime import date

from content.phrases import say
from content.store import clock
from handlers.disclosure.models import DisclosureRequest, State
from handlers.disclosure.requests import NotDone


def has_step(request: DisclosureRequest, act: str) -> bool:
    return any(step.act == act for step in request.steps)


def check_is_time(request: DisclosureRequest, letter: str) -> None:
    """What the applicant may still do is waited for: his correction, his reasons, his payment."""
    if letter == "abandoned":
        _check_not_waited_for(request)
    if letter == "unpaid":
        if has_step(request, "paid"):
            raise NotDone(say("request_is_paid"))
        _check_is_over(request, "fee", "request_payment_awaited")
    if letter == "excessive" and not has_step(request, "reasons"):
        _check_is_over(request, "ask_reasons", "request_reasons_awaited")


def _check_is_over(request: DisclosureRequest, act: str, refusal: str) -> None:
    """The last day that was named to the applicant when this was done."""
    asked = next(step for step in reversed(request.steps) if step.act == act)
    until = date.fromisoformat(str(asked.words["until_day"]))
    if clock.today() <= until:
        raise NotDone(say(refusal, day=clock.dated(until)))


def _check_not_waited_for(request: DisclosureRequest) -> None:
    until = request.correct_until
    if request.state != State.CORRECTING or until is None or clock.today() <= until:
        raise NotDone(say("request_not_waited", day=clock.dated(until or clock.today())))
