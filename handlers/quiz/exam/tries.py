"""Wrong codes are counted: after some in a row nobody is heard for a while, whether the number tried exists or not."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from content.store import clock
from content.store.db import take_turns
from content.store.keys import Keyring
from handlers.quiz.exam.models import WrongTries

OF_A_PERSON = 5
OF_AN_ADDRESS = 1000
"""All offices of a city may have one address. Codes of ten signs are not guessed by a thousand tries in a quarter of an
hour: what stops a guesser is the number that he tries; this only stops a machine.
"""
PAUSE = timedelta(minutes=15)
KEPT = timedelta(days=1)
_PURPOSE = "exam-tries"
_AT_ONCE = 500


def name_of(keyring: Keyring, kind: str, value: str) -> str:
    """Of somebody or something that tries, saying nothing of him."""
    return keyring.pseudonym(_PURPOSE, f"{kind}:{value}")


def is_locked(session: Session, name: str, most: int) -> bool:
    """Whoever asks holds the turn of `name` until his transaction ends: tries at one moment are each counted."""
    take_turns(session, f"tries:{name}")
    found = session.get(WrongTries, name, populate_existing=True)
    return found is not None and found.failures >= most and clock.now() < found.tried_at + PAUSE


def count(session: Session, name: str) -> None:
    found = session.get(WrongTries, name)
    if found is None:
        session.add(WrongTries(of=name, failures=1, tried_at=clock.now()))
    else:
        is_over = clock.now() >= found.tried_at + PAUSE
        found.failures, found.tried_at = 1 if is_over else found.failures + 1, clock.now()
    session.flush()


def clear(session: Session, *names: str) -> None:
    for place in range(0, len(names), _AT_ONCE):
        session.execute(delete(WrongTries).where(WrongTries.of.in_(names[place : place + _AT_ONCE])))


def purge(session: Session) -> None:
    session.execute(delete(WrongTries).where(WrongTries.tried_at < clock.now() - KEPT))
