"""What happened to the installation's safety: sign-ins, links opened, erasures, refused signatures. Never what anybody
said; a citizen is a name that nobody can read any more once he is erased (handlers/privacy/traces.py). Kept for six
months: 网络安全法第二十三条.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from content.store import clock
from content.store.db import Base

KEPT = timedelta(days=183)


class Event(StrEnum):
    SIGNED_IN = "signed_in"  # a member of staff
    LOCKED = "locked"  # a member of staff, or a name that nobody has, after wrong passwords
    LINK_OPENED = "link_opened"  # a citizen's page of his own data
    TAKEN_AWAY = "taken_away"  # his data as a file
    ERASED = "erased"
    REFUSED = "refused"  # requests whose signature was not WeChat's


class SecurityEvent(Base):
    __tablename__ = "security_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    what: Mapped[str] = mapped_column(String(16))
    who: Mapped[str] = mapped_column(String(32), default="")
    """A member of staff by name, a citizen by a name of his trace key; empty where it was nobody known."""
    count: Mapped[int] = mapped_column(default=1)


def note(session: Session, what: Event, who: str = "", count: int = 1) -> None:
    session.add(SecurityEvent(at=clock.now(), what=what, who=who[:32], count=count))
    session.flush()


def count_refused(session: Session, count: int) -> None:
    """One row an hour, however many there are."""
    now = clock.now()
    same = (SecurityEvent.what == Event.REFUSED) & (SecurityEvent.at >= now.replace(minute=0, second=0, microsecond=0))
    found = select(SecurityEvent.id).where(same).order_by(SecurityEvent.id).limit(1).scalar_subquery()
    more = update(SecurityEvent).where(SecurityEvent.id == found).values(count=SecurityEvent.count + count)
    if session.execute(more.returning(SecurityEvent.id)).first() is None:
        note(session, Event.REFUSED, count=count)


def totals(session: Session, since: datetime) -> Sequence[tuple[str, int]]:
    """How often each happened, by name."""
    counted = select(SecurityEvent.what, func.sum(SecurityEvent.count)).where(SecurityEvent.at >= since)
    found = session.execute(counted.group_by(SecurityEvent.what).order_by(SecurityEvent.what))
    return [(what, int(total)) for what, total in found]


def purge(session: Session) -> None:
    session.execute(delete(SecurityEvent).where(SecurityEvent.at < clock.now() - KEPT))
