"""Where questions of the bank have stood or stand: on papers that were drawn or printed, in campaigns that are open.
Reads only.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.models import Question
from handlers.quiz import paper, register
from handlers.quiz.campaign import Phase
from handlers.quiz.editions.models import PrintedPaper
from handlers.quiz.models import GivenAnswer, Round

_BATCH = 1000


def asked_since(session: Session, keys: Collection[str], since: datetime) -> set[str]:
    """Which of these questions have stood on a paper that was drawn or printed from this moment on."""
    wanted, found = set(keys), set[str]()
    if not wanted:
        return found
    drawn = select(Round.question_keys).where(Round.started_at >= since).execution_options(yield_per=_BATCH)
    for named in session.scalars(drawn):
        found |= wanted.intersection(named)
    for items in session.scalars(select(PrintedPaper.items).where(PrintedPaper.made_at >= since)):
        found |= wanted.intersection(str(item.get("key", "")) for item in items)
    return found


def answered(session: Session, key: str) -> tuple[int, int]:
    """(how often it was answered, how often rightly)."""
    given = select(GivenAnswer.is_right, func.count()).where(GivenAnswer.question_key == key, GivenAnswer.letters != "")
    counts = {
        bool(is_right): number for is_right, number in session.execute(given.group_by(GivenAnswer.is_right)).all()
    }
    return sum(counts.values()), counts.get(True, 0)


def open_campaigns(session: Session, questions: Collection[Question]) -> list[str]:
    """Titles of the campaigns that are open now and may draw one of these questions."""
    held = [one for one in register.all_held(session) if register.phase_of(one) is Phase.OPEN]
    return [
        one.title
        for one in held
        if any(paper.fits(question, cell) for cell in register.rules_of(one).paper for question in questions)
    ]
