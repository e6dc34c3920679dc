"""How often somebody may sit the exam, and when: computed from the rules and his papers, never stored."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.store import clock
from handlers.quiz import register
from handlers.quiz.models import HeldCampaign, Round


@dataclass(frozen=True, slots=True)
class Sitting:
    """A window in which he may sit it now."""

    is_makeup: bool
    closes_at: datetime
    attempts_left: int
    extra_minutes: int = 0


def find_sitting(session: Session, held: HeldCampaign, participant: str) -> Sitting | None:
    """None where neither the exam nor a make-up he is entitled to is open."""
    rules, now = register.rules_of(held), clock.now()
    exam = rules.exam
    if exam is None:
        return None
    if held.opens_at <= now < held.closes_at:
        used = _papers(session, held, participant, held.opens_at)
        return Sitting(False, held.closes_at, exam.attempts - used)
    opens, closes = exam.makeup_opens_at, exam.makeup_closes_at
    if opens and closes and opens <= now < closes and not _has_passed(session, held, participant, exam.pass_points):
        used = _papers(session, held, participant, opens)
        return Sitting(True, closes, exam.makeup_attempts - used)
    return None


def _papers(session: Session, held: HeldCampaign, participant: str, since: datetime) -> int:
    mine = (Round.campaign_id == held.id) & (Round.citizen_id == participant) & (Round.started_at >= since)
    return session.scalar(select(func.count()).select_from(Round).where(mine)) or 0


def _has_passed(session: Session, held: HeldCampaign, participant: str, pass_points: int) -> bool:
    mine = (Round.campaign_id == held.id) & (Round.citizen_id == participant)
    best = session.scalar(select(func.max(Round.half_points)).where(mine, Round.finished_at.is_not(None)))
    return best is not None and best >= 2 * pass_points
