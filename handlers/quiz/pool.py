"""The questions from which a campaign's papers are drawn: the bank as it stood when the first one was drawn. What comes
into the bank later stands on none of them, what is retired is left out from then on. Every state is kept by its number,
and a paper knows its own, so that it can be drawn again whatever became of the bank.
"""

from collections.abc import Sequence
from dataclasses import astuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import repository
from content.models import Question
from content.store.db import take_turns
from handlers.quiz import paper, register
from handlers.quiz.models import HeldCampaign
from handlers.quiz.paper import Pooled


def now(session: Session, held: HeldCampaign) -> list[Pooled]:
    """From which a paper would be drawn now; the bank itself before there was one."""
    return _now(session, session.get_one(HeldCampaign, held.id))[0]


def fixed(session: Session, held: HeldCampaign) -> tuple[int, list[Pooled]]:
    """The same with its number; it is kept, since a paper is drawn from it."""
    held = session.get_one(HeldCampaign, held.id)
    found, is_kept = _now(session, held)
    if not is_kept:
        take_turns(session, f"pool:{held.id}")
        session.refresh(held, ["pool"])
        found, is_kept = _now(session, held)
        if not is_kept:
            _keep(session, held, found)
    return len(held.pool), found


def state(held: HeldCampaign, number: int | None) -> list[Pooled]:
    """From which the papers of this number were drawn; none of a paper without one."""
    if not number or not held.pool:
        return []
    first, *later = held.pool[:number]
    gone = {key for step in later for key in step}
    return [Pooled(*row) for row in first if row[0] not in gone]


def _now(session: Session, held: HeldCampaign) -> tuple[list[Pooled], bool]:
    """Also whether just these are the last state that is kept."""
    if not held.pool:
        return _fitting(repository.questions(session), held), False
    last = state(held, len(held.pool))
    there = set(session.scalars(select(Question.key).where(Question.retired.is_(False))).all())
    found = [one for one in last if one.key in there]
    return found, len(found) == len(last)


def _keep(session: Session, held: HeldCampaign, found: Sequence[Pooled]) -> None:
    """The first state whole, of a later one what is gone."""
    if held.pool:
        kept = {one.key for one in found}
        held.pool = [*held.pool, [one.key for one in state(held, len(held.pool)) if one.key not in kept]]
    else:
        held.pool = [[list(astuple(one)) for one in found]]
    session.flush()


def _fitting(bank: Sequence[Question], held: HeldCampaign) -> list[Pooled]:
    """Whatever fits a cell of one of the campaign's papers."""
    cells = [cell for blueprint in register.rules_of(held).papers for cell in blueprint]
    return [
        Pooled(one.key, one.subject, one.kind, one.difficulty, one.scenario)
        for one in bank
        if any(paper.fits(one, cell) for cell in cells)
    ]
