"""What an answer brings once its question was mended: the marking rule and the letters that were given stay.

Papers handed in after a mending go through `mend` on their way in; those before it through applying.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.quiz.campaign import Multiple
from handlers.quiz.mending.models import Kind, Mending, State
from handlers.quiz.models import GivenAnswer, Round
from handlers.quiz.scoring import points_of


@dataclass(frozen=True, slots=True)
class Mended:
    kind: Kind
    ways: tuple[str, ...]
    """Any of these letters is right."""
    reason: str = ""

    def is_right(self, letters: str) -> bool:
        return letters in self.ways

    def half_points(self, letters: str, points: int, rule: Multiple) -> int:
        if self.kind is Kind.VOID:
            return 2 * points
        return max(int(2 * points_of(letters, way, points, rule)) for way in self.ways)


def mended_by(mending: Mending) -> Mended:
    return mended_of(mending.kind, mending.accepted, mending.original, mending.reason)


def mended_of(kind: str, accepted: str, original: str, reason: str) -> Mended:
    """Of the columns of a Mending."""
    ways = accepted.split("|") if kind == Kind.ANSWER else [original]
    return Mended(Kind(kind), tuple(ways), reason)


def done(session: Session, campaign_id: str) -> Sequence[Mending]:
    """Every one that was carried out, in order."""
    these = select(Mending).where(Mending.campaign_id == campaign_id, Mending.state == State.DONE)
    return session.scalars(these.order_by(Mending.decided_at, Mending.id)).all()


def in_force(session: Session, campaign_id: str) -> dict[str, Mending]:
    """By question: of several that were done the last one holds. One that was taken back is not among them."""
    last = {mending.question_key: mending for mending in done(session, campaign_id)}
    return {key: mending for key, mending in last.items() if mending.kind != Kind.RESTORE}


def mend(session: Session, played: Round, rule: Multiple) -> None:
    """Of a paper that is being handed in. Whoever left a void question out gets its points as well."""
    if played.campaign_id is None:
        return
    held_to = in_force(session, played.campaign_id)
    given = {answer.place: answer for answer in played.given}
    for place, key in enumerate(played.question_keys, start=1):
        if key not in held_to:
            continue
        mended, answer = mended_by(held_to[key]), given.get(place)
        if answer is None and mended.kind is Kind.VOID:
            answer = left_out(played.id, place, key)
            played.given.append(answer)
        if answer is not None:
            answer.is_right = mended.is_right(answer.letters)
            answer.half_points = mended.half_points(answer.letters, played.points[place - 1], rule)
            answer.at = answer.at or played.finished_at or played.started_at
    session.flush()


def left_out(round_id: str, place: int, key: str) -> GivenAnswer:
    """An answer without letters, for the points that a void question brings."""
    return GivenAnswer(round_id=round_id, place=place, question_key=key, letters="", is_right=False, seq=0)
