"""Campaigns that have begun and whose result is not settled, and the questions that they hold: everybody who takes part
is marked with the same words. What is wrong in them is put right in mending/, by two people.
"""

from collections.abc import Container
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import repository
from content.models import Question
from content.phrases import say
from content.questions import imports
from content.questions.holds import Hold
from content.questions.imports import NotTaken
from content.questions.records import QuestionImport
from content.store import clock
from handlers.quiz import asked, paper, pool, register
from handlers.quiz.campaign import Cell
from handlers.quiz.editions.models import PrintedPaper
from handlers.quiz.exam import entitlement
from handlers.quiz.models import HeldCampaign, Round
from handlers.quiz.prizes.models import HeldDraw

AHEAD = timedelta(minutes=1)
"""So long before the opening nothing changes any more: each worker has the bank in memory, and reads it anew only
every few seconds.
"""
_SHOWN = frozenset({"subject", "kind", "text", "options", "answer", "scenario", "scenario_text"})
"""What is asked and what is right. The subject, for by it a paper is drawn: by this alone it is known which questions
may have stood on one. The explanation, its basis and mostly the difficulty may be put right.
"""


def holds(session: Session) -> dict[str, Hold]:
    """By key, what was retired with it: every question that stands, has stood or may yet stand on a paper of one."""
    found: dict[str, Hold] = {}
    unsettled = [held for held in register.all_held(session) if is_unsettled(session, held)]
    bank = repository.questions_by_key(session) if unsettled else {}
    for held in unsettled:
        cells, printed = register.rules_of(held).paper, _printed(session, held)
        for key, question in bank.items():
            fitting = [cell for cell in cells if paper.fits(question, cell)]
            if fitting or key in printed:
                known = found[key].words if key in found else frozenset()
                found[key] = Hold(held.title, known | _SHOWN | _drawn_by(fitting))
    return found


def running(session: Session) -> list[str]:
    """Titles of the campaigns whose papers new questions do not reach."""
    return [held.title for held in register.all_held(session) if is_unsettled(session, held)]


def is_unsettled(session: Session, held: HeldCampaign) -> bool:
    """From its opening until nobody can sit it any more, no paper runs, and what can be won has been drawn."""
    if clock.now() < held.opens_at - AHEAD:
        return False
    if clock.now() < entitlement.last_sitting_ends(session, held) or _is_running(session, held):
        return True
    decided = session.get(HeldDraw, held.id)
    return register.rules_of(held).draw is not None and (decided is None or decided.drawn_at is None)


def starved(session: Session) -> dict[str, str]:
    """Campaigns that can still be sat and for which the bank gives no paper any more, whoever begins one: their names,
    and what is said of each.
    """
    waiting = [
        held for held in register.all_held(session) if clock.now() < entitlement.last_sitting_ends(session, held)
    ]
    found = {}
    for held in waiting:
        there = pool.now(session, held)
        try:
            for blueprint in register.rules_of(held).papers:
                paper.draw(there, blueprint, held.id)
        except paper.TooFew as short:
            found[held.id] = say("paper_starved", title=held.title, short=short)
    return found


# ── out of the bank: the console and the terminal alike come by here ──────────────────────────────────────────────────


def undo_import(session: Session, number: int, by: str) -> QuestionImport:
    """As imports.undo has it, but no campaign that goes on is left without a paper. Raises NotTaken, NotAllowed,
    NotFound.
    """
    before = starved(session)
    row = imports.undo(session, number, by, asked.asked_since, holds(session))
    _refuse_to_starve(session, before)
    return row


def retire(session: Session, key: str, by: str, reason: str, *, back: bool = False) -> Question:
    """As imports.retire has it, with the same care. Raises NotTaken, NotAllowed, NotFound."""
    before = starved(session)
    question = imports.retire(session, key, by, reason, back=back)
    _refuse_to_starve(session, before)
    return question


def _refuse_to_starve(session: Session, before: Container[str]) -> None:
    """`before`: those that were starved already. Raises NotTaken."""
    for name, told in starved(session).items():
        if name not in before and is_unsettled(session, register.get_held(session, name)):
            raise NotTaken(say("paper_would_starve", told=told))


def _drawn_by(cells: list[Cell]) -> frozenset[str]:
    return frozenset({"difficulty"}) if any(cell.difficulty for cell in cells) else frozenset()


def _is_running(session: Session, held: HeldCampaign) -> bool:
    """Whether a paper still runs: with more time granted it may do so behind the end."""
    runs = (Round.campaign_id == held.id) & Round.finished_at.is_(None) & (Round.deadline_at > clock.now())
    return session.scalar(select(Round.id).where(runs).limit(1)) is not None


def _printed(session: Session, held: HeldCampaign) -> set[str]:
    printed = session.get(PrintedPaper, held.id)
    return {str(item.get("key", "")) for item in printed.items} if printed else set()
