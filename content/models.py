"""What the bureau has written: materials and their revisions, keywords, quiz questions, laws. Tables only."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.store.db import Base


class MaterialKind(StrEnum):
    ANSWER = "answer"  # what the account says on a topic; its slug is the topic's
    ARTICLE = "article"  # what the account publishes or has published


class Material(Base):
    """One thing the bureau says, whatever its wording today."""

    __tablename__ = "materials"
    __table_args__ = (UniqueConstraint("kind", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    slug: Mapped[str] = mapped_column(String(128))
    current_revision_id: Mapped[int | None] = mapped_column(Integer)
    """The revision citizens see; None while there is only a draft."""
    published_at: Mapped[datetime | None]

    revisions: Mapped[list["Revision"]] = relationship(back_populates="material", order_by="Revision.number")


class Revision(Base):
    """One wording of a material. Never edited: a change is a new revision."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("material_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("materials.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(32), default="")
    digest: Mapped[str] = mapped_column(String(256), default="")
    category: Mapped[str] = mapped_column(String(32), default="")
    source_url: Mapped[str] = mapped_column(String(1024), default="")
    chat: Mapped[str] = mapped_column(Text, default="")
    """What is said in the chat; placeholders unfilled."""
    body: Mapped[str] = mapped_column(Text, default="")
    """The page, in Markdown."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """basis, related, checked_on, review_by, drafted_by, reviewed_by, to_verify, cover."""
    content_hash: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(16))
    """Where it came from: library, import, takeover or console."""
    created_at: Mapped[datetime]

    material: Mapped[Material] = relationship(back_populates="revisions")


class Keyword(Base):
    """A way people name a topic, added by the bureau to those of the library."""

    __tablename__ = "keywords"

    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    topic: Mapped[str] = mapped_column(String(64))


class Question(Base):
    """A question of the quiz bank."""

    __tablename__ = "questions"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """single, multiple or judge."""
    text: Mapped[str] = mapped_column(Text)
    options: Mapped[list[str]] = mapped_column(JSON)
    answer: Mapped[str] = mapped_column(String(8))
    """The letters of the right options, in order: "B", "ACD"."""
    explanation: Mapped[str] = mapped_column(Text)
    basis: Mapped[list[str]] = mapped_column(JSON)
    difficulty: Mapped[int]
    """1 easy, 2 middling, 3 hard."""
    retired: Mapped[bool] = mapped_column(default=False)


class Law(Base):
    """A law whose text the bureau has imported."""

    __tablename__ = "laws"

    short: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(128))
    version: Mapped[str] = mapped_column(String(64))
    effective_on: Mapped[date] = mapped_column(Date)
    content_hash: Mapped[str] = mapped_column(String(64))


class LawArticle(Base):
    """One article of an imported law; paragraphs are separated by newlines."""

    __tablename__ = "law_articles"

    law_short: Mapped[str] = mapped_column(ForeignKey("laws.short", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Mark(Base):
    """Small facts about the store itself: the number that every change of content raises, the library's hash."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(128))
