"""What is written to a person: taken in from a citizen, claimed, answered, passed on and closed by staff, and let go.

A message is answered by whoever has claimed it, and the answer is owed to the citizen (handlers/owing.py). Words lie
encrypted, and only for ninety days after the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from content import audit, render, staff
from content.phrases import say
from content.staff import NotAllowed, NotFound, Role
from content.store import clock, working_days
from content.store.keys import Keyring
from handlers import owing
from handlers.owing import Owed
from handlers.talk import hours
from handlers.talk.models import MOVES, Ticket, TicketKind, TicketState, TicketStep

PURPOSE = "ticket"
ANSWERING = frozenset({Role.WRITE, Role.REVIEW1, Role.REVIEW2, Role.PUBLISH, Role.ADMIN})
LOOKING = ANSWERING | {Role.AUDIT}
"""Audit sees what was done and when, and no words."""
WORDS_CHARACTERS, ANSWER_CHARACTERS, REASON_CHARACTERS = 600, 400, 200
LAST_SIGNS = 12
A_DAY = 5
"""So many messages of one citizen a day."""
ADDED_WITHIN = timedelta(hours=1)
"""So long after his message a citizen may still hand in what went before it."""
KEPT_DAYS = 90
KEPT = timedelta(days=KEPT_DAYS)
LONGEST = timedelta(days=365)
"""Nobody's words wait longer than this, answered or not."""
UNFINISHED = (TicketState.OPEN, TicketState.CLAIMED, TicketState.ANSWERED)
UNANSWERED = (TicketState.OPEN, TicketState.CLAIMED)


# ── taken in ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_too_many(session: Session, citizen_id: str) -> bool:
    since = clock.now() - timedelta(days=1)
    of_him = select(func.count()).where(Ticket.citizen_id == citizen_id, Ticket.received_at > since)
    return (session.scalar(of_him) or 0) >= A_DAY


def take_in(
    session: Session, keyring: Keyring, citizen_id: str, words: str, topic: str, kind: TicketKind = TicketKind.MESSAGE,
    answer_number: int | None = None,
) -> Ticket:  # fmt: skip
    now = clock.now()
    ticket = Ticket(
        kind=kind, citizen_id=citizen_id, words_encrypted=keyring.encrypt(PURPOSE, words[:WORDS_CHARACTERS]),
        topic=topic[:64], answer_number=answer_number, state=TicketState.OPEN, received_at=now, claimed_by="",
        due_on=hours.answer_due(now, working_days.load_overrides(session)),
    )  # fmt: skip
    session.add(ticket)
    session.flush()
    return ticket


def left_out(words: str) -> str:
    """What a citizen is told whose words were longer than what is kept: where it was cut, and how to send the rest."""
    if len(words) <= WORDS_CHARACTERS:
        return ""
    last = render.harmless(" ".join(words[WORDS_CHARACTERS - LAST_SIGNS : WORDS_CHARACTERS].split()))
    return say("human_left_out", most=WORDS_CHARACTERS, last=last)


# ── looked at ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Told:
    """One step as staff read it; with what became of an answer on its way to the citizen."""

    step: TicketStep
    words: str
    owed: Owed | None


def listing(session: Session, states: Sequence[str], limit: int = 100, before: int | None = None) -> list[Ticket]:
    """What is due first comes first, of what is closed the newest."""
    query = select(Ticket).where(Ticket.state.in_(states)).limit(limit)
    if before is not None:
        query = query.where(Ticket.id < before)
    is_over = TicketState.CLOSED in states
    query = query.order_by(Ticket.id.desc()) if is_over else query.order_by(Ticket.due_on, Ticket.id)
    return list(session.scalars(query).all())


def count(session: Session, states: Sequence[str]) -> int:
    return session.scalar(select(func.count()).select_from(Ticket).where(Ticket.state.in_(states))) or 0


def of_citizen(session: Session, citizen_id: str, limit: int = 5) -> list[Ticket]:
    """What he has written, the newest first."""
    his = select(Ticket).where(Ticket.citizen_id == citizen_id).order_by(Ticket.id.desc())
    return list(session.scalars(his.limit(limit)).all())


def waiting_of(session: Session, citizen_id: str) -> list[int]:
    """The numbers of what he has written and nobody has answered yet."""
    waits = (Ticket.citizen_id == citizen_id, Ticket.state.in_(UNANSWERED))
    return list(session.scalars(select(Ticket.id).where(*waits).order_by(Ticket.id)).all())


def others_of(session: Session, ticket: Ticket, limit: int = 10) -> list[Ticket]:
    """What else the same citizen has written, the newest first."""
    if not ticket.citizen_id:
        return []
    his = select(Ticket).where(Ticket.citizen_id == ticket.citizen_id, Ticket.id != ticket.id)
    return list(session.scalars(his.order_by(Ticket.id.desc()).limit(limit)).all())


