"""What a restored machine must not do by itself: send again what the lost machine may have sent after the backup."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.store import clock
from scheduler.models import Publication, State
from scheduler.moves import get_locked, move
from scheduler.register import find_step
from scheduler.rounds import note_step

_APPROVED = (State.SCHEDULED, State.PUBLISHING)
_UNSURE = (State.DRAFT, State.IN_REVIEW, State.RETURNED, State.OVERDUE, State.FAILED)


def hold_back(session: Session, made_at: datetime) -> int:
    """Nothing that was approved in the backup goes out before a person has looked, also not what is planned for later:
    the lost machine may have sent it ahead of its time. WeChat is asked meanwhile. How many there are.
    """
    query = select(Publication.id).where(Publication.state.in_(_APPROVED))
    held = list(session.scalars(query.order_by(Publication.id)).all())
    for publication_id in held:
        publication = get_locked(session, publication_id)
        if publication.due_at > clock.now() or find_step(session, publication, "submitting"):
            _ask(session, publication, made_at)
        else:
            _end(session, publication, made_at)
    for publication in session.scalars(select(Publication).where(Publication.state.in_(_UNSURE))).all():
        publication.trouble = f"{_from(made_at)}：审核或重新排期之前，请先到公众号后台核对。{publication.trouble}"
    return len(held)


def _ask(session: Session, publication: Publication, made_at: datetime) -> None:
    """Two buttons, and the approval stands: what was not sent is sent at its time."""
    note_step(session, publication, "restored").at = made_at
    publication.trouble = (
        f"{_from(made_at)}：请到公众号后台核对，再点“已经发出”或“没有发出”。没有发出的到时间照常发送；"
        "时间已过的马上发送。"
    )
    publication.tries, publication.next_try_at = 0, clock.now()
    move(session, publication, State.UNCERTAIN, "", restored_from=made_at.isoformat())


def _end(session: Session, publication: Publication, made_at: datetime) -> None:
    publication.trouble = f"{_from(made_at)}：请先到公众号后台核对，没有发出再改时间重新送审，已经发出就撤回本条。"
    move(session, publication, State.OVERDUE, "", restored_from=made_at.isoformat())


def _from(made_at: datetime) -> str:
    return f"这条推送来自 {clock.spoken(made_at)} 的备份，备份之后原来的机器可能已经发出"
