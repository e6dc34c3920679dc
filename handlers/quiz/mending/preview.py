"""Who would change if a question were mended: computed from the answers as they were given, nothing is written."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, cast, exists, select
from sqlalchemy.orm import Session

from handlers.quiz import register, standings
from handlers.quiz.mending.marking import Mended
from handlers.quiz.mending.models import Kind
from handlers.quiz.models import GivenAnswer, HeldCampaign, Participant, Round, Unit

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Remark:
    """What becomes of one answer."""

    round_id: str
    place: int
    is_given: bool
    """Whether there is an answer at all."""
    is_right: bool
    before: int
    after: int
    """In half points, of this question."""


@dataclass(frozen=True, slots=True)
class PersonChange:
    participant: str
    code: str
    unit: str
    points_before: float
    points_after: float
    rank_before: int
    rank_after: int
    passed_before: bool | None
    """None where there is no pass."""
    passed_after: bool | None

    @property
    def is_turned(self) -> bool:
        return self.passed_before != self.passed_after


@dataclass(frozen=True, slots=True)
class Preview:
    papers: int
    """That hold the question and are handed in."""
    changed_papers: int
    people: list[PersonChange]
    """Whose best paper or rank would be another, the weightiest first."""

    def counted(self) -> dict[str, int]:
        moved = [one for one in self.people if one.points_before != one.points_after]
        return {
            "papers": self.papers, "changed_papers": self.changed_papers, "people": len(moved),
            "passed": sum(one.is_turned and bool(one.passed_after) for one in self.people),
            "failed": sum(one.is_turned and not one.passed_after for one in self.people),
            "ranks": sum(one.rank_before != one.rank_after for one in self.people),
        }  # fmt: skip


def holds(key: str) -> ColumnElement[bool]:
    """Whether the question stands on a paper."""
    return cast(Round.question_keys, Text).contains(f'"{key}"', autoescape=True)


def remarks(session: Session, held: HeldCampaign, key: str, mended: Mended) -> list[Remark]:
    """Of every paper handed in that holds the question, changed or not."""
    return [*_answered(session, held, key, mended), *_left_out(session, held, key, mended)]


def look_ahead(session: Session, held: HeldCampaign, found: list[Remark]) -> Preview:
    """What these would come to. Asked after `play.settle`."""
    deltas = {one.round_id: one.after - one.before for one in found if one.after != one.before}
    people = _people(session, held, deltas)
    weight = sorted(people, key=lambda one: (not one.is_turned, -abs(one.points_after - one.points_before),
                                             -abs(one.rank_after - one.rank_before), one.rank_before))  # fmt: skip
    return Preview(len(found), len(deltas), weight)


def owners(session: Session, found: list[Remark]) -> list[str]:
    """Participants one of whose papers has other points by these."""
    changed, names = [one.round_id for one in found if one.after != one.before], set[str]()
    for start in range(0, len(changed), _AT_ONCE):
        theirs = select(Round.citizen_id).where(Round.id.in_(changed[start : start + _AT_ONCE]))
        names.update(session.scalars(theirs))
    return sorted(names)


def _finished(held: HeldCampaign) -> ColumnElement[bool]:
    return (Round.campaign_id == held.id) & Round.finished_at.is_not(None)


def _answered(session: Session, held: HeldCampaign, key: str, mended: Mended) -> Iterator[Remark]:
    rule = register.rules_of(held).multiple
    given = (
        select(Round.id, Round.points, GivenAnswer.place, GivenAnswer.letters, GivenAnswer.half_points)
        .join(GivenAnswer, GivenAnswer.round_id == Round.id)
        .where(_finished(held), GivenAnswer.question_key == key)
    )
    for round_id, points, place, letters, before in session.execute(given):
        after = mended.half_points(letters, points[place - 1], rule)
        yield Remark(round_id, place, True, mended.is_right(letters), before, after)


def _left_out(session: Session, held: HeldCampaign, key: str, mended: Mended) -> Iterator[Remark]:
    """Papers on which it stands without an answer: a void question brings them its points too."""
    has_answer = exists().where(GivenAnswer.round_id == Round.id, GivenAnswer.question_key == key)
    without = select(Round.id, Round.points, Round.question_keys).where(_finished(held), holds(key), ~has_answer)
    for round_id, points, keys in session.execute(without):
        place = keys.index(key) + 1
        after = 2 * points[place - 1] if mended.kind is Kind.VOID else 0
        yield Remark(round_id, place, False, False, 0, after)


def _people(session: Session, held: HeldCampaign, deltas: dict[str, int]) -> Iterator[PersonChange]:
    before, after = _bests(session, held, {}), _bests(session, held, deltas)
    rank_before, rank_after = _ranks(before), _ranks(after)
    exam = register.rules_of(held).exam
    listed = select(Participant.name, Participant.code, Unit.path).outerjoin(Unit, Unit.id == Participant.unit_id)
    for name, code, path in session.execute(listed.where(Participant.campaign_id == held.id)):
        if name not in before or (before[name] == after[name] and rank_before[name] == rank_after[name]):
            continue
        halves = (before[name][0], after[name][0])
        passed = [half >= 2 * exam.pass_points if exam else None for half in halves]
        yield PersonChange(
            name, code, path or "", halves[0] / 2, halves[1] / 2, rank_before[name], rank_after[name], *passed
        )


def _bests(session: Session, held: HeldCampaign, deltas: dict[str, int]) -> dict[str, tuple[int, str]]:
    """Participant → half points and merit of his best paper, once `deltas` were added."""
    listed = select(Round.id, Round.citizen_id, Round.half_points, Round.started_at, Round.finished_at)
    found: dict[str, tuple[int, str]] = {}
    for round_id, name, half_points, started_at, finished_at in session.execute(listed.where(_finished(held))):
        if finished_at is None:
            continue
        half = half_points + deltas.get(round_id, 0)
        merit = standings.merit_of(half, int((finished_at - started_at).total_seconds()), finished_at)
        if name not in found or merit < found[name][1]:
            found[name] = (half, merit)
    return found


def _ranks(bests: dict[str, tuple[int, str]]) -> dict[str, int]:
    merits = sorted(merit for _, merit in bests.values())
    return {name: bisect_left(merits, merit) + 1 for name, (_, merit) in bests.items()}
