"""One durable effect per message: what a message has already done, and the reply it got, kept until no retry can come.

Redis usually stops a second delivery; this table does where Redis was emptied or is away. A turn that changes
nothing durable writes nothing here.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from content.store import clock
from content.store.db import Base, Database
from handlers.message import Article, Reply

KEPT = timedelta(hours=1)


class Receipt(Base):
    __tablename__ = "receipts"

    message_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    reply: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


def once(database: Database, message_key: str, act: Callable[[Session], Reply]) -> Reply:
    """Does `act` in one transaction, unless this message has been through already: then its reply again.

    `act` is done anew where another worker was at the same citizen's things and was first.
    """
    try:
        return _once(database, message_key, act)
    except (IntegrityError, StaleDataError):
        return _once(database, message_key, act)


def _once(database: Database, message_key: str, act: Callable[[Session], Reply]) -> Reply:
    with database.transaction() as session:
        if earlier := session.get(Receipt, message_key):
            return as_reply(earlier.reply)
        reply = act(session)
        session.add(Receipt(message_key=message_key, reply=json.loads(json.dumps(asdict(reply))), at=clock.now()))
        return reply


def purge(session: Session) -> None:
    session.execute(delete(Receipt).where(Receipt.at < clock.now() - KEPT))


def as_reply(kept: dict[str, Any]) -> Reply:
    """A reply as this table keeps it."""
    articles = tuple(Article(**article) for article in kept["articles"])
    return Reply(**{**kept, "articles": articles, "choices": tuple(kept["choices"])})
