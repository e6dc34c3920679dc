"""Who has to be told what of his application, and whether he was: in the chat where he came from there, else by a
member of staff who calls or writes and puts down when and how.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from content import audit, staff
from content.phrases import say
from content.staff import NotFound
from content.store import clock
from handlers import owing
from handlers.disclosure.models import DisclosureRequest, RequestStep
from handlers.disclosure.requests import HANDLERS, NotDone, act_name, thing_of
from handlers.owing import Owed, OwedState

ACTS = frozenset({"confirm", "correction", "extension", "ask_reasons", "fee", "answer", "moved"})
"""What the applicant has to know of: days that run, what is wanted of him, how it ended."""
CHAT = "chat"
WAYS = ("phone", "email", "post", "counter")
PATIENCE = timedelta(days=2)
"""So long what waits in the chat for his next message is left to the chat alone."""
SHOWN = 100


def tell(session: Session, request: DisclosureRequest, step: RequestStep, text: str = "") -> None:
    """In the chat, once; without one it stands among what staff have to tell. `text`: in the place of the usual one."""
    if not request.citizen_id:
        return
    note = f"{step.note}。" if step.note else ""
    text = text or say("request_owed_step", number=request.number, act=act_name(step.act), note=note)
    owing.owe_citizen(session, request.citizen_id, f"request-step:{step.id}", text)
    step.told_at, step.told_how = clock.now(), CHAT


def note_told(session: Session, request: DisclosureRequest, step_id: int, how: str, by: str) -> None:
    """By whoever has called or written. Raises NotAllowed, NotDone and NotFound."""
    staff.require(session, by, *HANDLERS)
    step = next((step for step in request.steps if step.id == step_id and step.act in ACTS), None)
    if step is None:
        raise NotFound(say("request_no_step"))
    if how not in WAYS:
        raise NotDone(say("request_told_how"))
    if step.told_by:
        raise NotDone(say("request_told_already"))
    step.told_at, step.told_by, step.told_how = clock.now(), staff.folded(by), how
    session.flush()
    audit.record(session, by, "request.told", thing_of(request), what=step.act, how=how)


def untold(session: Session) -> Sequence[RequestStep]:
    """What staff have to tell, the oldest first."""
    found = select(RequestStep).join(RequestStep.request).where(*_untold()).order_by(RequestStep.id).limit(SHOWN)
    return session.scalars(found.options(joinedload(RequestStep.request))).all()


def count_untold(session: Session) -> int:
    found = select(func.count()).select_from(RequestStep).join(RequestStep.request).where(*_untold())
    return session.scalar(found) or 0


def is_untold(step: RequestStep) -> bool:
    """Nobody has told it, and no chat either."""
    return step.act in ACTS and not step.is_inner and step.told_at is None


def _untold() -> tuple[ColumnElement[bool], ...]:
    key = literal("request-step:") + cast(RequestStep.id, String)
    waits = (Owed.key == key) & Owed.state.in_((OwedState.HELD, OwedState.UNCERTAIN))
    is_stuck = select(Owed.id).where(waits, Owed.owed_at < clock.now() - PATIENCE).exists()
    stuck = (RequestStep.told_how == CHAT) & is_stuck
    return RequestStep.act.in_(ACTS), RequestStep.is_inner.is_(False), or_(RequestStep.told_at.is_(None), stuck)
