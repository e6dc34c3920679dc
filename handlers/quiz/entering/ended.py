"""What is told behind the last answer of a campaign's paper: his code, whether he is in the draw, tries left today."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from handlers.quiz import register, score
from handlers.quiz.campaign import Draw, Phase
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.models import HeldCampaign, Participant, Round


def told(session: Session, held: HeldCampaign, participant: Participant) -> str:
    """Asked after his paper was handed in."""
    rules = register.rules_of(held)
    lines = [say("quiz_ended_code", code=participant.code)]
    if rules.draw:
        lines.append(_draw(session, held, participant, rules.draw))
    if register.phase_of(held) is Phase.OPEN:
        left = score.attempts_left(session, held, participant.name)
        key = "score_attempts" if left else "score_no_attempt"
        lines.append(say(key, attempts=left, closes=clock.spoken(held.closes_at)))
    return "\n".join(lines)


def _draw(session: Session, held: HeldCampaign, participant: Participant, rules: Draw) -> str:
    """As the list of the draw will have it: a paper with enough points that he answered himself."""
    typed_in = select(PaperEntry.round_id).where(PaperEntry.campaign_id == held.id)
    enough = exists().where(
        Round.campaign_id == held.id, Round.citizen_id == participant.name, Round.finished_at.is_not(None),
        Round.half_points >= 2 * rules.least_points, Round.id.not_in(typed_in),
    )  # fmt: skip
    if not session.scalar(select(enough)):
        return say("quiz_ended_not_in_draw", least=rules.least_points)
    return say("quiz_ended_in_draw", least=rules.least_points) if rules.least_points else say("quiz_ended_draw_for_all")
