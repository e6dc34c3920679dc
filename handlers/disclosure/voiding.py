"""What staff entered by a slip, as a letter that was entered twice, is made void: with a reason and by two people. Its
number stays used and its history stands; no clock runs any more, nobody is told, and it is counted nowhere.
"""

from sqlalchemy.orm import Session

from content import audit
from content.phrases import say
from content.store import clock
from handlers.disclosure.models import MOVES, ONLINE, DisclosureRequest, State
from handlers.disclosure.requests import NotDone, add_step, check_move, thing_of

VOID = "void"


def may_void(request: DisclosureRequest) -> bool:
    """What a citizen handed in himself is his application, and is answered; an answer that is out stays."""
    return request.channel not in ONLINE and State.VOID in MOVES[State(request.state)]


def check(request: DisclosureRequest) -> None:
    """Raises NotDone."""
    if request.channel in ONLINE:
        raise NotDone(say("request_void_entered"))
    check_move(request, State.VOID, VOID)


def void(session: Session, request: DisclosureRequest, by: str, reason: str) -> None:
    """By whoever approves it."""
    check(request)
    request.state, request.ended_on = State.VOID, clock.today()
    request.due_on, request.is_provisional, request.correct_until = None, False, None
    add_step(session, request, VOID, by=by, note=reason)
    audit.record(session, by, "request.void", thing_of(request))
