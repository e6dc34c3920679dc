"""The printed paper of a campaign, what was typed in of it, and what of that counts. Tables only."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class PrintedPaper(Base):
    """The one paper that a campaign has in print: kept as it was printed, whatever the bank says later."""

    __tablename__ = "quiz_printed_papers"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[str] = mapped_column(String(32))
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Its questions in the order in which they were drawn, whole; see shuffling.py."""
    editions: Mapped[dict[str, list[list[Any]]]] = mapped_column(JSON)
    """Edition → for each printed question its place among the items, and its options' letters in printed order."""
    made_by: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    drawn_from: Mapped[int | None]
    """The state of its campaign's pool."""


class SheetState(StrEnum):
    PROPOSED = "proposed"
    DONE = "done"
    DROPPED = "dropped"


class TypedSheet(Base):
    """Papers that one person typed in and another decided on: before that nothing of them counts. Never removed."""

    __tablename__ = "quiz_typed_sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"), index=True)
    papers: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """As entering.Sheet has them; in an exam without the number on the roster."""
    started_at: Mapped[datetime]
    replaces: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(8))
    proposed_by: Mapped[str] = mapped_column(String(32))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(32), default="")
    decided_at: Mapped[datetime | None]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Whom it changed, and how; empty before."""


class PaperEntry(Base):
    """A round that was answered on paper and typed in."""

    __tablename__ = "quiz_paper_entries"

    round_id: Mapped[str] = mapped_column(ForeignKey("quiz_rounds.id", ondelete="CASCADE"), primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"), index=True)
    edition: Mapped[str] = mapped_column(String(1))
    entered_by: Mapped[str] = mapped_column(String(32))
    entered_at: Mapped[datetime]
