"""Entries of the disclosure catalogue and every wording they ever had. Tables only."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class EntryState(StrEnum):
    DRAFT = "draft"  # never shown
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # was shown; its page says since when and why it is not any more


class Validity(StrEnum):
    VALID = "valid"
    VOID = "void"
    AMENDED = "amended"
    UNCHECKED = "unchecked"


class CatalogueEntry(Base):
    """One entry with the wording that citizens see; before it was ever shown, with its newest draft."""

    __tablename__ = "catalogue_entries"
    __table_args__ = (
        Index("ix_catalogue_entries_newest", "state", "published_on", "id"),
        Index("ix_catalogue_entries_category", "state", "category", "published_on", "id"),
        Index("ix_catalogue_entries_changed_at", "state", "changed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    index_number: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(16), default=EntryState.DRAFT)
    category: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str] = mapped_column(String(64), default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    published_on: Mapped[date | None] = mapped_column(Date)
    """The day it was made public, which may be long before it came into this store; set when it is first shown here."""
    issuer: Mapped[str] = mapped_column(String(100), default="")
    validity: Mapped[str] = mapped_column(String(16), default=Validity.UNCHECKED)
    abstract: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    """Markdown; may be empty where there is a link."""
    url: Mapped[str] = mapped_column(String(1024), default="")
    newest_number: Mapped[int] = mapped_column(default=0)
    shown_number: Mapped[int] = mapped_column(default=0)
    """The revision that citizens see; 0 for none yet."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    """When what citizens see changed last; for a draft, when it was written."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(String(32), default="")
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")


class CatalogueRevision(Base):
    """One wording of an entry. Its words are never edited: a change is a new revision."""

    __tablename__ = "catalogue_revisions"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("catalogue_entries.id", ondelete="CASCADE"))
    number: Mapped[int]
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    origin: Mapped[str] = mapped_column(String(16))
    """console or import."""
    written_by: Mapped[str] = mapped_column(String(32), default="")
    """Empty where the operator took it in by the command line and nobody's name was given."""
    written_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(32), default="")
    published_at: Mapped[datetime | None]
    """When it was shown first; None for a draft and for what was never shown."""
