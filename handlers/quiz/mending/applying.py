"""A mending is carried out: answers, papers and standings of its campaign, all in the caller's transaction."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from handlers.quiz import standings
from handlers.quiz.mending.models import Mending
from handlers.quiz.mending.preview import Remark
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round

_AT_ONCE = 500
"""Rows in one statement."""
_K = TypeVar("_K", bound=Hashable)


def carry_out(session: Session, held: HeldCampaign, mending: Mending, found: Sequence[Remark]) -> None:
    """`found`: as preview.remarks has them. The caller holds the campaign's turn."""
    _mark_answers(session, mending.question_key, [one for one in found if one.is_given])
    _add_left_out(session, mending, [one for one in found if not one.is_given and one.after])
    for delta, rounds in _grouped((one.after - one.before, one.round_id) for one in found if one.after != one.before):
        for some in _portions(rounds):
            changed = update(Round).where(Round.id.in_(some)).values(half_points=Round.half_points + delta)
            session.execute(changed, execution_options={"synchronize_session": False})
    standings.rebuild(session, held)


def _mark_answers(session: Session, key: str, found: list[Remark]) -> None:
    for (is_right, half_points), rounds in _grouped(((one.is_right, one.after), one.round_id) for one in found):
        for some in _portions(rounds):
            these = (GivenAnswer.question_key == key) & GivenAnswer.round_id.in_(some)
            changed = update(GivenAnswer).where(these).values(is_right=is_right, half_points=half_points)
            session.execute(changed, execution_options={"synchronize_session": False})


def _add_left_out(session: Session, mending: Mending, found: list[Remark]) -> None:
    rows = [
        {
            "round_id": one.round_id, "place": one.place, "question_key": mending.question_key, "letters": "",
            "is_right": False, "half_points": one.after, "at": mending.decided_at, "is_final": True, "seq": 0,
        }
        for one in found
    ]  # fmt: skip
    if rows:
        session.execute(insert(GivenAnswer), rows)


def _grouped(pairs: Iterable[tuple[_K, str]]) -> Iterator[tuple[_K, list[str]]]:
    found: defaultdict[_K, list[str]] = defaultdict(list)
    for key, round_id in pairs:
        found[key].append(round_id)
    yield from found.items()


def _portions(rounds: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(rounds), _AT_ONCE):
        yield rounds[start : start + _AT_ONCE]
