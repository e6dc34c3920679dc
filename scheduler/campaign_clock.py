"""Whose turn it is in a draw, and what waits for a second person in a campaign: told once a step, from the morning on,
and again as its last day comes near. What is due when handlers/quiz/prizes/due.py and handlers/quiz/second.py know.
"""

from datetime import datetime, time

from sqlalchemy.orm import Session

from content.store import clock, working_days
from handlers.quiz import second
from handlers.quiz.prizes import due
from handlers.quiz.prizes.due import Due, Press
from scheduler import outbox

MORNING = time(8, 30)
KEYS = "held:"
"""How the keys of what is told here begin."""
_TITLES = {Press.AHEAD: "抽奖名单定下了", Press.NOW: "抽奖要有人办", Press.PRESSING: "抽奖急着要人办"}


def watch(session: Session, now: datetime) -> int:
    """How much was told just now. On days off only what presses: a last day does not wait for a working day."""
    local = clock.in_beijing(now)
    if local.time() < MORNING:
        return 0
    found = [*due.dues(session), *second.dues(session)]
    if not working_days.is_working(local.date(), working_days.load_overrides(session)):
        found = [one for one in found if one.press is Press.PRESSING]
    return sum(outbox.tell(session, f"{KEYS}{one.key}", _title(one), one.told) for one in found)


def _title(one: Due) -> str:
    return _TITLES[one.press] if one.what == due.DRAW else "活动里有事等另一个人"
