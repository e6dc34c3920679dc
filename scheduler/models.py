"""What is to go out, how far it has come, what we owe to whom, and the figures of each day. Tables only."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base

LATE_AFTER = timedelta(minutes=30)
"""How late a post may still go out by itself, unless it says otherwise."""


class Channel(StrEnum):
    PUBLISH = "publish"  # 发布: on the net, in nobody's phone, no quota
    MASS = "mass"  # 群发: into followers' phones, spends the quota


class State(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    OVERDUE = "overdue"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.IN_REVIEW, State.WITHDRAWN, State.OVERDUE}),
    State.IN_REVIEW: frozenset({State.DRAFT, State.RETURNED, State.SCHEDULED, State.WITHDRAWN, State.OVERDUE}),
    State.RETURNED: frozenset({State.DRAFT, State.IN_REVIEW, State.WITHDRAWN, State.OVERDUE}),
    State.SCHEDULED: frozenset({State.DRAFT, State.PUBLISHING, State.WITHDRAWN, State.OVERDUE, State.UNCERTAIN}),
    State.PUBLISHING: frozenset(
        {State.SCHEDULED, State.DRAFT, State.SUBMITTED, State.FAILED, State.UNCERTAIN, State.OVERDUE}
    ),
    State.SUBMITTED: frozenset({State.PUBLISHED, State.FAILED, State.UNCERTAIN}),
    State.PUBLISHED: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
    State.OVERDUE: frozenset({State.DRAFT, State.WITHDRAWN}),
    State.FAILED: frozenset({State.DRAFT, State.WITHDRAWN}),
    State.UNCERTAIN: frozenset({State.SCHEDULED, State.SUBMITTED, State.PUBLISHED, State.FAILED, State.WITHDRAWN}),
}


class Publication(Base):
    """One push: one or several articles, to whom, when, and how far it has come."""

    __tablename__ = "publications"
    __table_args__ = (Index("ix_publications_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(64))
    """Of its first article, for lists."""
    channel: Mapped[str] = mapped_column(String(8))
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)
    """{"all": true} or {"tag": "name"} for mass, {} for publish."""
    due_at: Mapped[datetime]
    late_after_seconds: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    written_by: Mapped[str] = mapped_column(String(32))
    is_emergency: Mapped[bool] = mapped_column(default=False)
    """Went out on one person's word; red until `reviewed_afterwards_at`."""
    reviewed_afterwards_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(default=1)
    """Raised when what is sent changes: steps and clientmsgid belong to one round."""
    digest: Mapped[str] = mapped_column(String(64), default="")
    """What was approved; empty before and after any edit."""
    lease_owner: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    """Not before this moment again, after a `Later`."""
    tries: Mapped[int] = mapped_column(default=0)
    client_msg_id: Mapped[str] = mapped_column(String(32), default="")
    draft_media_id: Mapped[str] = mapped_column(String(128), default="")
    draft_read_at: Mapped[datetime | None]
    draft_difference: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What WeChat's copy lacks of ours, a line each."""
    publish_id: Mapped[str] = mapped_column(String(64), default="")
    msg_id: Mapped[str] = mapped_column(String(64), default="")
    msg_data_id: Mapped[str] = mapped_column(String(64), default="")
    article_id: Mapped[str] = mapped_column(String(128), default="")
    urls: Mapped[list[str]] = mapped_column(JSON, default=list)
    confirm_until: Mapped[datetime | None]
    """Until when the administrator's phone must confirm (89504/89505)."""
    trouble: Mapped[str] = mapped_column(Text, default="")
    """What went wrong and what to do, in Chinese."""
    evidence: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What WeChat said, moment by moment; for a person who must decide."""
    looked_by: Mapped[str] = mapped_column(String(32), default="")
    """Who has said that he has seen what went wrong; empty again with its next turn."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class PublicationItem(Base):
    """The articles of a push in order; a revision is never edited."""

    __tablename__ = "publication_items"

    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("materials.id"), index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))


class Step(Base):
    """One thing done for one round of a push; a step with a row is never done again."""

    __tablename__ = "publication_steps"
    __table_args__ = (UniqueConstraint("publication_id", "round", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id", ondelete="CASCADE"))
    round: Mapped[int]
    name: Mapped[str] = mapped_column(String(24))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


class PlatformEvent(Base):
    """What WeChat told us of a push by itself; kept as it came, since it may come before we know which push it is."""

    __tablename__ = "platform_events"
    __table_args__ = (Index("ix_platform_events_number", "number"),)

    key: Mapped[str] = mapped_column(String(96), primary_key=True)
    """Its kind, number and status: the same event delivered again is the same row."""
    number: Mapped[str] = mapped_column(String(64))
    """The msg_id or publish_id."""
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
    publication_id: Mapped[int | None]
    """The push that it closed; None until one is found."""


class PlatformPicture(Base):
    """What WeChat calls a picture of ours, so that none is uploaded twice."""

    __tablename__ = "platform_pictures"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8), primary_key=True)
    """body (a URL) or cover (a permanent media_id)."""
    name: Mapped[str] = mapped_column(String(512))
    at: Mapped[datetime]


class Freeze(Base):
    """The red switch: while one is not released, nothing is sent. Released by two persons."""

    __tablename__ = "freezes"

    id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    set_by: Mapped[str] = mapped_column(String(32))
    set_at: Mapped[datetime]
    first_release_by: Mapped[str] = mapped_column(String(32), default="")
    released_by: Mapped[str] = mapped_column(String(32), default="")
    released_at: Mapped[datetime | None]


class Outgoing(Base):
    """A message that we owe to staff or to one citizen; sent once."""

    __tablename__ = "outgoing"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """What makes it once-only, such as `morning-card:2026-12-04`."""
    kind: Mapped[str] = mapped_column(String(16))
    """alert (mail and WeCom) or citizen (a custom message)."""
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12))
    """waiting, sending, sent, failed or unknown."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(Text, default="")
    owed_at: Mapped[datetime]
    heard_by: Mapped[str] = mapped_column(String(32), default="")
    """Who in the console said that he has read it."""


class JobRun(Base):
    """When a job ran last, wherever it ran: many schedulers share one table."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(Text, default="")


class PlatformArticle(Base):
    """What WeChat's statistics call an article, and its title there; also of articles that did not come from here."""

    __tablename__ = "platform_articles"

    msgid: Mapped[str] = mapped_column(String(64), primary_key=True)
    """msg_data_id, an underscore and its place in the push."""
    title: Mapped[str] = mapped_column(String(128))
    url: Mapped[str] = mapped_column(String(512), default="")
    published_on: Mapped[date] = mapped_column(Date)


class DailyFigure(Base):
    """One figure of one day: of the platform's statistics or of our own counting."""

    __tablename__ = "daily_figures"

    on: Mapped[date] = mapped_column("day", Date, primary_key=True)
    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The platform's interface, or `own`."""
    name: Mapped[str] = mapped_column(String(96), primary_key=True)
    value: Mapped[int]
    is_final: Mapped[bool] = mapped_column(default=True)
