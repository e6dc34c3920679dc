"""Questions of a campaign that were mended. Tables only; rows are added and decided, never removed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class Kind(StrEnum):
    VOID = "void"
    """Whoever had the question gets its full points."""
    ANSWER = "answer"
    """Other letters are right, or several ways to answer."""
    RESTORE = "restore"
    """As it was first marked: earlier mendings are taken back."""


class State(StrEnum):
    PROPOSED = "proposed"
    DONE = "done"
    DROPPED = "dropped"


_IS_OPEN = text("state = 'proposed'")


class Mending(Base):
    """What one person proposed for a question of a campaign, and another decided. The last one that was done holds."""

    __tablename__ = "quiz_mendings"
    __table_args__ = (
        Index("ix_quiz_mendings_campaign", "campaign_id", "state"),
        Index("ix_quiz_mendings_open", "campaign_id", "question_key", unique=True, sqlite_where=_IS_OPEN,
              postgresql_where=_IS_OPEN),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"))
    question_key: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(8))
    accepted: Mapped[str] = mapped_column(String(64), default="")
    """The ways to answer that are right now, joined by "|": "B", "AC|ABC"."""
    original: Mapped[str] = mapped_column(String(8))
    """What was right when the papers were marked first."""
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8))
    proposed_by: Mapped[str] = mapped_column(String(32))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(32), default="")
    decided_at: Mapped[datetime | None]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What it changed: papers, people, passes; empty before."""
    untold: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Participants whose points it changed, until it was seen to that the chat tells them."""
    told_at: Mapped[datetime | None]
