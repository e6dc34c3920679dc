"""The service's own figures that anybody may see: understood at once, answered by a person in time, sent on time, how
old the newest check of the law is. Computed from the tables that are there anyway; looks, changes nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.repository import Shelf
from content.store import clock
from handlers import misses
from handlers.talk.models import Ticket
from handlers.turns import AskedCount
from scheduler.models import Publication


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> str:
        """With one digit; cut and not rounded, so that 100% is all of it. Empty where there is nothing."""
        if not self.whole:
            return ""
        tenths = self.part * 1000 // self.whole
        return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


@dataclass(frozen=True, slots=True)
class Figures:
    days: int
    understood: Share
    answered_in_time: Share
    """Of the messages whose day for the first answer is over or that were answered."""
    sent_on_time: Share


@dataclass(frozen=True, slots=True)
class Answers:
    count: int
    reviewed: int
    oldest_check: str
    """A day as it was written; empty where none is known."""


def figures(session: Session, now: datetime, days: int) -> Figures:
    """Of so many whole days before today."""
    today = clock.in_beijing(now).date()
    first = today - timedelta(days=days)
    return Figures(
        days, _understood(session, first, today), _answered(session, first, today), _sent(session, first, now)
    )


def answers(shelf: Shelf) -> Answers:
    held = [answer for slug, answer in shelf.answers.items() if not slug.startswith("talk/")]
    checks = sorted(str(answer.facts["checked_on"]) for answer in held if answer.facts.get("checked_on"))
    return Answers(len(held), sum(answer.is_reviewed for answer in held), checks[0] if checks else "")


def _understood(session: Session, first: date, today: date) -> Share:
    query = select(AskedCount.topic, func.sum(AskedCount.count)).group_by(AskedCount.topic)
    days = query.where(AskedCount.asked_on >= first, AskedCount.asked_on < today)
    counted = {topic: int(count) for topic, count in session.execute(days).all()}
    whole = sum(counted.values())
    return Share(whole - counted.get(misses.UNKNOWN, 0), whole)


def _answered(session: Session, first: date, today: date) -> Share:
    begin = datetime.combine(first, time(), clock.BEIJING)
    query = select(Ticket.due_on, Ticket.first_answered_at).where(Ticket.received_at >= begin)
    found = [(due, at) for due, at in session.execute(query).all() if at is not None or due < today]
    in_time = sum(at is not None and clock.in_beijing(at).date() <= due for due, at in found)
    return Share(in_time, len(found))


def _sent(session: Session, first: date, now: datetime) -> Share:
    """Of what should have gone out; what was withdrawn was not to go out."""
    begin = datetime.combine(first, time(), clock.BEIJING)
    query = select(Publication.due_at, Publication.late_after_seconds, Publication.submitted_at).where(
        Publication.due_at >= begin, Publication.due_at < now, Publication.digest != "",
        Publication.state.in_(("submitted", "published", "overdue", "failed", "uncertain")),
    )  # fmt: skip
    found = session.execute(query).all()
    in_time = sum(at is not None and at <= due + timedelta(seconds=late) for due, late, at in found)
    return Share(in_time, len(found))
