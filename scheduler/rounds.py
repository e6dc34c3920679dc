"""The rounds of a push: what was done and approved belongs to one, and a change of the push begins another."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from content.store import clock
from scheduler.models import Publication, Step
from scheduler.register import digest_of, find_step


def deadline(publication: Publication) -> datetime:
    """The last moment at which it may still go out by itself."""
    return publication.due_at + timedelta(seconds=publication.late_after_seconds)


def note_step(session: Session, publication: Publication, name: str, **detail: Any) -> Step:
    """Its row of this round, made or written anew."""
    found = find_step(session, publication, name)
    if found is None:
        found = Step(publication_id=publication.id, round=publication.round, name=name)
        session.add(found)
    found.detail, found.at = detail, clock.now()
    session.flush()
    return found


def forget_steps(session: Session, publication: Publication, *names: str) -> None:
    """What they did is surely not done, or no longer there."""
    session.execute(
        delete(Step).where(Step.publication_id == publication.id, Step.round == publication.round, Step.name.in_(names))
    )
    session.expire_all()


def start_anew(session: Session, publication: Publication) -> None:
    """Nothing of what was done and approved before counts any more."""
    publication.round += 1
    publication.digest = publication.draft_media_id = publication.client_msg_id = ""
    publication.publish_id = publication.msg_id = publication.msg_data_id = publication.article_id = ""
    publication.lease_owner, publication.lease_until = "", None
    publication.draft_read_at = publication.next_try_at = publication.confirm_until = None
    publication.submitted_at = None
    publication.draft_difference, publication.urls, publication.tries = [], [], 0
    publication.changed_at = clock.now()
    session.flush()


def set_off(session: Session, publication: Publication) -> None:
    """Due from now on, under the approval that it has: only the time of what was approved is another."""
    approved = publication.digest
    is_approved = bool(approved) and approved == digest_of(session, publication)
    publication.due_at, publication.next_try_at, publication.tries = clock.now(), None, 0
    session.flush()
    if is_approved:
        publication.digest = digest_of(session, publication)
        moved = find_step(session, publication, "moved")
        note_step(session, publication, "moved", approved=[*(moved.detail["approved"] if moved else []), approved])
