"""All campaigns that somebody took part in, in the chat: his points and his rank in each, and when it closed."""

import re
from collections.abc import Callable

from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from handlers import answers
from handlers.desk import Desk
from handlers.message import Reply
from handlers.quiz import register, score
from handlers.quiz.campaign import Phase
from handlers.quiz.models import HeldCampaign, Participant

SHOWN = 8
_WISH = re.compile("历史(成绩|得分|分数|名次|排名|记录|战绩)|历次|历届|往期|往届|以前的(成绩|得分|分数|名次|竞答|活动)")


def wishes(text: str) -> bool:
    return bool(_WISH.search(text))


def told(desk: Desk, name_in: Callable[[HeldCampaign], str]) -> Reply | None:
    """None for whoever has handed in no paper in any campaign. `name_in`: his name in one."""
    with score.looking(desk.bureau.database) as session:
        every = score.taken_part(session, name_in)
        lines = [_line(session, held, participant) for held, participant in every[:SHOWN]]
    if not lines:
        return None
    head = say("score_past", count=len(every))
    more = [say("score_past_more", count=len(every) - SHOWN)] if len(every) > SHOWN else []
    return answers.choices("\n".join([head, *lines, *more]), [say("score_tap"), say("missed_tap")])


def has_more(session: Session, shown: HeldCampaign, name_in: Callable[[HeldCampaign], str]) -> bool:
    """Whether he took part in another one than that which is told at length."""
    return any(held.id != shown.id for held, _ in score.taken_part(session, name_in))


def _line(session: Session, held: HeldCampaign, participant: Participant) -> str:
    found = score.score_of(session, held, participant)
    if found is None:
        return say("score_past_none", title=held.title)
    key = "score_past_open" if register.phase_of(held) is Phase.OPEN else "score_past_closed"
    when = say(key, closes=clock.spoken(held.closes_at))
    points = say("score_beside", title=held.title, points=f"{found.points:g}", full=found.full_marks)
    if found.rank is None:
        return f"{points}{say('score_frozen', closes=clock.spoken(held.closes_at))}"
    return f"{points}{say('score_past_rank', rank=found.rank, people=found.people)}{when}"
