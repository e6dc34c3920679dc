"""A round: practice, or a paper of a campaign. Begin, answer, end. Knows nothing of chats; every answer is in SQL
before anybody sees a verdict.

The clock is the server's. Past its deadline a paper takes nothing any more and counts as handed in with what was saved:
that is computed from the times, nothing has to run.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from content import repository
from content.models import Question
from content.store import clock
from handlers.quiz import bank, paper, register
from handlers.quiz.campaign import Multiple, Phase
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from handlers.quiz.scoring import points_of

SUBJECT = "constitution"
QUESTIONS_A_ROUND = 5
ROUNDS_WITHOUT_REPEATING = 10


class Closed(Exception):
    """The campaign is not open, or the paper's time is up: nothing was counted."""


class NoMoreToday(Exception):
    """This citizen has had all his attempts of today."""


@dataclass(frozen=True, slots=True)
class Verdict:
    question: Question
    letters: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a round is."""

    place: int
    """Number of the question that is open, from 1; one more than `total` when the round is over."""
    total: int
    right: int
    half_points: int = 0
    full_marks: int = 0
    """0 for practice."""
    is_time_up: bool = False

    @property
    def is_over(self) -> bool:
        return self.place > self.total or self.is_time_up

    @property
    def points(self) -> float:
        return self.half_points / 2


def begin(session: Session, citizen_id: str, seed: str) -> Round:
    """A new round, with other questions than the citizen's last ones had. Raises bank.BankEmpty."""
    played = Round(
        id=_round_id(seed), citizen_id=citizen_id,
        question_keys=bank.draw(session, SUBJECT, seed, QUESTIONS_A_ROUND, _last_keys(session, citizen_id)),
        started_at=clock.now(),
    )  # fmt: skip
    session.add(played)
    session.flush()
    return played


def begin_paper(session: Session, held: HeldCampaign, participant: str, seed: str) -> Round:
    """`participant`: as citizens.participant_of has it. Raises Closed, NoMoreToday and paper.TooFew."""
    rules, now = register.rules_of(held), clock.now()
    if rules.phase(now) is not Phase.OPEN:
        raise Closed
    if attempts_today(session, held, participant) >= rules.attempts_a_day:
        raise NoMoreToday
    name = _round_id(seed)
    items = paper.draw(repository.questions(session), rules.paper, name)
    played = Round(
        id=name, citizen_id=participant, question_keys=[item.key for item in items], started_at=now,
        campaign_id=held.id, points=[item.points for item in items],
        deadline_at=min(now + timedelta(minutes=rules.minutes), rules.closes_at),
    )  # fmt: skip
    session.add(played)
    session.flush()
    return played


def attempts_today(session: Session, held: HeldCampaign, participant: str) -> int:
    midnight = datetime.combine(clock.today(), time(), clock.BEIJING)
    mine = (Round.campaign_id == held.id) & (Round.citizen_id == participant) & (Round.started_at >= midnight)
    return session.scalar(select(func.count()).select_from(Round).where(mine)) or 0


def _round_id(seed: str) -> str:
    return hashlib.blake2b(seed.encode(), digest_size=16).hexdigest()


def _last_keys(session: Session, citizen_id: str) -> set[str]:
    """What this citizen was asked in his last rounds."""
    mine = select(Round.question_keys).where(Round.citizen_id == citizen_id)
    rounds = session.scalars(mine.order_by(Round.started_at.desc()).limit(ROUNDS_WITHOUT_REPEATING)).all()
    return {key for keys in rounds for key in keys}


def standing(played: Round) -> Standing:
    right = sum(answer.is_right for answer in played.given)
    is_time_up = played.deadline_at is not None and clock.now() >= played.deadline_at
    return Standing(
        len(played.given) + 1, len(played.question_keys), right, played.half_points, sum(played.points), is_time_up
    )


def open_question(session: Session, played: Round) -> Question:
    """The question that waits for an answer. Raises IndexError when the round is over."""
    return bank.get_question(session, played.question_keys[len(played.given)])


def answer(session: Session, played: Round, letters: str) -> Verdict:
    """Takes the answer to the open question. It is right when exactly the right letters came; what it brings in a
    campaign is the campaign's rule. Raises Closed when the time is up.
    """
    if standing(played).is_time_up:
        raise Closed
    question = open_question(session, played)
    half_points = _half_points(session, played, question, letters)
    played.half_points += half_points
    played.given.append(
        GivenAnswer(
            place=len(played.given) + 1, question_key=question.key, letters=letters,
            is_right=letters == question.answer, half_points=half_points, at=clock.now(),
        )
    )  # fmt: skip
    if standing(played).is_over:
        played.finished_at = clock.now()
    session.flush()
    return Verdict(question, letters, letters == question.answer)


def _half_points(session: Session, played: Round, question: Question, letters: str) -> int:
    if not played.points:
        return 0
    held = session.get(HeldCampaign, played.campaign_id)
    rule = register.rules_of(held).multiple if held else Multiple.ALL
    return int(points_of(letters, question.answer, played.points[len(played.given)], rule) * 2)


def hand_in(session: Session, played: Round) -> None:
    """With what was given; by its owner, or because the time is up. A second time changes nothing."""
    if played.finished_at is None:
        played.finished_at = min(clock.now(), played.deadline_at or clock.now())
        session.flush()


def find_round(session: Session, round_id: str) -> Round | None:
    return session.get(Round, round_id)


def forget(session: Session, citizen_id: str) -> None:
    """Practice is nobody's record: it goes with the citizen. Papers of a campaign do not stand under his name."""
    rounds = select(Round.id).where(Round.citizen_id == citizen_id)
    session.execute(delete(GivenAnswer).where(GivenAnswer.round_id.in_(rounds)))
    session.execute(delete(Round).where(Round.citizen_id == citizen_id))
