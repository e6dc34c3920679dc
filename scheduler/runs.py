"""When a job ran last and what went wrong, for all schedulers together: a rare job is done by one of them.

A frequent job runs in every scheduler; only its failure, and that it runs again, are written down.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from content.store.db import Database, take_turns
from scheduler.models import JobRun

RARE_SECONDS = 60
"""From this interval on a job is shared out; every scheduler looks so often whether it is due."""
STUCK = timedelta(minutes=10)
"""After so long a run that has not ended has died with its scheduler."""
SKEW = timedelta(minutes=5)
"""What was begun further ahead than this was begun by a clock that was wrong."""
_EARLY = 0.1  # of the interval: clocks and ticks are never quite even


class NotAll(Exception):
    """A job ran but could not get everything; the message says in Chinese what is lacking."""


def begin(database: Database, name: str, every: timedelta, now: datetime) -> bool:
    """True where this scheduler is to run the job now; False where one has begun it within its interval."""
    with database.reading() as session:
        known = session.get(JobRun, name)
        if known is not None and not _is_due(known, every, now):
            return False
    with database.transaction() as session:
        row = _row(session, name)
        if not _is_due(row, every, now):
            return False
        row.started_at = now
        return True


def _is_due(row: JobRun, every: timedelta, now: datetime) -> bool:
    begun, ended = row.started_at, row.finished_at
    if begun is None or begun > now + SKEW:
        return True
    has_ended = ended is not None and ended >= begun
    return now >= begun + (every * (1 - _EARLY) if has_ended else STUCK)


def note(database: Database, name: str, now: datetime, trouble: str = "") -> None:
    """How a run has ended."""
    with database.transaction() as session:
        row = _row(session, name)
        row.finished_at, row.trouble = now, trouble


def last_trouble(database: Database, name: str) -> str:
    """What went wrong when it was noted last; empty where nothing did."""
    with database.reading() as session:
        row = session.get(JobRun, name)
        return row.trouble if row else ""


def _row(session: Session, name: str) -> JobRun:
    take_turns(session, f"job:{name}")
    row = session.get(JobRun, name)
    if row is None:
        row = JobRun(name=name, trouble="")
        session.add(row)
        session.flush()
    return row
