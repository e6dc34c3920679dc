"""May a participant begin a paper now, and until when would it run: the one door in front of every paper."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.store import clock
from handlers.quiz import register
from handlers.quiz.campaign import Phase
from handlers.quiz.exam import entitlement
from handlers.quiz.models import HeldCampaign, Round


class Closed(Exception):
    """The campaign is not open, or the paper's time is up: nothing was counted."""


class NoAttemptLeft(Exception):
    """The participant has had all his attempts, of today or in all."""


@dataclass(frozen=True, slots=True)
class Admission:
    minutes: int
    closes_at: datetime
    """No paper runs longer than this."""


def admit(session: Session, held: HeldCampaign, participant: str) -> Admission:
    """Raises Closed and NoAttemptLeft."""
    rules = register.rules_of(held)
    if rules.exam:
        sitting = entitlement.find_sitting(session, held, participant)
        if sitting is None:
            raise Closed
        if sitting.attempts_left <= 0:
            raise NoAttemptLeft
        return Admission(rules.minutes + sitting.extra_minutes, sitting.closes_at)
    if register.phase_of(held) is not Phase.OPEN:
        raise Closed
    if attempts_today(session, held, participant) >= rules.attempts_a_day:
        raise NoAttemptLeft
    return Admission(rules.minutes, held.closes_at)


def attempts_today(session: Session, held: HeldCampaign, participant: str) -> int:
    midnight = datetime.combine(clock.today(), time(), clock.BEIJING)
    mine = (Round.campaign_id == held.id) & (Round.citizen_id == participant) & (Round.started_at >= midnight)
    return session.scalar(select(func.count()).select_from(Round).where(mine)) or 0
