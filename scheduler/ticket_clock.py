"""The clock of the first answer to what citizens wrote: told on the day it is due, and once more when that is over;
and what may have arrived or not, which a person decides.
"""

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.store import clock
from handlers import owing
from handlers.talk import tickets
from handlers.talk.models import Ticket
from scheduler import outbox

MORNING = time(9)
"""Of the day on which it is due, and of the day after."""


def watch(session: Session, now: datetime) -> int:
    """How much was told just now."""
    local = clock.in_beijing(now)
    told = sum(_tell(session, ticket, local.date()) for ticket in due(session, local.date()) if local.time() >= MORNING)
    for owed in owing.uncertain(session):
        text = f"{owed.trouble}请到“留言”里核对，定下送到没有。"
        told += outbox.tell(session, f"owed:{owed.id}:uncertain", "给市民的一条答复不知道送到没有", text)
    return told


def due(session: Session, today: date) -> list[Ticket]:
    """Without a first answer, and due today or before."""
    query = select(Ticket).where(Ticket.state.in_(tickets.UNANSWERED), Ticket.first_answered_at.is_(None))
    return list(session.scalars(query.where(Ticket.due_on <= today).order_by(Ticket.due_on, Ticket.id)).all())


def _tell(session: Session, ticket: Ticket, today: date) -> bool:
    who = f"{ticket.claimed_by} 在办" if ticket.claimed_by else "还没有人接"
    day = clock.spoken_day(ticket.due_on)
    if ticket.due_on == today:
        text = f"第 {ticket.id} 号，今天下班前要给市民第一次答复，{who}。"
        return outbox.tell(session, f"ticket:{ticket.id}:due", "留言今天要答复", text)
    text = f"第 {ticket.id} 号，{day}就该答复，{who}。请马上到“留言”里答复。"
    return outbox.tell(session, f"ticket:{ticket.id}:late", "留言超过了答复期限", text)
