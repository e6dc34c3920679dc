"""A talk of several turns: begin, remember, leave, resume. SQL is the truth; Redis only hints that one is open.

Answers are kept by the question's name; each kind of talk replays them to know where it stands, so that going back
is removing a name. Expiry is a time compared when the next message comes. Knows no kind of talk: `router.py` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from content.store import clock
from content.store.db import Base, Database
from content.store.quick import structure, when

KEPT = timedelta(days=7)
_LOOK = (
    "SELECT (SELECT reply FROM receipts WHERE message_key = ?), z.id, c.kind, c.answers, c.updated_at "
    "FROM (SELECT 1) AS one LEFT JOIN citizens z ON z.pseudonym = ? LEFT JOIN conversations c ON c.citizen_id = z.id"
)
_CONCERNS = text(
    "SELECT EXISTS (SELECT 1 FROM conversations JOIN citizens ON citizens.id = conversations.citizen_id "
    "WHERE citizens.pseudonym = :citizen) OR EXISTS (SELECT 1 FROM receipts WHERE message_key = :message)"
)


class Conversation(Base):
    """At most one open talk a citizen."""

    __tablename__ = "conversations"

    citizen_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime]


def find_open(session: Session, citizen_id: str) -> Conversation | None:
    found = session.get(Conversation, citizen_id)
    return found if found and found.updated_at > clock.now() - KEPT else None


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk that is open, as it stood when it was looked at."""

    kind: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """What stands in SQL about a message that may belong to a talk."""

    citizen_id: str | None
    talk: Talk | None
    reply: Any
    """What this very message was answered before, as receipts.py keeps it; None where it is new."""


def look(database: Database, pseudonym: str, message_key: str) -> Look:
    """All of one moment, in one quick question."""
    reply, citizen_id, kind, answers, updated_at = database.quick.row(_LOOK, (message_key, pseudonym)) or (None,) * 5
    at = when(updated_at)
    if citizen_id is None or at is None or at <= clock.now() - KEPT:
        return Look(citizen_id, None, structure(reply))
    return Look(citizen_id, Talk(str(kind), structure(answers)), structure(reply))


def may_concern(database: Database, pseudonym: str, message_key: str) -> bool:
    """Whether a talk of this citizen, or what this very message has done before, stands in SQL: one quick question."""
    with database.engine.connect() as connection:
        return bool(connection.execute(_CONCERNS, {"citizen": pseudonym, "message": message_key}).scalar())


def begin(session: Session, citizen_id: str, kind: str, answers: Mapping[str, Any]) -> Conversation:
    """In place of whatever talk was open."""
    leave(session, citizen_id)
    conversation = Conversation(citizen_id=citizen_id, kind=kind, answers=dict(answers), updated_at=clock.now())
    session.add(conversation)
    session.flush()
    return conversation


def remember(session: Session, conversation: Conversation, answers: Mapping[str, Any]) -> None:
    conversation.answers = {**conversation.answers, **answers}
    conversation.updated_at = clock.now()
    session.flush()


def leave(session: Session, citizen_id: str) -> None:
    session.execute(delete(Conversation).where(Conversation.citizen_id == citizen_id))
    session.expire_all()


def open_citizen_ids(session: Session) -> list[str]:
    """Everybody who is in a talk now."""
    return list(
        session.scalars(select(Conversation.citizen_id).where(Conversation.updated_at > clock.now() - KEPT)).all()
    )


def purge(session: Session) -> None:
    session.execute(delete(Conversation).where(Conversation.updated_at <= clock.now() - KEPT))
