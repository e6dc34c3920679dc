"""Who sits the exam, with which code he comes in, who looks after a unit, and what was granted beside the rules. Tables
only. Names, numbers, reasons and handed-in rosters are kept encrypted.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class OverrideKind(StrEnum):
    ATTEMPT = "attempt"
    """One more paper."""
    MINUTES = "minutes"
    """More time for every paper."""
    WINDOW = "window"
    """Another time in which he may sit it."""
    EXCUSED = "excused"
    """He need not sit it, and is not counted."""


class OverrideState(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"
    """Taken back after it was approved."""


DECISIONS: dict[OverrideState, frozenset[OverrideState]] = {
    OverrideState.ASKED: frozenset({OverrideState.APPROVED, OverrideState.REFUSED}),
    OverrideState.APPROVED: frozenset({OverrideState.ENDED}),
}


class Sitter(Base):
    """Somebody of the roster. His participant's name comes from the number of his service, see roster.py."""

    __tablename__ = "exam_sitters"
    __table_args__ = (Index("ix_exam_sitters_unit", "unit_id"),)

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"), primary_key=True)
    participant: Mapped[str] = mapped_column(String(32), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("quiz_units.id"))
    who: Mapped[str] = mapped_column(Text)
    """His number and name, encrypted; empty once the time of keeping is over."""
    is_leading: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    """False since he was left out of a later roster: he sits no paper and is not counted, and what he wrote stays."""
    changed_at: Mapped[datetime]


class RosterFile(Base):
    """A roster that was handed in and looked through, until it is taken in or a day has passed."""

    __tablename__ = "exam_roster_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    """Encrypted."""
    sent_by: Mapped[str] = mapped_column(String(32))
    sent_at: Mapped[datetime]


class EntryCode(Base):
    """The code with which somebody comes in: one at a time, good for one browser. Only its digest is kept."""

    __tablename__ = "exam_codes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "participant"], ["exam_sitters.campaign_id", "exam_sitters.participant"],
            ondelete="CASCADE",
        ),
    )  # fmt: skip

    campaign_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    participant: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32))
    made_by: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Override(Base):
    """What somebody was granted beside the rules. Without effect until another person than asked has approved it."""

    __tablename__ = "exam_overrides"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "participant"], ["exam_sitters.campaign_id", "exam_sitters.participant"],
            ondelete="CASCADE",
        ),
        Index("ix_exam_overrides_participant", "campaign_id", "participant"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(String(32))
    participant: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(8))
    amount: Mapped[int] = mapped_column(default=0)
    """Papers or minutes; 0 for the others."""
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    """Encrypted: it may speak of somebody's health."""
    asked_by: Mapped[str] = mapped_column(String(32))
    """A member of staff, or a liaison as liaison.named has it."""
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default=OverrideState.ASKED)
    decided_by: Mapped[str] = mapped_column(String(32), default="")
    decided_at: Mapped[datetime | None]


class Liaison(Base):
    """Who looks after a unit's people, and those of the units below it: comes in by a link of his own and a PIN."""

    __tablename__ = "exam_liaisons"
    __table_args__ = (UniqueConstraint("link_digest"), Index("ix_exam_liaisons_campaign", "campaign_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("quiz_units.id"))
    who: Mapped[str] = mapped_column(Text)
    """His name, encrypted."""
    link_digest: Mapped[str] = mapped_column(String(64))
    pin_digest: Mapped[str] = mapped_column(String(32))
    made_by: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """Since his link was revoked."""


class LiaisonSession(Base):
    """One coming-in of a liaison; the cookie holds the token, this table its digest."""

    __tablename__ = "exam_liaison_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    liaison_id: Mapped[int] = mapped_column(ForeignKey("exam_liaisons.id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime]
