"""What was not understood in a week, gathered by likeness: what each gathering would add, what staff made of it, and
what that has gained.

A gathering names the misses (handlers/turns.py) and copies none of their words: those go after thirty days, or with
the citizen, and the figures stay.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, Date, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base

ALIKE = 0.5
"""Share of the shorter one's pairs of characters that two messages have in common, to be about the same."""
MOST = 5000
"""Misses of a week that are looked at."""
WEEK = timedelta(days=7)


class ClusterState(StrEnum):
    OPEN = "open"
    SYNONYM = "synonym"  # words were added to a topic
    DRAFT = "draft"  # an answer is being written
    SET_ASIDE = "set_aside"  # nobody's business here


class MissCluster(Base):
    __tablename__ = "miss_clusters"

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(Date, index=True)
    """Its Monday."""
    miss_ids: Mapped[list[int]] = mapped_column(JSON)
    size: Mapped[int]
    people: Mapped[int]
    asked: Mapped[int]
    """All messages of that week."""
    state: Mapped[str] = mapped_column(String(12))
    topic: Mapped[str] = mapped_column(String(64), default="")
    words: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What staff chose as names of the topic."""
    note: Mapped[str] = mapped_column(Text, default="")
    """What the answer should say, or why it is set aside."""
    done_by: Mapped[str] = mapped_column(String(32), default="")
    done_at: Mapped[datetime | None]
    gained: Mapped[int | None]
    """How often more its topic was understood in the week after, measured then."""
    again: Mapped[int | None]
    """How often the like was not understood in the week after."""
