"""A prize draw's list of entries, its numbers, its outcome, and who takes which prize. Tables only.

What was published never changes: the database refuses to change or remove a row of the first three (migration 0005).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class EntryList(Base):
    """Who takes part in a draw: fixed once, when the campaign is over."""

    __tablename__ = "quiz_entry_lists"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    """As draw.entries_digest has it."""
    people: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """The file that is published: each code with LF behind it, in order; gzip."""
    fixed_at: Mapped[datetime]
    fixed_by: Mapped[str] = mapped_column(String(32))
    """Empty where the program did it."""


class Entry(Base):
    """One code and its place in the list, from 1."""

    __tablename__ = "quiz_entries"
    __table_args__ = (UniqueConstraint("campaign_id", "code"), {"sqlite_with_rowid": False})

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(16))


class DrawRecord(Base):
    """The record that is published, byte for byte; see draw.py."""

    __tablename__ = "quiz_draw_records"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """JSON; gzip."""


class TypedNumbers(Base):
    """What a member of staff has typed in as drawn by the lottery. Two who agree decide."""

    __tablename__ = "quiz_draw_numbers"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id"), primary_key=True)
    issue: Mapped[str] = mapped_column(String(32), primary_key=True)
    typed_by: Mapped[str] = mapped_column(String(32), primary_key=True)
    numbers: Mapped[str] = mapped_column(String(32))
    """As draw.read_numbers writes them."""
    source: Mapped[str] = mapped_column(String(100))
    """Where they were read."""
    typed_at: Mapped[datetime]


class HeldDraw(Base):
    """What has been decided about a draw since its list was fixed."""

    __tablename__ = "quiz_draws"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id"), primary_key=True)
    withheld_at: Mapped[datetime | None]
    """Since then it is settled that the secret is not revealed."""
    withheld_by: Mapped[str] = mapped_column(String(32), default="")
    withheld_why: Mapped[str] = mapped_column(String(200), default="")
    drawn_at: Mapped[datetime | None]
    drawn_by: Mapped[str] = mapped_column(String(32), default="")
    issue: Mapped[str] = mapped_column(String(32), default="")
    numbers: Mapped[str] = mapped_column(String(32), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    secret: Mapped[str | None] = mapped_column(String(64))
    """Public from the draw on; None before it, and where it was not revealed."""
    ended_at: Mapped[datetime | None]
    """Since then nobody is next in line any more."""
    ended_by: Mapped[str] = mapped_column(String(32), default="")
    ended_why: Mapped[str] = mapped_column(String(200), default="")


class WinnerState(StrEnum):
    WAITING = "waiting"
    """In line behind the winners."""
    OFFERED = "offered"
    HANDED_OVER = "handed_over"
    DECLINED = "declined"
    """By himself."""
    REFUSED = "refused"
    """By two members of staff, with a reason that is public."""
    EXPIRED = "expired"


TAKEN = (WinnerState.OFFERED, WinnerState.HANDED_OVER)
"""In these a prize is not free for anybody else."""


class Winner(Base):
    """A code at its place in the order of the draw, from 1, and what became of its prize."""

    __tablename__ = "quiz_winners"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        UniqueConstraint("campaign_id", "person"),
        Index("ix_quiz_winners_state", "state", "due_at"),
    )

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(16))
    prize: Mapped[str] = mapped_column(String(64), default="")
    """Empty while he waits."""
    state: Mapped[str] = mapped_column(String(16))
    offered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    """When it was seen to that the chat tells him, whether or not he could be found there."""
    due_at: Mapped[datetime | None]
    """From this moment on the prize is no longer his."""
    may_publish: Mapped[bool | None]
    """Whether his name may be published: his own word, asked apart from everything else; None until he has said."""
    answered_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    """When it was handed over, declined, refused or expired."""
    decided_by: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it was refused. While it is offered: why that is proposed, with the two before telling when and by whom."""
    name_encrypted: Mapped[str] = mapped_column(String(400), default="")
    """Taken at the hand-over, gone when its time is over; so are the next five."""
    phone_encrypted: Mapped[str] = mapped_column(String(400), default="")
    guardian_encrypted: Mapped[str] = mapped_column(String(400), default="")
    """Of somebody under fourteen: who consented for him."""
    person: Mapped[str | None] = mapped_column(String(32))
    """A keyed pseudonym of name and telephone: the same person takes one prize."""
    published_name: Mapped[str] = mapped_column(String(32), default="")
    tax_note: Mapped[str] = mapped_column(String(100), default="")
    """What was done about the tax, in staff's words."""
