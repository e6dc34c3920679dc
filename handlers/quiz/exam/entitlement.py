"""How often somebody may sit the exam, and when: computed from the rules, what he was granted and his papers, never
stored.

A paper begun while the exam was open, or a window of his own, takes one of the exam's attempts; one begun in the
make-up takes one of the make-up's. An attempt that was granted beside them is used up when those are, once, whichever
window it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.store import clock
from handlers.quiz import register
from handlers.quiz.campaign import Exam
from handlers.quiz.exam.models import Override, OverrideKind, OverrideState, Sitter
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round


class Outcome(StrEnum):
    ABSENT = "absent"
    """No paper handed in yet."""
    FAILED = "failed"
    PASSED = "passed"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A window in which he may sit it now."""

    is_makeup: bool
    closes_at: datetime
    attempts_left: int
    extra_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    opens_at: datetime
    closes_at: datetime
    is_makeup: bool = False
    is_his_own: bool = False

    def holds(self, moment: datetime) -> bool:
        return self.opens_at <= moment < self.closes_at


@dataclass(frozen=True, slots=True)
class Granted:
    """What was approved beside the rules."""

    attempts: int = 0
    minutes: int = 0
    windows: tuple[Window, ...] = ()
    is_excused: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    started_at: datetime
    half_points: int | None
    """None while it runs."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    outcome: Outcome
    best: int | None
    """Half points of his best paper."""
    windows: tuple[Window, ...]
    """All in which he may sit it, if he is entitled then: the exam's, the make-up's, his own."""
    left: int
    """Attempts, in the exam's time or his own."""
    makeup_left: int
    """Attempts in the make-up."""
    extra_minutes: int
    sat: int
    """Papers handed in."""
    made_up: int
    """Of these, in the make-up."""
    is_active: bool = True

    @property
    def may_make_up(self) -> bool:
        """As it stands now: who has passed or is excused does not need it."""
        has_one = any(window.is_makeup for window in self.windows)
        return self.is_active and has_one and self.outcome in (Outcome.ABSENT, Outcome.FAILED)

    def find_sitting(self, at: datetime) -> Sitting | None:
        """The best that is open at this moment; with no attempts left where all are used."""
        if not self.is_active or self.outcome is Outcome.EXCUSED:
            return None
        open_now = [window for window in self.windows if window.holds(at)]
        first = [window.closes_at for window in open_now if not window.is_makeup]
        makeup = [window.closes_at for window in open_now if window.is_makeup and self.may_make_up]
        if first and (self.left > 0 or not makeup):
            return Sitting(False, max(first), self.left, self.extra_minutes)
        return Sitting(True, makeup[0], self.makeup_left, self.extra_minutes) if makeup else None


def last_sitting_ends(session: Session, held: HeldCampaign) -> datetime:
    """Of everybody, with the times that single persons were granted: before it no answer may be told."""
    granted = select(func.max(Override.closes_at)).where(
        Override.campaign_id == held.id, Override.kind == OverrideKind.WINDOW, Override.state == OverrideState.APPROVED
    )
    return max(register.ended_at(held), session.scalar(granted) or held.closes_at)


def find_sitting(session: Session, held: HeldCampaign, participant: str) -> Sitting | None:
    """None where neither the exam nor a make-up he is entitled to is open, or he is not on the roster."""
    found = find(session, held, participant)
    return found.find_sitting(clock.now()) if found else None


def find(session: Session, held: HeldCampaign, participant: str) -> Entitlement | None:
    """None for who is not on the roster, and for a campaign that is no exam."""
    sitter = session.get(Sitter, (held.id, participant))
    return of_these(session, held, [sitter])[participant] if sitter and register.rules_of(held).exam else None


def of_these(session: Session, held: HeldCampaign, sitters: Sequence[Sitter]) -> dict[str, Entitlement]:
    """Of people of one exam, by participant; some queries, however many they are. Raises ValueError for no exam."""
    exam = register.rules_of(held).exam
    if exam is None:
        raise ValueError(f"{held.id} is no exam")
    alone = sitters[0].participant if len(sitters) == 1 else None
    papers, granted = _papers(session, held, alone), _granted(session, held, alone)
    return {
        sitter.participant: entitle(
            exam, held, granted.get(sitter.participant, Granted()), papers.get(sitter.participant, []),
            is_active=sitter.is_active,
        )
        for sitter in sitters
    }  # fmt: skip


