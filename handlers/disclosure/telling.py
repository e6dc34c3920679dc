"""Who has to be told what of his application, and whether he was: in the chat where he came from there, else by a
member of staff who calls or writes and puts down when and how.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from content import audit, render, staff
from content.phrases import say
from content.staff import NotFound
from content.store import clock
from handlers import owing
from handlers.disclosure.models import DisclosureRequest, RequestStep, State
from handlers.disclosure.requests import HANDLERS, NotDone, act_name, add_step, thing_of
from handlers.owing import Owed, OwedState

ACTS = frozenset(
    {"confirm", "correction", "corrected", "extension", "ask_reasons", "fee", "answer", "moved", "received"}
)
"""What the applicant has to know of: days that run, what is wanted of him, how it ended."""
WANTING = frozenset({"correction", "ask_reasons", "fee"})
"""In which something is wanted of him by a day: where the chat cannot tell it now, a person does, at once."""
NOTE_BYTES, LAST_LINE = 600, 40
"""Of a note in the chat: what is longer is read where the application stands; its last line with the day is kept."""
CHAT = "chat"
_KEY = "request-step:"
"""And the number of the step: what its message in the chat is owed by."""
WAYS = ("phone", "email", "post", "counter")
PATIENCE = timedelta(days=2)
"""So long what waits in the chat for his next message is left to the chat alone."""
SHOWN = 100


def tell(session: Session, request: DisclosureRequest, step: RequestStep, text: str = "") -> None:
    """In the chat, once; without one it stands among what staff have to tell. `text`: in the place of the usual one."""
    if not request.citizen_id:
        return
    note = f"{brief(step.note)}。" if step.note else ""
    text = text or say("request_owed_step", number=request.number, act=act_name(step.act), note=note)
    owing.owe_citizen(session, request.citizen_id, f"{_KEY}{step.id}", text)
    step.told_at, step.told_how = clock.now(), CHAT


def done(
    session: Session, request: DisclosureRequest, by: str, act: str, *, note: str = "", letter: str = "",
    words: dict[str, str] | None = None,
) -> None:  # fmt: skip
    """The step that the applicant is told of, in the chat where he came from there."""
    step = add_step(session, request, act, by=by, note=note, letter=letter, words=words)
    tell(session, request, step)
    audit.record(session, by, f"request.{act}", thing_of(request), letter=letter)


def brief(note: str) -> str:
    """So much of it as surely fits into one message, without becoming a link, with the day that stands last."""
    note = render.harmless(note.rstrip("。"))
    if len(note.encode()) <= NOTE_BYTES:
        return note
    before, _, last = note.rpartition("\n")
    if len(last) > LAST_LINE:
        return render.shorten(note, NOTE_BYTES)
    return f"{render.shorten(before, NOTE_BYTES)}\n{last}"


def of_chat(session: Session, request: DisclosureRequest) -> Mapping[int, str]:
    """Step → how far its message in the chat has come (OwedState), for those that went there."""
    keys = {f"{_KEY}{step.id}": step.id for step in request.steps if step.told_how == CHAT}
    found = session.execute(select(Owed.key, Owed.state).where(Owed.key.in_(list(keys)))).all() if keys else []
    return {keys[key]: state for key, state in found}


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
    """Nobody has told it, and no chat either; of what is void nobody is told anything."""
    is_news = step.act in ACTS and not step.is_inner and step.request.state != State.VOID
    return is_news and step.told_at is None


def _untold() -> tuple[ColumnElement[bool], ...]:
    key = literal(_KEY) + cast(RequestStep.id, String)
    waits = (Owed.key == key) & Owed.state.in_((OwedState.HELD, OwedState.UNCERTAIN))
    is_urgent = RequestStep.act.in_(WANTING) | (Owed.owed_at < clock.now() - PATIENCE)
    is_stuck = select(Owed.id).where(waits, is_urgent).exists()
    stuck = (RequestStep.told_how == CHAT) & is_stuck
    is_news = RequestStep.act.in_(ACTS) & RequestStep.is_inner.is_(False) & (DisclosureRequest.state != State.VOID)
    return is_news, or_(RequestStep.told_at.is_(None), stuck)
