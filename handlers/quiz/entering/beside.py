"""What a paper in the chat must not tell while the same citizen answers another one: looked up once, when it is begun
or gone on with, so that no answer waits for it. A paper begun on a page after that is not seen.
"""

from collections.abc import Collection

from sqlalchemy.orm import Session

from handlers import citizens
from handlers.conversation import Conversation, Talk
from handlers.desk import Desk
from handlers.quiz import register, score
from handlers.quiz.models import Round

_KEPT_BACK = "kept_back"


def noted(session: Session, desk: Desk, played: Round) -> dict[str, list[str]]:
    """For the talk: questions that stand on his running papers in other campaigns; empty where there are none."""
    others = [held.id for held in register.open_quizzes(session) if held.id != played.campaign_id]
    if not others or played.campaign_id is None:
        return {}
    names = [citizens.participant_of(desk.bureau.keyring, desk.openid, one) for one in others]
    shared = score.asked_now(session, names).intersection(played.question_keys)
    return {_KEPT_BACK: sorted(shared)} if shared else {}


def kept_back(talk: Talk | Conversation) -> Collection[str]:
    return talk.answers.get(_KEPT_BACK) or ()
