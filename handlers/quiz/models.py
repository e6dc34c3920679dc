"""Campaigns that are held, rounds that citizens play and each answer they gave. Tables only."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.store.db import Base


class HeldCampaign(Base):
    """A campaign with its rules as they were promised. They are never changed: another campaign takes its place."""

    __tablename__ = "quiz_campaigns"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(32))
    rules: Mapped[str] = mapped_column(Text)
    """TOML, see campaign.py."""
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    commitment: Mapped[str] = mapped_column(String(64))
    """The hash of the draw's secret, published from the first day; see draw.py."""
    secret: Mapped[str] = mapped_column(Text)
    """Encrypted."""
    created_by: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]


class Round(Base):
    """Some questions drawn for one citizen, in the order he gets them: practice, or a paper of a campaign."""

    __tablename__ = "quiz_rounds"
    __table_args__ = (Index("ix_quiz_rounds_campaign", "campaign_id", "citizen_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Also the seed with which a campaign's paper was drawn: anybody entitled can draw it again."""
    citizen_id: Mapped[str] = mapped_column(String(32), index=True)
    """Whose practice it is; for a campaign's paper his name in that campaign, see citizens.participant_of."""
    question_keys: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("quiz_campaigns.id"))
    points: Mapped[list[int]] = mapped_column(JSON, default=list)
    """What each question is worth; empty for practice."""
    half_points: Mapped[int] = mapped_column(default=0)
    """What the answers have brought so far, in half points: their sum, written with each of them."""
    deadline_at: Mapped[datetime | None]
    """From this moment on nothing is taken any more, and what was given is handed in."""

    given: Mapped[list["GivenAnswer"]] = relationship(order_by="GivenAnswer.place", cascade="all, delete-orphan")


class GivenAnswer(Base):
    """One answer; the first one given to a question counts, and only that."""

    __tablename__ = "quiz_answers"
    __table_args__ = (UniqueConstraint("round_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("quiz_rounds.id", ondelete="CASCADE"))
    place: Mapped[int]
    question_key: Mapped[str] = mapped_column(String(32))
    letters: Mapped[str] = mapped_column(String(8))
    is_right: Mapped[bool]
    half_points: Mapped[int] = mapped_column(default=0)
    """What it brought, in half points."""
    at: Mapped[datetime]
