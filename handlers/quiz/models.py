"""Campaigns that are held, who takes part in them, rounds that are played and each answer given. Tables only."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
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
    """When it is open, whatever its rules said first: staff may open or close it early, and that is audited."""
    commitment: Mapped[str] = mapped_column(String(64))
    """The hash of the draw's secret, published from the first day; see draw.py."""
    secret: Mapped[str] = mapped_column(Text)
    """Encrypted."""
    created_by: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    pool: Mapped[list[list[Any]]] = mapped_column(JSON, default=list, deferred=True)
    """From which questions papers were drawn, state by state; pool.py owns it."""


class Withdrawal(Base):
    """A campaign that was taken back before its opening, or is to be; see withdrawing.py. Its name may be another's."""

    __tablename__ = "quiz_withdrawals"
    __table_args__ = (
        Index("ix_quiz_withdrawals_asked", "campaign_id", unique=True, sqlite_where=text("withdrawn_at IS NULL"),
              postgresql_where=text("withdrawn_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(32))
    rules: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime]
    agreed_by: Mapped[str] = mapped_column(String(32))
    """Empty where one person was enough, and while a second one is waited for."""
    withdrawn_at: Mapped[datetime | None]


class Unit(Base):
    """A unit that competes, or whose people sit the exam; units form a tree."""

    __tablename__ = "quiz_units"
    __table_args__ = (UniqueConstraint("campaign_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("quiz_units.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(400))
    """Its name behind those of the units above it, joined by "/"."""
    head_count: Mapped[int]
    """People who could take part, without those of the units below."""
    entered_by: Mapped[str] = mapped_column(String(32))
    entered_at: Mapped[datetime]
    people: Mapped[int] = mapped_column(default=0)
    """Who have handed in a paper: kept by standings.py in the transaction of each hand-in, as is `half_points`."""
    half_points: Mapped[int] = mapped_column(default=0)
    """Of the best papers of its people, together."""


class Participant(Base):
    """Somebody who takes part in a campaign, and his best paper so far. Nobody can tell who he is."""

    __tablename__ = "quiz_participants"
    __table_args__ = (
        Index("ix_quiz_participants_merit", "campaign_id", "merit"),
        Index("ix_quiz_participants_unit", "unit_id"),
        UniqueConstraint("campaign_id", "code"),
    )

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    """As citizens.participant_of has it; in an exam from the roster."""
    code: Mapped[str] = mapped_column(String(16))
    """Under which he stands on boards and in the draw; says nothing of him."""
    nickname: Mapped[str] = mapped_column(String(16), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("quiz_units.id"))
    joined_at: Mapped[datetime]
    papers: Mapped[int] = mapped_column(default=0)
    """Handed in so far."""
    round_id: Mapped[str | None] = mapped_column(String(32))
    """His best paper; with the next four None before the first."""
    half_points: Mapped[int | None]
    seconds: Mapped[int | None]
    handed_in_at: Mapped[datetime | None]
    merit: Mapped[str | None] = mapped_column(String(32))
    """His best paper's place in the order of all, smallest first; see standings.py."""


class MeritCount(Base):
    """How many participants stand at some points (level 0), or at some points and seconds (level 1): a rank is a short
    sum, however many take part.
    """

    __tablename__ = "quiz_merit_counts"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(16), primary_key=True)
    """The beginning of their merits."""
    people: Mapped[int]


class FrozenBoard(Base):
    """The boards as they stood when they were frozen."""

    __tablename__ = "quiz_frozen_boards"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("quiz_campaigns.id", ondelete="CASCADE"), primary_key=True)
    people: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    units: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Seat(Base):
    """A browser that plays for a participant. Its cookie holds the token, this table its digest."""

    __tablename__ = "quiz_seats"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "participant"], ["quiz_participants.campaign_id", "quiz_participants.name"],
            ondelete="CASCADE",
        ),
        Index("ix_quiz_seats_participant", "campaign_id", "participant"),
    )  # fmt: skip

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    link: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The link that was used for it: a link binds one browser."""
    campaign_id: Mapped[str] = mapped_column(String(32))
    participant: Mapped[str] = mapped_column(String(32))
    bound_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Since another browser was bound, or it signed off."""


class Round(Base):
    """Some questions drawn for one citizen, in the order he gets them: practice, or a paper of a campaign."""

    __tablename__ = "quiz_rounds"
    __table_args__ = (
        Index("ix_quiz_rounds_campaign", "campaign_id", "citizen_id"),
        Index("ix_quiz_rounds_due", "campaign_id", "deadline_at", sqlite_where=text("finished_at IS NULL"),
              postgresql_where=text("finished_at IS NULL")),
        Index("ix_quiz_rounds_begun", "started_at", sqlite_where=text("finished_at IS NULL"),
              postgresql_where=text("finished_at IS NULL")),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Also the seed with which a campaign's paper was drawn: anybody entitled can draw it again."""
    citizen_id: Mapped[str] = mapped_column(String(32), index=True)
    """Whose practice it is; for a campaign's paper the participant's name."""
    question_keys: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("quiz_campaigns.id"))
    points: Mapped[list[int]] = mapped_column(JSON, default=list)
    """What each question is worth; empty for practice."""
    half_points: Mapped[int] = mapped_column(default=0)
    """What the answers have brought, in half points: their sum, once the round is finished."""
    deadline_at: Mapped[datetime | None]
    """From this moment on nothing is taken any more, and what was given is handed in."""
    drawn_from: Mapped[int | None]
    """The state of its campaign's pool."""

    given: Mapped[list["GivenAnswer"]] = relationship(order_by="GivenAnswer.place", cascade="all, delete-orphan")


class GivenAnswer(Base):
    """The answer to one question of a round."""

    __tablename__ = "quiz_answers"
    __table_args__ = ({"sqlite_with_rowid": False},)

    round_id: Mapped[str] = mapped_column(ForeignKey("quiz_rounds.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    question_key: Mapped[str] = mapped_column(String(32))
    letters: Mapped[str] = mapped_column(String(8))
    """Empty where a choice was taken back."""
    is_right: Mapped[bool]
    half_points: Mapped[int] = mapped_column(default=0)
    """What it brought, in half points."""
    at: Mapped[datetime]
    is_final: Mapped[bool] = mapped_column(default=True)
    """Given in the chat, where the verdict is told at once: it is not changed any more. On a page it may be changed
    until the paper is handed in.
    """
    seq: Mapped[int] = mapped_column(default=0)
    """Of the tap that brought it: what arrives late does not overwrite what was tapped later."""
    message_key: Mapped[str | None] = mapped_column(String(64))
    """The message that brought it, so that it counts once."""
