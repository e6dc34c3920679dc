"""Whether anybody sends at all: each scheduler leaves a sign of life in the database, and whoever serves pages or is
asked by monitoring compares. A scheduler that is dead can tell nobody so itself.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content.store.db import Database
from scheduler import runs
from scheduler.freezing import is_frozen
from scheduler.models import JobRun, Publication, State

ALIVE = "alive"
SIGN_SECONDS = 20
SILENT_AFTER = timedelta(minutes=2)
PATIENCE = timedelta(minutes=1)
"""So long after its time a push that nobody has taken up is one that nobody sends."""


def leave_sign(database: Database, now: datetime) -> None:
    runs.note(database, ALIVE, now)


def last_sign(session: Session) -> datetime | None:
    """Of any scheduler; None where none has ever run."""
    row = session.get(JobRun, ALIVE)
    return row.finished_at if row else None


def is_silent(session: Session, now: datetime) -> bool:
    """No scheduler has been heard of for a while: nothing is sent, and nobody is told of anything."""
    last = last_sign(session)
    return last is None or last < now - SILENT_AFTER


def left_lying(session: Session, now: datetime) -> list[Publication]:
    """Approved pushes whose time has come and that nobody has taken up, though nothing is frozen; by their time."""
    if is_frozen(session):
        return []
    is_patient = or_(Publication.next_try_at.is_(None), Publication.next_try_at < now - PATIENCE)
    query = select(Publication).where(
        Publication.state == State.SCHEDULED, Publication.due_at < now - PATIENCE, is_patient
    )
    return list(session.scalars(query.order_by(Publication.due_at).limit(20)).all())


def trouble(session: Session, now: datetime) -> str:
    """For the console's bar, on every page; empty where all is well or nothing waits to be sent."""
    if lying := left_lying(session, now):
        named = f"有 {len(lying)} 条推送到了时间没有人发（如《{lying[0].title}》）"
        return f"{named}：定时任务可能没有运行，请马上告诉管理员。"
    if not is_silent(session, now):
        return ""
    waits = select(Publication.id).where(Publication.state.in_((State.SCHEDULED, State.PUBLISHING, State.SUBMITTED)))
    is_waiting = session.scalar(waits.limit(1)) is not None
    return "定时任务没有运行：排好的推送到时间不会发出。请马上告诉管理员。" if is_waiting else ""
