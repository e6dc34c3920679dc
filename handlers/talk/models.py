"""What citizens wrote to the people behind the account, and what those did with it. Tables only."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class TicketKind(StrEnum):
    MESSAGE = "message"  # 留言
    MISTAKE = "mistake"  # 报错: an answer of ours is said to be wrong


class TicketState(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    CLOSED = "closed"


MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.OPEN: frozenset({TicketState.CLAIMED, TicketState.CLOSED}),
    TicketState.CLAIMED: frozenset({TicketState.CLAIMED, TicketState.OPEN, TicketState.ANSWERED, TicketState.CLOSED}),
    TicketState.ANSWERED: frozenset({TicketState.CLAIMED, TicketState.ANSWERED, TicketState.CLOSED}),
    TicketState.CLOSED: frozenset(),
}


class Ticket(Base):
    """One message of one citizen to a person, with the topic it seems to be about; what went before only where he wants
    that to be read as well.
    """

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    citizen_id: Mapped[str] = mapped_column(String(32), index=True)
    """Empty when the words have been let go."""
    words_encrypted: Mapped[str] = mapped_column(Text)
    before_encrypted: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """What went before it (transcript.py), by his own word; empty without."""
    topic: Mapped[str] = mapped_column(String(64))
    """What the ear takes it for, or the topic of the answer that is said to be wrong; may be empty."""
    answer_number: Mapped[int | None]
    """The revision that is said to be wrong."""
    state: Mapped[str] = mapped_column(String(12), index=True)
    claimed_by: Mapped[str] = mapped_column(String(32), default="")
    received_at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(Date)
    """The working day on which the first answer is due."""
    first_answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class TicketStep(Base):
    """What a member of staff did with a ticket."""

    __tablename__ = "ticket_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    staff_name: Mapped[str] = mapped_column(String(32))
    act: Mapped[str] = mapped_column(String(8))
    """claim, answer, pass or close."""
    words_encrypted: Mapped[str] = mapped_column(Text, default="")
    """The answer; to whom it was passed and why; why it was closed."""
