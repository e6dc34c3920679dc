"""Who has been erased and when, under a name that leads back to nobody: so that a backup made before is cleaned again
when it is restored, and that a receipt's number can be checked.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from content.phrases import say
from content.store import clock
from content.store.db import Base
from content.store.keys import Keyring

KEPT = timedelta(days=1095)
RETRIES_END = timedelta(minutes=2)
"""WeChat asks no more for a reply by then: what was kept to say it again may go."""
_PURPOSE = "erased"
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class BadRegister(Exception):
    """A register that was handed in cannot be read; the message says what to do."""


class Erasure(Base):
    __tablename__ = "erasures"

    number: Mapped[str] = mapped_column(String(24), primary_key=True)
    """Of the receipt."""
    who: Mapped[str] = mapped_column(String(32), index=True)
    """As `keyed` has it."""
    at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(8))
    """words, or leaving: he unfollowed, or withdrew his authorization."""
    went: Mapped[dict[str, int]] = mapped_column(JSON)
    """How much of each kind."""
    scoured_at: Mapped[datetime | None]
    """When what was deleted had left the disk too."""


def keyed(keyring: Keyring, pseudonym: str) -> str:
    return keyring.pseudonym(_PURPOSE, pseudonym)


def enter(session: Session, keyring: Keyring, pseudonym: str, asked_by: str, went: Mapping[str, int]) -> Erasure:
    code = "".join(secrets.choice(_SIGNS) for _ in range(6))
    made = Erasure(
        number=f"SC{clock.today():%Y%m%d}-{code}", who=keyed(keyring, pseudonym), at=clock.now(), asked_by=asked_by,
        went=dict(went), scoured_at=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def find(session: Session, number: str) -> Erasure | None:
    return session.get(Erasure, number)


def unscoured(session: Session) -> datetime | None:
    """The newest moment whose erasures can be made final now; None where there is none."""
    waiting = select(Erasure.at).where(Erasure.scoured_at.is_(None), Erasure.at <= clock.now() - RETRIES_END)
    return session.scalar(waiting.order_by(Erasure.at.desc()).limit(1))


def note_scoured(session: Session, until: datetime) -> None:
    is_meant = Erasure.scoured_at.is_(None) & (Erasure.at <= until)
    session.execute(update(Erasure).where(is_meant).values(scoured_at=clock.now()))


def scour_again(session: Session) -> None:
    """Something more of people long erased has been deleted."""
    newest = select(Erasure.number).order_by(Erasure.at.desc()).limit(1).scalar_subquery()
    session.execute(update(Erasure).where(Erasure.number == newest).values(scoured_at=None))


def moments(session: Session) -> dict[str, datetime]:
    """Who was erased → when last."""
    return {row.who: row.at for row in session.scalars(select(Erasure).order_by(Erasure.at)).all()}


def latest(session: Session, limit: int = 50) -> list[Erasure]:
    return list(session.scalars(select(Erasure).order_by(Erasure.at.desc()).limit(limit)).all())


def purge(session: Session) -> None:
    session.execute(delete(Erasure).where(Erasure.at < clock.now() - KEPT))


# ── outside of the database ───────────────────────────────────────────────────────────────────────────────────────────


def write(session: Session) -> Iterator[str]:
    """A line of JSON for each erasure, oldest first; without anybody's name."""
    for row in session.scalars(select(Erasure).order_by(Erasure.at, Erasure.number)).all():
        words = {"number": row.number, "who": row.who, "at": row.at.isoformat(), "asked_by": row.asked_by,
                 "went": row.went}  # fmt: skip
        yield json.dumps(words, ensure_ascii=False)


def write_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The same of rows as a backup has them, whose moments are UTC without a zone."""
    for row in rows:
        at = datetime.fromisoformat(str(row["at"])).replace(tzinfo=UTC).isoformat()
        words = {name: row[name] for name in ("number", "who", "asked_by", "went")}
        yield json.dumps({**words, "at": at}, ensure_ascii=False)


def take_in(session: Session, lines: Iterable[str]) -> int:
    """Adds what is not here yet; how many that was. Raises BadRegister, and nothing was added."""
    made = check(lines)
    here = set(session.scalars(select(Erasure.number)).all())
    added = {erasure.number: erasure for erasure in made if erasure.number not in here}
    session.add_all(added.values())
    session.flush()
    return len(added)


def check(lines: Iterable[str]) -> list[Erasure]:
    """Raises BadRegister."""
    try:
        made = [_read(json.loads(line)) for line in lines if line.strip()]
    except (ValueError, KeyError, TypeError) as error:
        raise BadRegister(say("register_unreadable")) from error
    if not all(erasure.at.tzinfo for erasure in made):
        raise BadRegister(say("register_no_zone"))
    return made


def _read(words: Mapping[str, Any]) -> Erasure:
    return Erasure(
        number=str(words["number"])[:24], who=str(words["who"])[:32], at=datetime.fromisoformat(words["at"]),
        asked_by=str(words["asked_by"])[:8], went=dict(words["went"]), scoured_at=None,
    )  # fmt: skip
