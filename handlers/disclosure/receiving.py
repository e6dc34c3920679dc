"""The day of receipt of what came by post or over the counter, put right where it was entered wrong: while nothing has
been counted from it yet, with a reason, and by two people, for every clock hangs on it.
"""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from content import audit
from content.phrases import say
from content.store import clock, working_days
from handlers.disclosure import clocks, telling
from handlers.disclosure.models import ONLINE, DisclosureRequest, State
from handlers.disclosure.requests import NotDone, add_step, due_note, thing_of

RECEIVED = "received"
OLD = timedelta(days=31)
"""A day further back than this is asked for twice: it may be a slip of the year."""


def may_correct(request: DisclosureRequest) -> bool:
    """What came through the net was received when it was confirmed, which is no entry; what has been counted stays."""
    is_untouched = request.counted_from == request.received_on and not request.rests and not request.extended_days
    return request.channel not in ONLINE and request.state == State.IN_HAND and is_untouched


def check(request: DisclosureRequest, on: date, is_sure: bool) -> None:
    """Raises NotDone."""
    if not may_correct(request):
        raise NotDone(say("request_received_fixed"))
    if on > clock.in_beijing(request.filed_at).date() or on == request.received_on:
        raise NotDone(say("request_received_when"))
    check_not_old(on, is_sure)


def check_not_old(on: date, is_sure: bool) -> None:
    """Raises NotDone."""
    if on < clock.today() - OLD and not is_sure:
        raise NotDone(say("request_received_old", day=clock.dated(on), days=OLD.days))


def correct(session: Session, request: DisclosureRequest, by: str, on: date, reason: str) -> None:
    """By whoever approves it."""
    check(request, on, is_sure=True)
    before = request.received_on
    request.received_on = request.counted_from = on
    clocks.set_due(request, working_days.load_overrides(session))
    moved = say("request_note_received", before=clock.dated(before) if before else "", day=clock.dated(on))
    note = f"{moved}：{reason}\n{due_note(request)}"
    telling.tell(session, request, add_step(session, request, RECEIVED, by=by, note=note))
    audit.record(session, by, "request.received", thing_of(request), before=str(before), on=str(on))
