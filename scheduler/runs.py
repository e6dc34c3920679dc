"""When a job ran last and what went wrong, for all schedulers together: a rare job is done by one of them.

A frequent job runs in every scheduler; only its failure, and that it runs again, are written down.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from content.store.db import Database, take_turns
from scheduler.models import JobRun

RARE_SECONDS = 60
"""From this interval on a job is shared out."""
_EARLY = 0.1  # of the interval: clocks and ticks are never quite even


class NotAll(Exception):
    """A job ran but could not get everything; the message says in Chinese what is lacking."""


def begin(database: Database, name: str, every: timedelta, now: datetime) -> bool:
    """True where this scheduler is to run the job now; False where one has begun it within its interval."""
    with database.transaction() as session:
        row = _row(session, name)
        begun = row.started_at
        if begun is not None and begun <= now < begun + every * (1 - _EARLY):
            return False
        row.started_at = now
        return True


def note(database: Database, name: str, now: datetime, trouble: str = "") -> None:
    """How a run has ended."""
    with database.transaction() as session:
        row = _row(session, name)
        row.finished_at, row.trouble = now, trouble


def _row(session: Session, name: str) -> JobRun:
    take_turns(session, f"job:{name}")
    row = session.get(JobRun, name)
    if row is None:
        row = JobRun(name=name, trouble="")
        session.add(row)
        session.flush()
    return row
