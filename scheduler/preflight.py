"""What the proofreading says of a whole push: all of it for people, the red of it as a gate."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from content import proofread
from content.models import Revision
from content.proofread import Finding
from content.watch_words import RED
from scheduler.models import Publication
from scheduler.register import revisions


def findings(session: Session, publication: Publication, uploads: Path) -> list[tuple[Revision, Finding]]:
    """Article by article."""
    return [
        (revision, finding)
        for place, revision in enumerate(revisions(session, publication.id))
        for finding in proofread.inspect(session, revision, uploads, is_first=place == 0)
    ]


def tick_of(revision: Revision, finding: Finding) -> str:
    """How a yellow finding is named where somebody says that he has seen it."""
    return f"{revision.id}:{finding.key}"


def reds(session: Session, publication: Publication, uploads: Path) -> Sequence[str]:
    """A sentence each."""
    found = findings(session, publication, uploads)
    return [_sentence(revision, finding) for revision, finding in found if finding.level == RED]


def yellows(session: Session, publication: Publication, uploads: Path) -> dict[str, str]:
    """By the name of its tick."""
    found = findings(session, publication, uploads)
    return {
        tick_of(revision, finding): _sentence(revision, finding) for revision, finding in found if finding.level != RED
    }


def _sentence(revision: Revision, finding: Finding) -> str:
    return f"《{revision.title}》{finding.place}：{finding.sentence}"
