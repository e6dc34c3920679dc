"""Rounds that citizens play and each answer they gave. Tables only."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from content.store.db import Base


class Round(Base):
    """Some questions drawn for one citizen, in the order he gets them."""

    __tablename__ = "quiz_rounds"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    citizen_id: Mapped[str] = mapped_column(String(32), index=True)
    question_keys: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

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
    at: Mapped[datetime]