def entitle(
    exam: Exam, held: HeldCampaign, granted: Granted, papers: Sequence[Paper], is_active: bool = True
) -> Entitlement:
    """`papers` in the order in which they were begun."""
    windows = _windows(exam, held, granted)
    used, made_up, extra, of_makeup = 0, 0, 0, []
    for paper in papers:
        holding = [window for window in windows if window.holds(paper.started_at)]
        is_makeup_only = bool(holding) and all(window.is_makeup for window in holding)
        if not is_makeup_only and used < exam.attempts:
            used += 1
        elif any(window.is_makeup for window in holding) and made_up < exam.makeup_attempts:
            made_up += 1
            of_makeup.append(paper)
        else:
            extra += 1
            of_makeup += [paper] if is_makeup_only else []
    spare = max(0, granted.attempts - extra)
    brought = [paper.half_points for paper in papers if paper.half_points is not None]
    best = max(brought, default=None)
    return Entitlement(
        _outcome(best, exam, granted), best, windows, exam.attempts - used + spare,
        exam.makeup_attempts - made_up + spare, granted.minutes, len(brought),
        sum(paper.half_points is not None for paper in of_makeup), is_active,
    )  # fmt: skip


def _outcome(best: int | None, exam: Exam, granted: Granted) -> Outcome:
    if granted.is_excused:
        return Outcome.EXCUSED
    if best is None:
        return Outcome.ABSENT
    return Outcome.PASSED if best >= 2 * exam.pass_points else Outcome.FAILED


def _windows(exam: Exam, held: HeldCampaign, granted: Granted) -> tuple[Window, ...]:
    opens, closes = exam.makeup_opens_at, exam.makeup_closes_at
    makeup = [Window(opens, closes, is_makeup=True)] if opens and closes else []
    return (Window(held.opens_at, held.closes_at), *granted.windows, *makeup)


def _papers(session: Session, held: HeldCampaign, alone: str | None) -> dict[str, list[Paper]]:
    """A paper whose time is up counts as handed in with what was saved, whether anybody has done so or not."""
    wanted = select(Round.citizen_id, Round.id, Round.started_at, Round.finished_at, Round.deadline_at,
                    Round.half_points).where(Round.campaign_id == held.id)  # fmt: skip
    if alone:
        wanted = wanted.where(Round.citizen_id == alone)
    now, found = clock.now(), session.execute(wanted.order_by(Round.started_at, Round.id)).all()
    due = [row.id for row in found if row.finished_at is None and row.deadline_at <= now]
    saved = _saved(session, due)
    papers: dict[str, list[Paper]] = {}
    for row in found:
        brought = row.half_points if row.finished_at is not None else saved.get(row.id)
        papers.setdefault(row.citizen_id, []).append(Paper(row.started_at, brought))
    return papers


def _saved(session: Session, rounds: Sequence[str]) -> dict[str, int]:
    if not rounds:
        return {}
    brought = select(GivenAnswer.round_id, func.sum(GivenAnswer.half_points)).where(GivenAnswer.round_id.in_(rounds))
    sums = {name: int(total) for name, total in session.execute(brought.group_by(GivenAnswer.round_id)).all()}
    return {name: sums.get(name, 0) for name in rounds}


def _granted(session: Session, held: HeldCampaign, alone: str | None) -> dict[str, Granted]:
    wanted = select(Override).where(Override.campaign_id == held.id, Override.state == OverrideState.APPROVED)
    if alone:
        wanted = wanted.where(Override.participant == alone)
    by_person: dict[str, list[Override]] = {}
    for override in session.scalars(wanted.order_by(Override.id)):
        by_person.setdefault(override.participant, []).append(override)
    return {participant: _together(overrides) for participant, overrides in by_person.items()}


def _together(overrides: Iterable[Override]) -> Granted:
    every = list(overrides)

    def amount(kind: OverrideKind) -> int:
        return sum(one.amount for one in every if one.kind == kind)

    windows = tuple(
        Window(one.opens_at, one.closes_at, is_his_own=True)
        for one in every
        if one.kind == OverrideKind.WINDOW and one.opens_at and one.closes_at
    )
    is_excused = any(one.kind == OverrideKind.EXCUSED for one in every)
    return Granted(amount(OverrideKind.ATTEMPT), amount(OverrideKind.MINUTES), windows, is_excused)
