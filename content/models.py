"""What the bureau has written: materials and their revisions, keywords, quiz questions, laws. Tables only."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
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
    __table_args__ = (UniqueConstraint("material_id", "number"), Index("ix_revisions_created_at", "created_at", "id"))

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
    written_by: Mapped[str] = mapped_column(String(32), default="", server_default=text("''"))
    """The name of the member of staff who wrote it; empty where a program did."""
    created_at: Mapped[datetime]

    material: Mapped[Material] = relationship(back_populates="revisions")


class Attachment(Base):
    """A picture that revisions show, stored once: its bytes lie in the uploads folder under its digest.

    Markdown names it as `/h/pictures/<digest>.<jpg|png>`.
    """

    __tablename__ = "attachments"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the bytes as stored."""
    media_type: Mapped[str] = mapped_column(String(32))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    """Bytes."""
    created_at: Mapped[datetime]


class WatchWord(Base):
    """A word that must not go out, or wants a second look; the bureau's own list on top of the library's."""

    __tablename__ = "watch_words"

    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    advice: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(8))
    """red or yellow; "off" silences a word of the library."""
    set_by: Mapped[str] = mapped_column(String(32))


class CalendarDay(Base):
    """A day that the bureau declared a working day or a holiday, beside or before the official calendar."""

    __tablename__ = "calendar_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(32))
    set_by: Mapped[str] = mapped_column(String(32))


class Keyword(Base):
    """A way people name a topic, added by the bureau to those of the library."""

    __tablename__ = "keywords"

    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    topic: Mapped[str] = mapped_column(String(64))
    heard: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """In how many messages it stood that were understood as its topic."""
    is_imported: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """From a file of the bureau's own words: what is made of misses (handlers/misses.py) does not take it away."""


class Question(Base):
    """A question of the quiz bank."""

    __tablename__ = "questions"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject: Mapped[str] = mapped_column(String(32), index=True)
    """What it is about, by the name of its file: constitution, legal-aid, labour."""
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
    scenario: Mapped[str | None] = mapped_column(String(32))
    """Questions of one subject with the same scenario belong together."""
    scenario_text: Mapped[str | None] = mapped_column(Text)
    """The story that is told before the question."""
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
    sub: Mapped[int] = mapped_column(primary_key=True, default=0)
    """The M of 第N条之M; 0 for the article itself."""
    text: Mapped[str] = mapped_column(Text)


class Mark(Base):
    """Small facts about the store itself: the number that every change of content raises, the library's hash."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(128))
