"""What a restored machine must not do by itself: send again what the lost machine may have sent after the backup."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.store import clock
from scheduler.models import Publication, State
from scheduler.moves import get_locked, move


def hold_back(session: Session, made_at: datetime) -> int:
    """Approved pushes whose time came between the backup and now wait for a person; how many there are. What was being
    sent at the backup's moment is found out by the pipeline itself: it asks WeChat before it does anything.
    """
    query = select(Publication.id).where(Publication.state == State.SCHEDULED, Publication.due_at <= clock.now())
    held = list(session.scalars(query.order_by(Publication.id)).all())
    for publication_id in held:
        publication = get_locked(session, publication_id)
        publication.trouble = (
            f"这条推送来自 {clock.spoken(made_at)} 的备份，原来的机器可能已经发出：请先到公众号后台核对，"
            "没有发出再改时间重新送审，已经发出就撤回本条。"
        )
        move(session, publication, State.OVERDUE, "", restored_from=made_at.isoformat())
    return len(held)
