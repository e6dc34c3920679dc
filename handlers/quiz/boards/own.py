"""Where somebody stands in a campaign, in sentences for its pages; the chat has words of its own."""

from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from handlers.quiz import register, score
from handlers.quiz.entering import ended
from handlers.quiz.models import HeldCampaign, Participant


def rank(session: Session, held: HeldCampaign, participant: Participant) -> str:
    """Of his best paper; empty before his first one. While the boards stand still nobody learns it."""
    if (found := score.score_of(session, held, participant)) is None:
        return ""
    if found.rank is None:
        return say("score_frozen", closes=clock.spoken(held.closes_at))
    return say("board_own_of", rank=found.rank, people=found.people, points=f"{found.points:g}")


def told(session: Session, held: HeldCampaign, name: str) -> list[str]:
    """Rank, code, whether he is in the draw, tries left; nothing in an exam, and before his first paper."""
    participant = score.find_participant(session, held, name)
    if register.rules_of(held).exam or participant is None or participant.half_points is None:
        return []
    return [rank(session, held, participant), *ended.told(session, held, participant).split("\n")]
