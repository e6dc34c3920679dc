"""What there is of pushes: one, many, as JSON, and the digest that an approval is bound to. Changes nothing."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session

from content import workflow
from content.models import Material, Revision
from content.store import clock
from content.workflow import Verdict
from scheduler.models import Publication, PublicationItem, State, Step
from scheduler.moves import NoSuchPost, subject


def get_post(session: Session, publication_id: int) -> Publication:
    """Raises NoSuchPost."""
    if (found := session.get(Publication, publication_id)) is None:
        raise NoSuchPost(publication_id)
    return found


def listing(
    session: Session,
    states: Sequence[str] = (),
    begin: datetime | None = None,
    end: datetime | None = None,
    limit: int = 200,
    offset: int = 0,
) -> list[Publication]:
    """By the moment they are planned for, the earliest first where a beginning is given, else the latest."""
    query = select(Publication)
    if states:
        query = query.where(Publication.state.in_(states))
    if begin:
        query = query.where(Publication.due_at >= begin)
    if end:
        query = query.where(Publication.due_at < end)
    order = (Publication.due_at, Publication.id) if begin else (Publication.due_at.desc(), Publication.id.desc())
    return list(session.scalars(query.order_by(*order).limit(limit).offset(offset)).all())


def coming(session: Session, material_ids: Sequence[int]) -> dict[int, Publication]:
    """Of these articles those that are in a push which has not ended, and the push that goes out next."""
    ended = (State.PUBLISHED, State.WITHDRAWN)
    query = (
        select(PublicationItem.material_id, Publication)
        .join(Publication, Publication.id == PublicationItem.publication_id)
        .where(PublicationItem.material_id.in_(material_ids), Publication.state.not_in(ended))
        .order_by(Publication.due_at.desc())
    )
    return {row.material_id: row.Publication for row in session.execute(query).all()}


def items(session: Session, publication_id: int) -> list[PublicationItem]:
    query = select(PublicationItem).where(PublicationItem.publication_id == publication_id)
    return list(session.scalars(query.order_by(PublicationItem.place)).all())


def revisions(session: Session, publication_id: int) -> list[Revision]:
    """The articles' words in order."""
    query = select(Revision).join(PublicationItem, PublicationItem.revision_id == Revision.id)
    return list(
        session.scalars(
            query.where(PublicationItem.publication_id == publication_id).order_by(PublicationItem.place)
        ).all()
    )


def newer_titles(session: Session, publication_id: int) -> list[str]:
    """Titles of articles that somebody has written on since they were put into this push."""
    newest = select(func.max(Revision.number)).where(Revision.material_id == PublicationItem.material_id)
    query = (
        select(Revision.title)
        .join(PublicationItem, PublicationItem.revision_id == Revision.id)
        .where(PublicationItem.publication_id == publication_id)
        .where(Revision.number < newest.correlate(PublicationItem).scalar_subquery())
    )
    return list(session.scalars(query).all())


def digest_of(session: Session, publication: Publication) -> str:
    """Of everything that an approval approves: words, covers, order, audience and time."""
    articles = [
        [
            revision.title, revision.author, revision.digest, revision.source_url, revision.body,
            str(revision.facts.get("cover", "")),
        ]
        for revision in revisions(session, publication.id)
    ]  # fmt: skip
    due = clock.in_beijing(publication.due_at).isoformat()
    whole = [articles, str(publication.channel), publication.audience, due]
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def find_step(session: Session, publication: Publication, name: str) -> Step | None:
    """Of the present round."""
    query = select(Step).where(Step.publication_id == publication.id, Step.round == publication.round)
    return session.scalar(query.where(Step.name == name))


def as_json(publication: Publication) -> dict[str, Any]:
    """The push must belong to a session that is open."""
    session = object_session(publication)
    if session is None:
        raise ValueError("the push was read in a session that has ended")
    return {
        "id": publication.id,
        "state": str(publication.state),
        "title": publication.title,
        "channel": str(publication.channel),
        "audience": publication.audience,
        "due_at": _iso(publication.due_at),
        "late_after_seconds": publication.late_after_seconds,
        "written_by": publication.written_by,
        "is_emergency": publication.is_emergency,
        "articles": _articles(session, publication),
        "approvals": _approvals(session, publication),
        "draft_difference": list(publication.draft_difference),
        "trouble": publication.trouble,
        "evidence": list(publication.evidence),
        "urls": list(publication.urls),
        "confirm_until": _iso(publication.confirm_until) if publication.state == State.SUBMITTED else None,
        "submitted_at": _iso(publication.submitted_at),
        "published_at": _iso(publication.published_at),
    }


def _articles(session: Session, publication: Publication) -> list[dict[str, Any]]:
    query = (
        select(Material.slug, Revision)
        .join(Revision, Revision.material_id == Material.id)
        .join(PublicationItem, PublicationItem.revision_id == Revision.id)
        .where(PublicationItem.publication_id == publication.id)
        .order_by(PublicationItem.place)
    )
    return [
        {"slug": slug, "revision": revision.number, "title": revision.title, "author": revision.author}
        for slug, revision in session.execute(query).all()
    ]


def _approvals(session: Session, publication: Publication) -> list[dict[str, Any]]:
    """Every word that was given, with whether it is about the push as it is now."""
    now = publication.digest or digest_of(session, publication)
    kept = find_step(session, publication, "moved")
    valid = {now, *(kept.detail.get("approved", []) if kept else [])}
    return [
        {
            "by": word.staff_name, "step": word.step, "verdict": word.verdict, "opinion": word.opinion,
            "is_secrecy_checked": word.is_secrecy_checked, "at": _iso(word.at),
            "is_valid": word.verdict == Verdict.APPROVE and word.digest in valid,
        }
        for word in workflow.sign_offs(session, subject(publication))
    ]  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return clock.in_beijing(moment).isoformat(timespec="seconds") if moment else None
