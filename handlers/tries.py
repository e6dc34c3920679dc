"""Wrong codes are counted: after some in a row no further wrong one is looked at for a while, whether the number tried
exists or not.
"""

from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from content.store import clock
from content.store.db import Base, take_turns
from content.store.keys import Keyring

OF_A_PERSON = 5
OF_AN_ADDRESS = 1000
"""All offices of a city may have one address. Codes of ten signs are not guessed by a thousand tries in a quarter of an
hour: what stops a guesser is the number that he tries; this only stops a machine.
"""
PAUSE = timedelta(minutes=15)
KEPT = timedelta(days=1)
_PURPOSE = "exam-tries"
_AT_ONCE = 500


class WrongTries(Base):
    """Wrong codes in a row: of a number, whether anybody has it or not; of an address; of a link."""

    __tablename__ = "exam_wrong_tries"

    of: Mapped[str] = mapped_column(String(32), primary_key=True)
    """A pseudonym."""
    failures: Mapped[int]
    tried_at: Mapped[datetime]


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
