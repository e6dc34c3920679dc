"""What a paper in the chat must not tell while the same citizen answers another one: looked up once, when it is begun
or gone on with, so that no answer waits for it; and anew when a page begins one after that, see elsewhere.py.
"""

from collections.abc import Callable, Collection
from functools import partial

from sqlalchemy.orm import Session

from handlers import citizens
from handlers.conversation import Conversation, Talk
from handlers.desk import Desk
from handlers.quiz import register, score
from handlers.quiz.models import Round

KEPT_BACK = "kept_back"


def noted(session: Session, desk: Desk, played: Round) -> dict[str, list[str]]:
    """For the talk: questions that stand on his running papers in other campaigns; empty where there are none."""
    if played.campaign_id is None:
        return {}  # practice is drawn from others
    found = shared(session, partial(citizens.participant_of, desk.bureau.keyring, desk.openid), played)
    return {KEPT_BACK: found} if found else {}


def shared(session: Session, named: Callable[[str], str], played: Round) -> list[str]:
    """What of this round stands on his running papers in other campaigns. `named`: his name in one."""
    others = [held.id for held in register.open_quizzes(session) if held.id != played.campaign_id]
    names = [named(one) for one in others]
    return sorted(score.asked_now(session, names).intersection(played.question_keys)) if names else []


def kept_back(talk: Talk | Conversation) -> Collection[str]:
    return talk.answers.get(KEPT_BACK) or ()
