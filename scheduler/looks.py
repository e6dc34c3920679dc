"""What there is to see of a push, small enough to be kept beside a word on it: what differs from it later is what has
changed since that word. Changes nothing.
"""

from typing import Any

from sqlalchemy.orm import Session

from scheduler.models import Publication
from scheduler.register import digest_of, revisions

Look = dict[str, Any]


def look_of(session: Session, publication: Publication) -> Look:
    return {
        "digest": digest_of(session, publication),
        "revisions": [revision.id for revision in revisions(session, publication.id)],
        "due_at": publication.due_at.isoformat(),
        "late_after": publication.late_after_seconds,
        "channel": str(publication.channel),
        "audience": publication.audience,
        "difference": list(publication.draft_difference),
    }
