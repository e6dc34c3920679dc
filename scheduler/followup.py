"""Asks WeChat what became of pushes that it has accepted, seldom: it tells most of them by itself, and answers only a
hundred questions a day.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from content.store import clock
from scheduler import inquiry
from scheduler.inquiry import Verdict
from scheduler.models import Channel, Publication, State
from scheduler.moves import get_locked, is_one, move
from scheduler.outcomes import RUNNING, close, note
from scheduler.platform import Outcome, PlatformTrouble
from scheduler.walk import Means, Walk

MOST_A_RUN = 5
_OPEN = (State.SUBMITTED, State.UNCERTAIN)


def run(means: Means, now: datetime) -> int:
    """How many were asked for."""
    with means.database.reading() as session:
        is_time = or_(Publication.next_try_at.is_(None), Publication.next_try_at <= now)
        query = select(Publication.id, Publication.tries, Publication.state == State.UNCERTAIN).where(
            Publication.state.in_(_OPEN), is_time
        )
        wanted = session.execute(query.order_by(Publication.due_at).limit(MOST_A_RUN)).all()
    count = 0
    for publication_id, tries, is_uncertain in wanted:
        if _take(means, publication_id, tries, is_uncertain, now):
            _ask(Walk(means, publication_id, ""))
            count += 1
    return count


def _take(means: Means, publication_id: int, tries: int, is_uncertain: bool, now: datetime) -> bool:
    """The next question is put off before this one is asked: of many processes one asks."""
    pauses = means.patience.glances if is_uncertain else means.patience.asks
    then = now + timedelta(seconds=pauses[min(tries + 1, len(pauses) - 1)])
    statement = update(Publication).where(
        Publication.id == publication_id, Publication.state.in_(_OPEN), Publication.tries == tries
    )
    with means.database.transaction() as session:
        return is_one(session, statement.values(tries=tries + 1, next_try_at=then))


def _ask(walk: Walk) -> None:
    with walk.read() as (_, publication):
        pass
    try:
        outcome = _outcome(walk, publication)
    except PlatformTrouble as trouble:
        outcome = Outcome(RUNNING, f"没有问到：{trouble.sentence}")
    with walk.means.database.transaction() as session:
        publication = get_locked(session, walk.publication_id)
        if outcome is not None:
            close(session, publication, outcome, "查询微信")
        if publication.state == State.SUBMITTED:
            _end_waiting(session, publication, walk)


def _outcome(walk: Walk, publication: Publication) -> Outcome | None:
    """None where there is nothing to ask with."""
    platform = walk.means.platform
    if publication.channel == Channel.MASS:
        return platform.mass_outcome(publication.msg_id) if publication.msg_id else None
    if publication.publish_id:
        return platform.publish_outcome(publication.publish_id)
    sight = inquiry.look_in_list(walk)
    return sight.outcome() if sight.verdict is Verdict.OUT else Outcome(RUNNING, sight.told)


def _end_waiting(session: Session, publication: Publication, walk: Walk) -> None:
    """A result that does not come is an unknown outcome."""
    patience, since = walk.means.patience, publication.submitted_at or publication.changed_at
    is_traceable = bool(publication.publish_id or publication.msg_id)
    until = since + (patience.result if is_traceable else patience.asking)
    if publication.confirm_until:
        until = publication.confirm_until + patience.settle
    if clock.now() < until:
        return
    note(publication, "查询微信", "一直没有结果")
    publication.trouble = (
        "微信已经受理，但一直没有给出结果。请到公众号后台“发表记录”或手机上看一看，再点“已经发出”或“没有发出”。"
    )
    publication.tries, publication.next_try_at = 0, clock.now() + timedelta(seconds=patience.glances[0])
    move(session, publication, State.UNCERTAIN, "")
