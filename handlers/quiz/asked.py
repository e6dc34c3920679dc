"""Where questions of the bank have stood or stand: on papers drawn or printed; which are kept back from practice. Reads
only.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import repository
from content.store import clock
from handlers.quiz import paper, register
from handlers.quiz.campaign import Verdicts
from handlers.quiz.editions.models import PrintedPaper
from handlers.quiz.exam import entitlement
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round

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


def kept_back(session: Session) -> set[str]:
    """Questions that nobody practises now, for practice tells their answers: those on papers that are being answered,
    and all that may stand on a paper of an open campaign or exam which tells its answers later.
    """
    runs = Round.finished_at.is_(None) & (Round.deadline_at > clock.now())
    found = {key for keys in session.scalars(select(Round.question_keys).where(runs)) for key in keys}
    secret = [register.rules_of(held).paper for held in register.all_held(session) if _is_secret(session, held)]
    cells = [cell for blueprint in secret for cell in blueprint]
    if cells:
        bank = repository.questions(session)
        found |= {question.key for question in bank if any(paper.fits(question, cell) for cell in cells)}
    return found


def begun_since(session: Session, moment: datetime) -> set[str]:
    """Questions on papers that were begun from this moment on and are being answered. Cheap, so that what was looked up
    a while ago can be completed at every request.
    """
    begun = (Round.started_at >= moment) & Round.finished_at.is_(None) & (Round.deadline_at > clock.now())
    return {key for keys in session.scalars(select(Round.question_keys).where(begun)) for key in keys}


def _is_secret(session: Session, held: HeldCampaign) -> bool:
    """It tells its answers later, and somebody may still sit it."""
    rules = register.rules_of(held)
    tells_later = rules.exam is not None or rules.verdicts is not Verdicts.AT_ONCE
    return tells_later and held.opens_at <= clock.now() < entitlement.last_sitting_ends(session, held)
