"""A round: practice, or a paper of a campaign. Begin, answer, end. Knows nothing of chats; every answer is in SQL
before anybody sees a verdict.

The clock is the server's. Past its deadline a paper takes nothing any more and counts as handed in with what was saved:
that is computed from the times, nothing has to run.
"""

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from content.models import Question
from content.store import clock
from content.store.db import take_turns
from handlers.quiz import admission, bank, paper, pool, register, standings
from handlers.quiz.admission import Closed
from handlers.quiz.campaign import Cell, Multiple
from handlers.quiz.exam.models import Sitter
from handlers.quiz.mending import marking
from handlers.quiz.models import GivenAnswer, HeldCampaign, Participant, Round
from handlers.quiz.scoring import points_of

SUBJECT = "constitution"
QUESTIONS_A_ROUND = 5
ROUNDS_WITHOUT_REPEATING = 10


class Given(Protocol):
    """An answer, however it was read."""

    @property
    def letters(self) -> str: ...
    @property
    def is_right(self) -> bool: ...
    @property
    def half_points(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    question: Question
    letters: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a round is."""

    place: int
    """Number of the first question without an answer, from 1; one more than `total` where all have one."""
    total: int
    right: int
    half_points: int = 0
    full_marks: int = 0
    """0 for practice."""
    is_time_up: bool = False
    is_handed_in: bool = False

    @property
    def is_closed(self) -> bool:
        """Nothing is taken any more."""
        return self.is_time_up or self.is_handed_in

    @property
    def is_over(self) -> bool:
        """Nothing waits for an answer; what the page has answered may be changed until it is closed."""
        return self.place > self.total or self.is_closed

    @property
    def points(self) -> float:
        return self.half_points / 2


def begin(session: Session, citizen_id: str, seed: str, kept_back: Container[str] = ()) -> Round:
    """A new round, with other questions than the citizen's last ones had and none that is kept back (see asked.py).
    Raises bank.BankEmpty.
    """
    last = _last_keys(session, citizen_id)
    played = Round(
        id=_round_id(seed), citizen_id=citizen_id,
        question_keys=bank.draw(session, SUBJECT, seed, QUESTIONS_A_ROUND, last, kept_back),
        started_at=clock.now(),
    )  # fmt: skip
    session.add(played)
    session.flush()
    return played


def join(session: Session, held: HeldCampaign, participant: str) -> Participant:
    """Whoever begins takes part, under a code that says nothing of him. `participant`: as citizens.participant_of."""
    found = session.get(Participant, (held.id, participant))
    if found is None:
        found = Participant(
            campaign_id=held.id, name=participant, code=_code_of(held, participant), joined_at=clock.now(),
            nickname="", papers=0,
        )  # fmt: skip
        session.add(found)
        session.flush()
    return found


def begin_paper(session: Session, held: HeldCampaign, participant: str, seed: str) -> Round:
    """A new paper, or the one he has open. `participant`: as citizens.participant_of has it. Raises Closed,
    NoAttemptLeft and paper.TooFew.
    """
    take_turns(session, f"quiz:{held.id}:{participant}")
    if begun := find_open_paper(session, held, participant):
        return begun
    admitted, now = admission.admit(session, held, participant), clock.now()
    join(session, held, participant)
    name = _round_id(seed)
    state, there = pool.fixed(session, held)
    items = paper.draw(there, _blueprint(session, held, participant), name)
    played = Round(
        id=name, citizen_id=participant, question_keys=[item.key for item in items], started_at=now,
        campaign_id=held.id, points=[item.points for item in items],
        deadline_at=min(now + timedelta(minutes=admitted.minutes), admitted.closes_at), drawn_from=state,
    )  # fmt: skip
    session.add(played)
    session.flush()
    return played


def _blueprint(session: Session, held: HeldCampaign, participant: str) -> list[Cell]:
    """As the roster has him just now."""
    rules = register.rules_of(held)
    sitter = session.get(Sitter, (held.id, participant)) if rules.has_groups else None
    return rules.paper_for(sitter is not None and sitter.is_leading)


def find_open_paper(session: Session, held: HeldCampaign, participant: str) -> Round | None:
    """That he has begun and that still runs."""
    mine = (Round.campaign_id == held.id) & (Round.citizen_id == participant)
    runs = Round.finished_at.is_(None) & (Round.deadline_at > clock.now())
    return session.scalars(select(Round).where(mine, runs).order_by(Round.started_at.desc())).first()


def _code_of(held: HeldCampaign, participant: str) -> str:
    return hashlib.sha256(f"{held.id}:{participant}".encode()).hexdigest()[:16].upper()


def _round_id(seed: str) -> str:
    return hashlib.blake2b(seed.encode(), digest_size=16).hexdigest()


def _last_keys(session: Session, citizen_id: str) -> set[str]:
    """What this citizen was asked in his last rounds."""
    mine = select(Round.question_keys).where(Round.citizen_id == citizen_id)
    rounds = session.scalars(mine.order_by(Round.started_at.desc()).limit(ROUNDS_WITHOUT_REPEATING)).all()
    return {key for keys in rounds for key in keys}


def standing(played: Round) -> Standing:
    given = {answer.place: answer for answer in played.given}
    total, full_marks = len(played.question_keys), sum(played.points)
    return standing_of(total, full_marks, given, played.deadline_at, played.finished_at)


def standing_of(
    total: int, full_marks: int, given: Mapping[int, Given], deadline_at: datetime | None, finished_at: datetime | None
) -> Standing:
    """`given`: by place, from 1."""
    answered = {place for place, answer in given.items() if answer.letters}
    place = next((place for place in range(1, total + 1) if place not in answered), total + 1)
    right = sum(answer.is_right for answer in given.values())
    half_points = sum(answer.half_points for answer in given.values())
    is_time_up = deadline_at is not None and clock.now() >= deadline_at
    return Standing(place, total, right, half_points, full_marks, is_time_up, is_handed_in=finished_at is not None)


def open_question(session: Session, played: Round) -> Question:
    """The first question that waits for an answer. Raises IndexError when the round is over."""
    return bank.get_question(session, played.question_keys[standing(played).place - 1])


def answer(session: Session, played: Round, letters: str, message_key: str = "") -> Verdict:
    """Takes the answer to the open question, for good: the verdict is told with it. It is right when exactly the right
    letters came; what it brings in a campaign is the campaign's rule. The last one hands the paper in, unless the page
    has answered some that may still be changed. Raises Closed when nothing is taken any more.
    """
    if held := _held(session, played):
        standings.take_turns_of(session, held)
    session.refresh(played, with_for_update=True)
    now = standing(played)
    if now.is_closed:
        raise Closed
    question = open_question(session, played)
    taken = next((given for given in played.given if given.place == now.place), None)
    if taken is None:
        taken = GivenAnswer(place=now.place, question_key=question.key, seq=0)
        played.given.append(taken)
    taken.letters, taken.is_right, taken.is_final = letters, letters == question.answer, True
    taken.half_points = half_points_of(played.points, now.place, question, letters, _multiple(held))
    taken.at, taken.message_key = clock.now(), message_key or None
    session.flush()
    if standing(played).is_over and all(given.is_final for given in played.given):
        hand_in(session, played)
    return Verdict(question, letters, letters == question.answer)


def half_points_of(points: list[int], place: int, question: Question, letters: str, rule: Multiple) -> int:
    """What an answer to the question at `place` (from 1) brings; nothing in practice."""
    return int(points_of(letters, question.answer, points[place - 1], rule) * 2) if points else 0


def _held(session: Session, played: Round) -> HeldCampaign | None:
    return session.get_one(HeldCampaign, played.campaign_id) if played.campaign_id else None


def _multiple(held: HeldCampaign | None) -> Multiple:
    return register.rules_of(held).multiple if held else Multiple.ALL


def hand_in(session: Session, played: Round) -> None:
    """With what was given; by its owner, or because the time is up. A second time changes nothing."""
    held = _held(session, played)
    if held is None:
        played.finished_at = played.finished_at or clock.now()
        session.flush()
        return
    standings.take_turns_of(session, held)
    _settle(session, held)
    _finish(session, held, played, clock.now())


def settle(session: Session, held: HeldCampaign) -> None:
    """Hands in every paper whose time is up. Boards and ranks are asked for after it."""
    if not has_due(session, held):
        return
    standings.take_turns_of(session, held)
    _settle(session, held)


def has_due(session: Session, held: HeldCampaign) -> bool:
    """Whether `settle` would change anything."""
    return bool(session.scalar(select(exists().where(*_due(held)))))


def _due(held: HeldCampaign) -> tuple[ColumnElement[bool], ...]:
    return Round.campaign_id == held.id, Round.finished_at.is_(None), Round.deadline_at <= clock.now()


def _settle(session: Session, held: HeldCampaign) -> None:
    """In the order in which their time was up, so that a board that is frozen meanwhile is exact."""
    for played in session.scalars(select(Round).where(*_due(held)).order_by(Round.deadline_at, Round.id)).all():
        _finish(session, held, played, clock.now())


def _finish(session: Session, held: HeldCampaign, played: Round, at: datetime) -> None:
    session.refresh(played, with_for_update=True)
    if played.finished_at is not None:
        return
    played.finished_at = min(at, played.deadline_at or at)
    marking.mend(session, played, register.rules_of(held).multiple)
    played.half_points = sum(given.half_points for given in played.given)
    session.flush()
    standings.enter(session, held, played)


def find_round(session: Session, round_id: str) -> Round | None:
    return session.get(Round, round_id)


def forget(session: Session, citizen_id: str) -> None:
    """Practice is nobody's record: it goes with the citizen. Papers of a campaign do not stand under his name."""
    rounds = select(Round.id).where(Round.citizen_id == citizen_id)
    session.execute(delete(GivenAnswer).where(GivenAnswer.round_id.in_(rounds)))
    session.execute(delete(Round).where(Round.citizen_id == citizen_id))
