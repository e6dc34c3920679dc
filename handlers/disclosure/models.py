"""Applications for government information (《政府信息公开条例》 chapter 4) and what was done with each, in order."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.store.db import Base


class Channel(StrEnum):
    CHAT = "chat"
    PAGE = "page"
    POST = "post"
    COUNTER = "counter"


ONLINE = frozenset({Channel.CHAT, Channel.PAGE})
"""Received when both sides have confirmed (article 31)."""


class Applicant(StrEnum):
    """The columns of the annual report."""

    PERSON = "person"
    BUSINESS = "business"
    RESEARCH = "research"
    CHARITY = "charity"
    LEGAL_SERVICE = "legal_service"
    OTHER = "other"


class State(StrEnum):
    NEW = "new"  # handed in through the net, not confirmed by the bureau yet
    IN_HAND = "in_hand"
    CORRECTING = "correcting"  # it is unclear and the applicant was told what to correct
    CONSULTING = "consulting"  # a third party or another organ is asked: the clock rests
    ANSWERED = "answered"
    CLOSED = "closed"  # not handled any further
    WITHDRAWN = "withdrawn"  # by the applicant
    VOID = "void"  # entered by a slip of staff: counted nowhere (voiding.py)


MOVES: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.IN_HAND, State.WITHDRAWN}),
    State.IN_HAND: frozenset(
        {State.IN_HAND, State.CORRECTING, State.CONSULTING, State.ANSWERED, State.CLOSED, State.WITHDRAWN, State.VOID}
    ),
    State.CORRECTING: frozenset({State.IN_HAND, State.CLOSED, State.WITHDRAWN, State.VOID}),
    State.CONSULTING: frozenset({State.IN_HAND, State.WITHDRAWN, State.VOID}),
    State.ANSWERED: frozenset(),
    State.CLOSED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.VOID: frozenset(),
}
OPEN = frozenset({State.NEW, State.IN_HAND, State.CORRECTING, State.CONSULTING})
OVER = frozenset(State) - OPEN - {State.VOID}


class DisclosureRequest(Base):
    __tablename__ = "disclosure_requests"
    __table_args__ = (UniqueConstraint("year", "serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    """From 1 in each year, without gaps."""
    code_hash: Mapped[str] = mapped_column(String(64))
    """Of the code that the applicant asks after it with; the code itself is told once and kept nowhere."""
    channel: Mapped[str] = mapped_column(String(8))
    applicant_kind: Mapped[str] = mapped_column(String(16), index=True)
    applicant: Mapped[str] = mapped_column(String(32), index=True)
    """The same for the same name and contact, saying neither: for repetitions and for the number in a month."""
    particulars: Mapped[str] = mapped_column(Text)
    """Name, contact, address and what proof was seen, encrypted."""
    wanted: Mapped[str] = mapped_column(Text)
    document_number: Mapped[str] = mapped_column(String(64), default="")
    way: Mapped[str] = mapped_column(String(16))
    """How he wants to get it: one of form.WAYS."""
    citizen_id: Mapped[str | None] = mapped_column(String(32), index=True)
    """Who is told in the chat; cut when he is erased."""
    state: Mapped[str] = mapped_column(String(12), index=True)
    handler: Mapped[str] = mapped_column(String(32), default="")
    """The member of staff who did something with it last."""
    filed_at: Mapped[datetime]
    received_on: Mapped[date | None] = mapped_column(Date, index=True)
    """The day of receipt as article 31 has it."""
    counted_from: Mapped[date | None] = mapped_column(Date)
    """The day of receipt, or that of the corrected application."""
    correct_until: Mapped[date | None] = mapped_column(Date)
    extended_days: Mapped[int] = mapped_column(default=0)
    """Of the period that runs now: one that begins anew with a correction is not extended."""
    rests: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """While others were asked: kind, begin and end as ISO days; end is empty while they are."""
    due_on: Mapped[date | None] = mapped_column(Date, index=True)
    is_provisional: Mapped[bool] = mapped_column(default=False)
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What waits for a second person: letter, words, days."""
    drafted_by: Mapped[str] = mapped_column(String(32), default="")
    drafted_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(24), default="")
    """The letter that ended it."""
    report_class: Mapped[str] = mapped_column(String(8), default="", index=True)
    """The row of the annual report, such as 3.3.5."""
    ended_on: Mapped[date | None] = mapped_column(Date, index=True)
    steps: Mapped[list["RequestStep"]] = relationship(back_populates="request", order_by="RequestStep.id")

    @property
    def number(self) -> str:
        return f"{self.year}-{self.serial:04d}"


class RequestStep(Base):
    """What was done, in order: the consolidated history."""

    __tablename__ = "disclosure_request_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("disclosure_requests.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(32), default="", server_default=text("''"))
    """A member of staff; empty where the applicant or the program did it."""
    act: Mapped[str] = mapped_column(String(24))
    """Named in Chinese by library/disclosure_acts.toml."""
    note: Mapped[str] = mapped_column(Text, default="")
    """For staff and for the applicant: names nobody."""
    is_inner: Mapped[bool] = mapped_column(default=False)
    """Not told to the applicant."""
    letter: Mapped[str] = mapped_column(String(24), default="")
    words: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What fills the letter's blanks."""
    told_at: Mapped[datetime | None]
    """When the applicant was told of it; of what need not be told, never (telling.py)."""
    told_by: Mapped[str] = mapped_column(String(32), default="")
    """The member of staff who did; empty where it went into the chat."""
    told_how: Mapped[str] = mapped_column(String(8), default="")
    """`chat`, or one of telling.WAYS."""

    request: Mapped[DisclosureRequest] = relationship(back_populates="steps")