def get_ticket(session: Session, ticket_id: int) -> Ticket:
    """Raises NotFound."""
    if (found := session.get(Ticket, ticket_id)) is None:
        raise NotFound(say("ticket_not_found"))
    return found


def find_to_add_to(session: Session, citizen_id: str) -> Ticket | None:
    """His newest message of late that nobody has ended and nothing has been added to."""
    is_open = (Ticket.kind == TicketKind.MESSAGE, Ticket.state.in_(UNFINISHED), Ticket.before_encrypted == "")
    lately = Ticket.received_at > clock.now() - ADDED_WITHIN
    his = select(Ticket).where(Ticket.citizen_id == citizen_id, *is_open, lately)
    return session.scalars(his.order_by(Ticket.id.desc()).limit(1)).first()


def add_before(session: Session, keyring: Keyring, ticket: Ticket, words: str) -> None:
    ticket.before_encrypted = keyring.encrypt(PURPOSE, words)
    session.flush()


def before_of(ticket: Ticket, keyring: Keyring) -> str:
    return keyring.decrypt(PURPOSE, ticket.before_encrypted) if ticket.before_encrypted else ""


def find_bare_mistake(session: Session, keyring: Keyring, citizen_id: str, answer_number: int) -> Ticket | None:
    """His word of late that this answer is wrong, without what is, and which nobody has at hand yet."""
    bare = (Ticket.kind == TicketKind.MISTAKE, Ticket.answer_number == answer_number, Ticket.state == TicketState.OPEN)
    lately = Ticket.received_at > clock.now() - ADDED_WITHIN
    found = session.scalars(select(Ticket).where(Ticket.citizen_id == citizen_id, *bare, lately)).all()
    return next((one for one in found if words_of(one, keyring) == say("mistake_without_words")), None)


def write_in(session: Session, keyring: Keyring, ticket: Ticket, words: str) -> None:
    ticket.words_encrypted = keyring.encrypt(PURPOSE, words[:WORDS_CHARACTERS])
    session.flush()


def words_of(ticket: Ticket, keyring: Keyring) -> str:
    return keyring.decrypt(PURPOSE, ticket.words_encrypted) if ticket.words_encrypted else ""


def history(session: Session, ticket: Ticket, keyring: Keyring) -> list[Told]:
    steps = session.scalars(select(TicketStep).where(TicketStep.ticket_id == ticket.id).order_by(TicketStep.id)).all()
    opened = [keyring.decrypt(PURPOSE, step.words_encrypted) if step.words_encrypted else "" for step in steps]
    return [
        Told(step, words, owing.find_by_key(session, _owed_key(step)))
        for step, words in zip(steps, opened, strict=True)
    ]


def is_late(ticket: Ticket, today: date) -> bool:
    """The first answer should have been given on a day that is over."""
    return ticket.state in UNANSWERED and ticket.due_on < today


# ── what staff do ─────────────────────────────────────────────────────────────────────────────────────────────────────


def claim(session: Session, ticket_id: int, by: str) -> Ticket:
    """Raises NotAllowed where somebody else has it."""
    ticket, by = _for(session, ticket_id, by)
    if ticket.claimed_by and ticket.claimed_by != by:
        raise NotAllowed(say("ticket_of_another", name=_shown(session, ticket.claimed_by)))
    _move(ticket, TicketState.CLAIMED)
    ticket.claimed_by = by
    _note(session, ticket, by, "claim")
    return ticket


def answer(session: Session, keyring: Keyring, ticket_id: int, by: str, words: str) -> TicketStep:
    """The citizen is owed these words from now on. What nobody has claimed is claimed with it. Raises NotAllowed."""
    ticket, by = _for(session, ticket_id, by)
    _refuse_anothers(session, ticket, by)
    words = _worded(words, ANSWER_CHARACTERS)
    if not ticket.claimed_by:
        ticket.claimed_by, ticket.state = by, TicketState.CLAIMED
    _move(ticket, TicketState.ANSWERED)
    ticket.first_answered_at = ticket.first_answered_at or clock.now()
    step = _note(session, ticket, by, "answer", keyring.encrypt(PURPOSE, words))
    text = say("ticket_answer", number=ticket.id, words=render.harmless(words))
    owing.owe_citizen(session, ticket.citizen_id, _owed_key(step), text, keyring)
    return step


def pass_on(session: Session, keyring: Keyring, ticket_id: int, by: str, to: str, why: str) -> None:
    """To a colleague by name; to nobody puts it back. An admin may take it from whoever has it. Raises NotAllowed."""
    ticket, by = _for(session, ticket_id, by)
    is_admin = Role.ADMIN in staff.roles_of(staff.get_staff(session, by))
    if not is_admin:
        _refuse_anothers(session, ticket, by)
    name = ""
    if to:
        colleague = staff.get_staff(session, to)
        if not colleague.is_active or not staff.roles_of(colleague) & ANSWERING:
            raise NotAllowed(say("ticket_not_for_him", name=colleague.shown_name))
        name = colleague.name
    if ticket.state != TicketState.ANSWERED:
        ticket.state = TicketState.CLAIMED if name else TicketState.OPEN
    ticket.claimed_by = name
    words = keyring.encrypt(PURPOSE, why.strip()[:REASON_CHARACTERS]) if why.strip() else ""
    _note(session, ticket, by, "pass", words, to=name)


