"""A round of practice: begin, answer, end. Knows nothing of chats; every answer is in SQL before anybody sees a
verdict.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content.models import Question
from content.store import clock
from handlers.quiz import bank
from handlers.quiz.models import GivenAnswer, Round

SUBJECT = "constitution"
QUESTIONS_A_ROUND = 5
ROUNDS_WITHOUT_REPEATING = 10


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

    @property
    def is_over(self) -> bool:
        return self.place > self.total


def begin(session: Session, citizen_id: str, seed: str) -> Round:
    """A new round, with other questions than the citizen's last ones had. Raises bank.BankEmpty."""
    played = Round(
        id=hashlib.blake2b(seed.encode(), digest_size=16).hexdigest(), citizen_id=citizen_id,
        question_keys=bank.draw(session, SUBJECT, seed, QUESTIONS_A_ROUND, _last_keys(session, citizen_id)),
        started_at=clock.now(),
    )  # fmt: skip
    session.add(played)
    session.flush()
    return played


def _last_keys(session: Session, citizen_id: str) -> set[str]:
    """What this citizen was asked in his last rounds."""
    mine = select(Round.question_keys).where(Round.citizen_id == citizen_id)
    rounds = session.scalars(mine.order_by(Round.started_at.desc()).limit(ROUNDS_WITHOUT_REPEATING)).all()
    return {key for keys in rounds for key in keys}


def standing(played: Round) -> Standing:
    right = sum(answer.is_right for answer in played.given)
    return Standing(len(played.given) + 1, len(played.question_keys), right)


def open_question(session: Session, played: Round) -> Question:
    """The question that waits for an answer. Raises IndexError when the round is over."""
    return bank.get_question(session, played.question_keys[len(played.given)])


def answer(session: Session, played: Round, letters: str) -> Verdict:
    """Takes the answer to the open question. All or nothing: a multiple choice is right when exactly the right
    letters came.
    """
    question = open_question(session, played)
    is_right = letters == question.answer
    played.given.append(
        GivenAnswer(
            place=len(played.given) + 1, question_key=question.key, letters=letters, is_right=is_right, at=clock.now()
        )
    )
    if standing(played).is_over:
        played.finished_at = clock.now()
    session.flush()
    return Verdict(question, letters, is_right)


def find_round(session: Session, round_id: str) -> Round | None:
    return session.get(Round, round_id)


def forget(session: Session, citizen_id: str) -> None:
    """Practice is nobody's record: it goes with the citizen."""
    rounds = select(Round.id).where(Round.citizen_id == citizen_id)
    session.execute(delete(GivenAnswer).where(GivenAnswer.round_id.in_(rounds)))
    session.execute(delete(Round).where(Round.citizen_id == citizen_id))
