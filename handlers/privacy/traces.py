"""A citizen's name in logs that outlast him: made with a random key of his own that an erasure destroys. Then the rows
that hold such a name stay as they are, also in a chain of digests, and nobody can tell any more whose they are.
"""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from content.store import clock
from content.store.db import Base


class TraceKey(Base):
    __tablename__ = "trace_keys"

    pseudonym: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


def name_for(session: Session, pseudonym: str, log: str) -> str:
    """His name in one log: another in every log. His key is made where he has none."""
    held = session.get(TraceKey, pseudonym)
    if held is None:
        held = TraceKey(pseudonym=pseudonym, key=secrets.token_hex(32), made_at=clock.now())
        session.add(held)
        session.flush()
    return _name(held, log)


def find_name(session: Session, pseudonym: str, log: str) -> str:
    """Empty where no log can name him."""
    held = session.get(TraceKey, pseudonym)
    return _name(held, log) if held else ""


def _name(held: TraceKey, log: str) -> str:
    key = bytes.fromhex(held.key)
    return hashlib.blake2b(f"{log}:{held.pseudonym}".encode(), key=key, digest_size=16).hexdigest()


def forget(session: Session, pseudonym: str) -> None:
    session.execute(delete(TraceKey).where(TraceKey.pseudonym == pseudonym))
