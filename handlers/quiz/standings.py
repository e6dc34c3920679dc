"""Who stands where in a campaign, computed from the papers themselves at every moment.

The published rule: each participant's best paper counts. More points come first; of the same points the shorter time;
of the same time the one handed in earlier. Whoever is equal in all three shares a rank, and the next rank is left out.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.store import clock
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round


@dataclass(frozen=True, slots=True)
class Stand:
    rank: int
    participant: str
    half_points: int
    right: int
    seconds: int
    handed_in_at: datetime
    papers: int
    """Handed in so far."""


def standings(session: Session, held: HeldCampaign) -> list[Stand]:
    """Best first. A paper whose time is up is handed in, whether anybody came back to it or not."""
    best: dict[str, tuple[tuple[int, int, datetime], Round]] = {}
    papers: dict[str, int] = {}
    for played in session.scalars(select(Round).where(Round.campaign_id == held.id)):
        if handed_in := _handed_in_at(played):
            merit = (-played.half_points, _seconds(played, handed_in), handed_in)
            papers[played.citizen_id] = papers.get(played.citizen_id, 0) + 1
            if played.citizen_id not in best or merit < best[played.citizen_id][0]:
                best[played.citizen_id] = (merit, played)
    right = _right(session, held)
    found: list[Stand] = []
    before = None
    for place, (name, (merit, played)) in enumerate(sorted(best.items(), key=lambda one: (one[1][0], one[0])), start=1):
        rank = found[-1].rank if before == merit else place
        found.append(Stand(rank, name, played.half_points, right.get(played.id, 0), merit[1], merit[2], papers[name]))
        before = merit
    return found


def _handed_in_at(played: Round) -> datetime | None:
    """None while it is being answered."""
    if played.finished_at:
        return played.finished_at
    return played.deadline_at if played.deadline_at and played.deadline_at <= clock.now() else None


def _seconds(played: Round, handed_in: datetime) -> int:
    return int((handed_in - played.started_at).total_seconds())


def _right(session: Session, held: HeldCampaign) -> dict[str, int]:
    """Right answers of each paper."""
    counted = (
        select(GivenAnswer.round_id, func.count())
        .join(Round, Round.id == GivenAnswer.round_id)
        .where(Round.campaign_id == held.id, GivenAnswer.is_right)
        .group_by(GivenAnswer.round_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}
