"""Which questions are asked: drawn from the bank by a seed, so that the same seed always draws the same round."""

import hashlib
from collections.abc import Container, Mapping

from sqlalchemy.orm import Session

from content import repository
from content.models import Question
from content.store.db import Database


class BankEmpty(Exception):
    """There are not enough questions for a round."""


def lot(seed: str, key: str) -> bytes:
    """What a thing's turn is drawn by: the same for everybody who knows the seed."""
    return hashlib.sha256(f"{seed}:{key}".encode()).digest()


def draw(
    session: Session, subject: str, seed: str, count: int, last: Container[str] = (), kept_back: Container[str] = ()
) -> list[str]:
    """`count` different questions of a subject in a random order that only the seed decides; those of `last` only
    where there are not enough others, those kept back never: where they leave too few, those of other subjects fill the
    round. Raises BankEmpty.
    """
    own = [question.key for question in repository.questions(session, subject)]
    keys = [key for key in own if key not in kept_back]
    if len(keys) < count <= len(own):
        others = (one.key for one in repository.questions(session) if one.subject != subject)
        keys += [key for key in others if key not in kept_back]
    if len(keys) < count:
        raise BankEmpty
    mine = set(own)
    return sorted(keys, key=lambda key: (key not in mine, key in last, lot(seed, key)))[:count]


def question_of(database: Database, questions: Mapping[str, Question], key: str) -> Question:
    """From the bank in memory; from SQL where it came in since that was read. Raises LookupError."""
    if (known := questions.get(key)) is not None:
        return known
    with database.reading() as session:
        return get_question(session, key)


def get_question(session: Session, key: str) -> Question:
    """Raises LookupError: a question that was asked is retired, never deleted."""
    question = session.get(Question, key)
    if question is None:
        raise LookupError(key)
    return question
