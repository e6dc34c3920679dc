"""A talk of several turns: begin, remember, leave, resume. SQL is the truth.

Redis says whether one is open and may hold a copy of it, so that a turn need not look first: what a turn writes by a
copy is written only where the talk in SQL still is of that version, and was not moved by this very message before.

Answers are kept by the question's name; each kind of talk replays them to know where it stands, so that going back
is removing a name. Expiry is a time compared when the next message comes. Knows no kind of talk: `router.py` does.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, String, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from content.store import clock
from content.store.db import Base, Database
from content.store.quick import Statement, structure, when

KEPT = timedelta(days=7)
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LOOK = (
    "SELECT (SELECT reply FROM receipts WHERE message_key = ?), z.id, c.kind, c.answers, c.version, c.updated_at "
    "FROM (SELECT 1) AS one LEFT JOIN citizens z ON z.pseudonym = ? LEFT JOIN conversations c ON c.citizen_id = z.id"
)
STANDS = (
    "c.citizen_id = g.citizen_id AND c.version = g.version AND c.updated_at > g.since "
    "AND NOT EXISTS (SELECT 1 FROM receipts WHERE message_key = g.message_key)"
)
"""Of a row `c` of conversations: it is as a copy has it, and this message has done nothing yet; see `standing`."""
STANDING = {"citizen_id": "TEXT", "version": "BIGINT", "since": "TIMESTAMP", "message_key": "TEXT"}
_ADVANCE = Statement(
    {"answers": "JSON", "now": "TIMESTAMP", **STANDING},
    "UPDATE conversations AS c SET answers = g.answers, version = c.version + 1, updated_at = g.now "  # noqa: S608 - ours
    "FROM {given} g WHERE " + STANDS,
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
    version: Mapped[int] = mapped_column(BigInteger)
    """Raised by every turn; a new talk begins anywhere, so that no copy of an earlier one fits."""
    updated_at: Mapped[datetime]


def find_open(session: Session, citizen_id: str) -> Conversation | None:
    found = session.get(Conversation, citizen_id)
    return found if found and found.updated_at > clock.now() - KEPT else None


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk that is open, as it stood when it was looked at."""

    kind: str
    answers: Mapping[str, Any]
    version: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A talk and whose it is, with what its slice wants to find again; as Redis keeps it."""

    citizen_id: str
    talk: Talk
    more: Any = None
    written: str = ""
    """The answers as they went into SQL; empty where they have not been written from here."""

    def __str__(self) -> str:
        talk = self.talk
        others = (self.citizen_id, talk.kind, talk.version, self.more)
        return f"{_json(others)[:-1]},{self.written}]" if self.written else _json((*others, talk.answers))


@dataclass(frozen=True, slots=True)
class Look:
    """What stands in SQL about a message that may belong to a talk."""

    citizen_id: str | None
    talk: Talk | None
    reply: Any
    """What this very message was answered before, as receipts.py keeps it; None where it is new."""


def look(database: Database, pseudonym: str, message_key: str) -> Look:
    """All of one moment, in one quick question."""
    found = database.quick.row(_LOOK, (message_key, pseudonym)) or (None,) * 6
    reply, citizen_id, kind, answers, version, updated_at = found
    at = when(updated_at)
    if citizen_id is None or at is None or at <= clock.now() - KEPT:
        return Look(citizen_id, None, structure(reply))
    return Look(citizen_id, Talk(str(kind), structure(answers), int(version or 0)), structure(reply))


def read_copy(written: str) -> Copy | None:
    """None where it cannot be read: another version of the program may have left it."""
    try:
        citizen_id, kind, version, more, answers = json.loads(written)
    except (ValueError, TypeError):
        return None
    return Copy(citizen_id, Talk(kind, answers, version), more)


def standing(database: Database, copy: Copy, message_key: str) -> tuple[Any, ...]:
    """The values of STANDING."""
    return copy.citizen_id, copy.talk.version, database.quick.moment(clock.now() - KEPT), message_key


def advance(database: Database, copy: Copy, answers: Mapping[str, Any], message_key: str) -> Copy | None:
    """The talk goes on with these answers in place of the ones before: one statement, durable when it returns. None
    where the talk in SQL is not the copy's any more or this message was here before: nothing was done, look again.
    """
    quick = database.quick
    written = _json(answers)
    if not quick.write(_ADVANCE, (written, quick.moment(clock.now()), *standing(database, copy, message_key))):
        return None
    return Copy(copy.citizen_id, Talk(copy.talk.kind, answers, copy.talk.version + 1), copy.more, written)


def may_concern(database: Database, pseudonym: str, message_key: str) -> bool:
    """Whether a talk of this citizen, or what this very message has done before, stands in SQL: one quick question."""
    with database.engine.connect() as connection:
        return bool(connection.execute(_CONCERNS, {"citizen": pseudonym, "message": message_key}).scalar())


def begin(session: Session, citizen_id: str, kind: str, answers: Mapping[str, Any]) -> Conversation:
    """In place of whatever talk was open."""
    leave(session, citizen_id)
    conversation = Conversation(
        citizen_id=citizen_id, kind=kind, answers=dict(answers), version=secrets.randbits(32), updated_at=clock.now()
    )
    session.add(conversation)
    session.flush()
    return conversation


def remember(session: Session, conversation: Conversation, answers: Mapping[str, Any]) -> None:
    conversation.answers = {**conversation.answers, **answers}
    conversation.version += 1
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
