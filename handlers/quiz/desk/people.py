"""Participants as staff see them: codes, nicknames, units and points, never who they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.quiz import register
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.models import HeldCampaign, Participant, Unit
from handlers.quiz.standings import Stand

MOST_PAGES, AT_A_TIME = 10_000, 2000
SECONDS_A_QUESTION = 1
"""Nobody reads a question and its options in less, on average of a paper: staff look at such a paper. The public never
sees the mark, for it proves nothing.
"""


@dataclass(frozen=True, slots=True)
class Listed:
    code: str
    nickname: str
    unit: str
    papers: int
    half_points: int | None
    """None before his first paper, as the next two."""
    seconds: int | None
    handed_in_at: datetime | None


def quickest_reading(held: HeldCampaign) -> int:
    """Seconds that a paper takes at least: a best paper below it is marked for staff."""
    return register.rules_of(held).questions * SECONDS_A_QUESTION


def too_quick(session: Session, held: HeldCampaign) -> int:
    """How many participants' best papers took less than reading them does."""
    quick = (Participant.campaign_id == held.id) & (Participant.seconds < quickest_reading(held))
    return session.scalar(select(func.count()).where(quick)) or 0


def listed(
    session: Session, held: HeldCampaign, words: str, limit: int, offset: int, only_quick: bool = False
) -> list[Listed]:
    """The best first, those without a paper last. `words`: the beginning of a code, or a part of a nickname;
    `only_quick`: whose best paper took less than reading it does.
    """
    query = (
        select(
            Participant.code, Participant.nickname, Unit.path, Participant.papers, Participant.half_points,
            Participant.seconds, Participant.handed_in_at,
        )
        .outerjoin(Unit, Unit.id == Participant.unit_id)
        .where(Participant.campaign_id == held.id)
        .order_by(Participant.merit.is_(None), Participant.merit, Participant.code)
    )  # fmt: skip
    if words:
        by_code = Participant.code.startswith(words.upper(), autoescape=True)
        query = query.where(by_code | Participant.nickname.contains(words, autoescape=True))
    if only_quick:
        query = query.where(Participant.seconds < quickest_reading(held))
    rows = session.execute(query.limit(limit).offset(offset)).all()
    return [
        Listed(row.code, row.nickname, row.path or "", row.papers, row.half_points, row.seconds, row.handed_in_at)
        for row in rows
    ]


def in_order(session: Session, held: HeldCampaign) -> Iterator[list[Stand]]:
    """Everybody with a paper, the best first, some thousands at a time."""
    place, before, rank = 0, "", 0
    after = ("", "")
    while True:
        beyond = (Participant.merit > after[0]) | (Participant.code > after[1])
        behind = (Participant.merit >= after[0]) & beyond  # the first half leads the index
        query = (
            select(
                Participant.merit, Participant.code, Participant.nickname, func.coalesce(Unit.path, "").label("unit"),
                Participant.half_points, Participant.seconds, Participant.handed_in_at, Participant.papers,
                Participant.name, PaperEntry.round_id.is_not(None),
            )
            .outerjoin(Unit, Unit.id == Participant.unit_id)
            .outerjoin(PaperEntry, PaperEntry.round_id == Participant.round_id)
            .where(Participant.campaign_id == held.id, Participant.merit.is_not(None), behind)
            .order_by(Participant.merit, Participant.code)
            .limit(AT_A_TIME)
        )  # fmt: skip
        stands: list[Stand] = []
        for row in session.execute(query):
            merit, *shown = tuple[Any, ...](row)
            place += 1
            rank = rank if merit == before else place
            stands.append(Stand(rank, *shown))
            before = merit
        if not stands:
            return
        after = (before, stands[-1].code)
        yield stands