def close(session: Session, keyring: Keyring, ticket_id: int, by: str, why: str) -> None:
    """Without an answer it takes a reason. Raises NotAllowed."""
    ticket, by = _for(session, ticket_id, by)
    _refuse_anothers(session, ticket, by)
    if ticket.first_answered_at is None and not why.strip():
        raise NotAllowed(say("ticket_close_why"))
    _move(ticket, TicketState.CLOSED)
    ticket.claimed_by, ticket.closed_at = ticket.claimed_by or by, clock.now()
    words = keyring.encrypt(PURPOSE, why.strip()[:REASON_CHARACTERS]) if why.strip() else ""
    _note(session, ticket, by, "close", words)


def decide_other(session: Session, owed_id: int, by: str, has_arrived: bool) -> None:
    """The same of a message that answers no ticket. Raises NotAllowed and NotFound."""
    by = staff.require(session, by, *ANSWERING).name
    row = session.get(Owed, owed_id)
    if row is None or is_answer(row) or not owing.decide(session, row.key, has_arrived):
        raise NotFound(say("ticket_nothing_to_decide"))
    audit.record(session, by, "ticket.arrival", f"owed:{owed_id}", has_arrived=has_arrived)


def is_answer(owed: Owed) -> bool:
    """Whether it is the answer to a ticket, which has a page of its own."""
    return owed.key.startswith("ticket:")


def decide_arrival(session: Session, ticket_id: int, step_id: int, by: str, has_arrived: bool) -> None:
    """A person's word on an answer that may have arrived or not. Raises NotAllowed and NotFound."""
    by = staff.require(session, by, *ANSWERING).name
    step = session.get(TicketStep, step_id)
    if step is None or step.ticket_id != ticket_id or not owing.decide(session, _owed_key(step), has_arrived):
        raise NotFound(say("ticket_nothing_to_decide"))
    audit.record(session, by, "ticket.arrival", f"ticket:{ticket_id}", has_arrived=has_arrived)


# ── letting go ────────────────────────────────────────────────────────────────────────────────────────────────────────


def forget(session: Session, citizen_id: str) -> None:
    session.execute(delete(Ticket).where(Ticket.citizen_id == citizen_id))


def purge(session: Session) -> None:
    """What is over for ninety days loses its words and whose they were; that there was one is kept for the figures."""
    now = clock.now()
    is_over = (Ticket.closed_at < now - KEPT) | (Ticket.received_at < now - LONGEST)
    old = select(Ticket.id).where(is_over, Ticket.citizen_id != "")
    session.execute(update(TicketStep).where(TicketStep.ticket_id.in_(old)).values(words_encrypted=""))
    session.execute(
        update(Ticket).where(Ticket.id.in_(old)).values(words_encrypted="", before_encrypted="", citizen_id="")
    )


# ── how it is done ────────────────────────────────────────────────────────────────────────────────────────────────────


def _for(session: Session, ticket_id: int, by: str) -> tuple[Ticket, str]:
    """The ticket, and who is at it by his own name. One at a time. Raises NotAllowed and NotFound."""
    by = staff.require(session, by, *ANSWERING).name
    ticket = session.get(Ticket, ticket_id, with_for_update=True)
    if ticket is None:
        raise NotFound(say("ticket_not_found"))
    if ticket.state == TicketState.CLOSED:
        raise NotAllowed(say("ticket_is_closed"))
    return ticket, by


def _refuse_anothers(session: Session, ticket: Ticket, by: str) -> None:
    if ticket.claimed_by and ticket.claimed_by != by:
        raise NotAllowed(say("ticket_of_another", name=_shown(session, ticket.claimed_by)))


def _shown(session: Session, name: str) -> str:
    member = staff.find_staff(session, name)
    return member.shown_name if member else name


def _worded(words: str, most: int) -> str:
    words = words.strip()
    if not words or len(words) > most:
        raise NotAllowed(say("ticket_words_wanted", most=most))
    return words


def _move(ticket: Ticket, to: TicketState) -> None:
    if to not in MOVES[TicketState(ticket.state)]:
        raise NotAllowed(say("ticket_changed"))
    ticket.state = to


def _note(session: Session, ticket: Ticket, by: str, act: str, words: str = "", **detail: str) -> TicketStep:
    step = TicketStep(ticket_id=ticket.id, at=clock.now(), staff_name=by, act=act, words_encrypted=words)
    session.add(step)
    session.flush()
    audit.record(session, by, f"ticket.{act}", f"ticket:{ticket.id}", **detail)
    return step


def _owed_key(step: TicketStep) -> str:
    return f"ticket:{step.ticket_id}:{step.id}"
