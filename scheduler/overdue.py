"""Times that have passed without a send are told, never made up for; times that come near are announced."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.store.db import Database
from scheduler import notices
from scheduler.models import Channel, Publication, State
from scheduler.moves import get_locked, move
from scheduler.rounds import deadline

AHEAD = timedelta(minutes=30)
MOST = 100
_WAITING = (State.SCHEDULED, State.IN_REVIEW)


def sweep(database: Database, now: datetime) -> int:
    """What is past its last moment, approved or not, becomes overdue; how many did."""
    with database.reading() as session:
        late = [publication.id for publication in _due(session, now) if deadline(publication) < now]
    for publication_id in late:
        with database.transaction() as session:
            publication = get_locked(session, publication_id)
            if publication.state in _WAITING and deadline(publication) < now:
                publication.trouble = _reason(publication)
                move(session, publication, State.OVERDUE, "")
    return len(late)


def announce(database: Database, now: datetime) -> int:
    """Mass sends to all of the next half hour: WeChat may ask the administrator's phone."""
    with database.reading() as session:
        query = select(Publication).where(
            Publication.state == State.SCHEDULED, Publication.due_at > now, Publication.due_at <= now + AHEAD
        )
        near = [found for found in session.scalars(query).all() if found.channel == Channel.MASS]
    for publication in near:
        with database.transaction() as session:
            notices.announce(session, publication)
    return len(near)


def _due(session: Session, now: datetime) -> Sequence[Publication]:
    query = select(Publication).where(Publication.state.in_(_WAITING), Publication.due_at < now)
    return session.scalars(query.order_by(Publication.due_at).limit(MOST)).all()


def _reason(publication: Publication) -> str:
    if publication.state == State.IN_REVIEW:
        return "到时间还没有审核通过：请改时间后重新送审，或撤回。"
    before = publication.trouble or "到时间时程序没有运行，或一直停发。"
    return f"{before}已经过了最晚时间，不再自动发送：请改时间后重新送审，或撤回。"
