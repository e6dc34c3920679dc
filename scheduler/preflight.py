"""What the proofreading says of a whole push: all of it for people, the red of it as a gate."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import proofread
from content.likeness import DAYS
from content.models import Revision
from content.proofread import Finding
from content.store import clock
from content.watch_words import RED, YELLOW
from scheduler.models import Publication, PublicationItem, State
from scheduler.register import revisions

MOST_COMPARED = 500
_WAITING = (State.IN_REVIEW, State.SCHEDULED, State.PUBLISHING, State.SUBMITTED, State.UNCERTAIN)
_COUNTED = (*_WAITING, State.PUBLISHED)


def findings(session: Session, publication: Publication, uploads: Path) -> list[tuple[Revision, Finding]]:
    """Article by article; also what other pushes of these weeks have of the same."""
    others = _others(session, publication)
    waiting = [item.revision_id for item, other in others if other.state in _WAITING]
    found = []
    for place, revision in enumerate(revisions(session, publication.id)):
        told = proofread.inspect(session, revision, uploads, is_first=place == 0, scheduled=waiting)
        told += [_twin(other) for item, other in others if item.material_id == revision.material_id]
        found += [(revision, finding) for finding in told]
    return found


def tick_of(revision: Revision, finding: Finding) -> str:
    """How a yellow finding is named where somebody says that he has seen it."""
    return f"{revision.id}:{finding.key}"


def reds(session: Session, publication: Publication, uploads: Path) -> Sequence[str]:
    """A sentence each. Asked again when it is sent, so that it looks at no other push: those are never red."""
    return [
        _sentence(revision, finding)
        for place, revision in enumerate(revisions(session, publication.id))
        for finding in proofread.inspect(session, revision, uploads, is_first=place == 0)
        if finding.level == RED
    ]


def yellows(session: Session, publication: Publication, uploads: Path) -> dict[str, str]:
    """By the name of its tick."""
    found = findings(session, publication, uploads)
    return {
        tick_of(revision, finding): _sentence(revision, finding) for revision, finding in found if finding.level != RED
    }


def _others(session: Session, publication: Publication) -> list[tuple[PublicationItem, Publication]]:
    """What stands in other pushes that wait or went out within ninety days, the nearest first."""
    near = (Publication.due_at > publication.due_at - DAYS, Publication.due_at < publication.due_at + DAYS)
    query = (
        select(PublicationItem, Publication)
        .join(Publication, Publication.id == PublicationItem.publication_id)
        .where(Publication.id != publication.id, Publication.state.in_(_COUNTED), *near)
        .order_by(Publication.due_at.desc())
    )
    return [(row.PublicationItem, row.Publication) for row in session.execute(query.limit(MOST_COMPARED)).all()]


def _twin(other: Publication) -> Finding:
    told = "已经" if other.state == State.PUBLISHED else "也"
    where = f"第 {other.id} 号推送（{clock.spoken(other.due_at)}）"
    return Finding(YELLOW, f"twin:{other.id}", "文章", f"这一篇{told}在{where}里：请确认不是重复发布。")


def _sentence(revision: Revision, finding: Finding) -> str:
    return f"《{revision.title}》{finding.place}：{finding.sentence}"
