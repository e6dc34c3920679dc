"""Who works on a push: one process at a time, by a lease that ends by itself when its holder dies.

A claim is one UPDATE that names the state it expects, and counts only where it changed exactly one row: the same on
SQLite and PostgreSQL. Every later write of the holder renews the lease by the same rule, so that one who slept too long
finds out before he writes.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from content import audit
from content.store import clock
from scheduler.freezing import nothing_frozen
from scheduler.models import Channel, Publication, State
from scheduler.moves import get_locked, is_one

LEASE = timedelta(seconds=180)
IMPOSSIBLE = timedelta(hours=3)
"""No lease of ours ends later than this: what does was written while the clock was wrong."""
SPARE = 12
"""Looked at beyond what is wanted: others may be quicker."""


class Lost(Exception):
    """Somebody else holds it now: nothing more may be done with it."""


def is_anything_due(session: Session, now: datetime) -> bool:
    """Cheap, and without a lock: most ticks end here."""
    due = select(Publication.id).where(Publication.state == State.SCHEDULED, _is_due(now)).limit(1)
    left = select(Publication.id).where(_is_left(now)).limit(1)
    return session.scalar(due) is not None or session.scalar(left) is not None


def publishes_due(session: Session, now: datetime, most: int) -> int:
    """How many pushes that reach nobody's phone are due, at most `most`."""
    is_new = (Publication.state == State.SCHEDULED, Publication.channel == Channel.PUBLISH, _is_due(now))
    return len(session.scalars(select(Publication.id).where(*is_new).limit(most)).all())


def claim_due(
    session: Session, now: datetime, owner: str, limit: int = 1, lease: timedelta = LEASE, channel: str = ""
) -> list[int]:
    """Takes what is due, the longest waiting first. `owner` must be new for each claim."""
    wanted = and_(Publication.state == State.SCHEDULED, _is_due(now), nothing_frozen())
    if channel:
        wanted = and_(wanted, Publication.channel == channel)
    query = select(Publication.id).where(wanted).order_by(Publication.due_at, Publication.id).limit(limit + SPARE)
    claimed: list[int] = []
    for publication_id in session.scalars(query).all():
        statement = update(Publication).where(Publication.id == publication_id, wanted)
        values = {"state": State.PUBLISHING, "lease_owner": owner, "lease_until": now + lease, "changed_at": now}
        if len(claimed) < limit and is_one(session, statement.values(values)):
            claimed.append(publication_id)
    for publication_id in claimed:  # after all rows are ours: everybody locks pushes before the audit log
        audit.record(session, "", f"post.{State.PUBLISHING}", f"post:{publication_id}", before=State.SCHEDULED)
    return claimed


def take_over(session: Session, now: datetime, owner: str, lease: timedelta = LEASE) -> int | None:
    """A push whose holder died, or which rests until it is looked at again."""
    for publication_id in session.scalars(select(Publication.id).where(_is_left(now)).limit(SPARE)).all():
        statement = update(Publication).where(Publication.id == publication_id, _is_left(now))
        if is_one(session, statement.values(lease_owner=owner, lease_until=now + lease)):
            return publication_id
    return None


def borrow(session: Session, publication_id: int, now: datetime, owner: str, lease: timedelta = LEASE) -> bool:
    """For preparing it ahead of its time; its claim at the due time takes it away again."""
    is_free = or_(Publication.lease_until.is_(None), Publication.lease_until <= now, _is_impossible(now))
    statement = update(Publication).where(
        Publication.id == publication_id, Publication.state.in_((State.IN_REVIEW, State.SCHEDULED)), is_free
    )
    return is_one(session, statement.values(lease_owner=owner, lease_until=now + lease))


def hold(session: Session, publication_id: int, owner: str, lease: timedelta = LEASE) -> Publication:
    """The push, ours for another while and locked until this transaction ends. Raises Lost."""
    statement = update(Publication).where(Publication.id == publication_id, Publication.lease_owner == owner)
    if not is_one(session, statement.values(lease_until=clock.now() + lease)):
        raise Lost
    return get_locked(session, publication_id)


def rest(publication: Publication, seconds: float) -> None:
    """Lets go of it, but nobody takes it before so many seconds have passed."""
    publication.lease_owner = ""
    publication.lease_until = clock.now() + timedelta(seconds=seconds)


def _is_due(now: datetime) -> ColumnElement[bool]:
    is_patient = or_(Publication.next_try_at.is_(None), Publication.next_try_at <= now)
    return and_(Publication.due_at <= now, is_patient)


def _is_left(now: datetime) -> ColumnElement[bool]:
    return and_(Publication.state == State.PUBLISHING, or_(Publication.lease_until <= now, _is_impossible(now)))


def _is_impossible(now: datetime) -> ColumnElement[bool]:
    return Publication.lease_until > now + IMPOSSIBLE
