"""One vote a day a citizen, on the day in Beijing, while the showcase votes. Exact by a unique constraint."""

from collections import Counter
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from content.store import clock
from handlers.publicity import showcase
from handlers.publicity.models import Showcase, Video, VideoState, VideoVote
from handlers.publicity.showcase import Phase


class Closed(Exception):
    """The showcase does not vote now."""


class NoSuchVideo(Exception):
    """Nothing that is shown has this number; the vote of the day is still there."""


class HasVoted(Exception):
    """Today's vote is given, to this number."""

    def __init__(self, number: int, title: str) -> None:
        super().__init__()
        self.number, self.title = number, title


def vote(session: Session, held: Showcase, participant: str, number: int) -> Video:
    """`participant`: as citizens.participant_of has it. Where it raises nothing was changed: Closed, HasVoted,
    NoSuchVideo.
    """
    if showcase.voting(held) is not Phase.OPEN:
        raise Closed
    today = clock.today()
    if earlier := find_vote(session, held.id, participant, today):
        raise HasVoted(earlier.number or 0, earlier.title)
    found = showcase.find_numbered(session, held.id, number)
    if found is None or not _count(session, found):
        raise NoSuchVideo
    session.add(
        VideoVote(
            showcase_id=held.id, participant=participant, voted_on=today, video_id=found.id, at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
    session.refresh(found, ["votes"])
    return found


def find_vote(session: Session, showcase_id: int, participant: str, on: date) -> Video | None:
    """The video that has this citizen's vote of the day."""
    query = select(Video).join(VideoVote, VideoVote.video_id == Video.id).where(
        VideoVote.showcase_id == showcase_id, VideoVote.participant == participant, VideoVote.voted_on == on
    )  # fmt: skip
    return session.scalar(query)


def recounted(session: Session, showcase_id: int) -> dict[int, int]:
    """Votes of each video from the single votes."""
    query = select(VideoVote.video_id, func.count()).where(VideoVote.showcase_id == showcase_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(VideoVote.video_id))}


def by_day(session: Session, showcase_id: int) -> list[tuple[date, Counter[int]]]:
    """(day, votes of each video) in order."""
    query = select(VideoVote.voted_on, VideoVote.video_id, func.count()).where(VideoVote.showcase_id == showcase_id)
    days: dict[date, Counter[int]] = {}
    for on, video_id, number in session.execute(query.group_by(VideoVote.voted_on, VideoVote.video_id)):
        days.setdefault(on, Counter())[video_id] = number
    return sorted(days.items())


def _count(session: Session, video: Video) -> bool:
    """False where it was taken down just now."""
    still = update(Video).where(Video.id == video.id, Video.state == VideoState.ACCEPTED)
    changed = session.execute(still.values(votes=Video.votes + 1), execution_options={"synchronize_session": False})
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]
