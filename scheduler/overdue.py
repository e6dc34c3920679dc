"""Times that have passed without a send are told, never made up for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.store.db import Database
from scheduler.models import Publication, State
from scheduler.moves import get_locked, move, stopped
from scheduler.rounds import deadline

MOST = 100
NEAR = timedelta(days=1)
_WAITING = (State.SCHEDULED, State.IN_REVIEW, State.DRAFT, State.RETURNED)
_NEVER_READY = {
    State.DRAFT: "到时间还没有送审", State.IN_REVIEW: "到时间还没有审核通过",
    State.RETURNED: "退回后到时间还没有改好送审",
}  # fmt: skip


def sweep(database: Database, now: datetime, reason: str = "") -> int:
    """What is past its last moment, approved or not, becomes overdue; how many did. `reason`: why it was not sent."""
    with database.reading() as session:
        late = [publication.id for publication in _due(session, now) if deadline(publication) < now]
    for publication_id in late:
        with database.transaction() as session:
            publication = get_locked(session, publication_id)
            if publication.state in _WAITING and deadline(publication) < now:
                publication.trouble = _told(publication, reason)
                move(session, publication, State.OVERDUE, "")
    return len(late)


def is_any_near(session: Session, now: datetime) -> bool:
    """Whether an approved push is to go out within a day."""
    query = select(Publication.id).where(Publication.state == State.SCHEDULED, Publication.due_at < now + NEAR)
    return session.scalar(query.limit(1)) is not None


def _due(session: Session, now: datetime) -> Sequence[Publication]:
    query = select(Publication).where(Publication.state.in_(_WAITING), Publication.due_at < now)
    return session.scalars(query.order_by(Publication.due_at).limit(MOST)).all()


def _told(publication: Publication, reason: str) -> str:
    if told := _NEVER_READY.get(State(publication.state)):
        return f"{told}：请改时间后重新送审，或撤回。"
    before = publication.trouble or reason or "到时间时程序没有运行，或一直停发。"
    return f"{stopped(before)}已经过了最晚时间，不再自动发送：请改时间后重新送审，或撤回。"
