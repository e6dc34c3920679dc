"""Messages that we owe to single citizens, each told once: pushed where WeChat still allows it, else with a reply.

A message is a row until it has surely been told. `scheduler/citizen_messages.py` pushes it; where WeChat will not have
it, it is held, and `take` gives it to whoever makes the citizen's next reply. What may have arrived is never told
again by itself: then a person decides. Redis only knows that somebody is owed something.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, String, Text, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import render
from content.store import clock
from content.store.db import Base, take_turns
from content.store.keys import Keyring
from handlers.citizens import Citizen

PURPOSE = "owed"
WINDOW, WINDOW_MESSAGES = timedelta(hours=48), 5
"""What WeChat lets us send after a citizen's message (wechat-platform.md 3.8)."""
REPEATED = timedelta(hours=1)
"""So long a reply may be asked for again, and must be the same: until then a text that was told is kept."""
KEPT = timedelta(days=90)
"""Whoever has not written for so long is not told any more."""
KEY_CHARACTERS = 64
MOST_BYTES = 1700
"""WeChat refuses a message of 2048 bytes, and it must fit in front of a reply: a longer one is cut behind a sentence.
Whoever has more to say says in it where the whole stands.
"""


class OwedState(StrEnum):
    WAITING = "waiting"  # to be pushed
    SENDING = "sending"
    HELD = "held"  # WeChat will not have it now: with his next message
    SENT = "sent"  # pushed
    TOLD = "told"  # stood in front of a reply
    UNCERTAIN = "uncertain"  # pushed without an answer: it may have arrived


OPEN = (OwedState.WAITING, OwedState.HELD)
DONE = (OwedState.SENT, OwedState.TOLD)
MOVES: dict[OwedState, frozenset[OwedState]] = {
    OwedState.WAITING: frozenset({OwedState.SENDING, OwedState.HELD, OwedState.TOLD}),
    OwedState.SENDING: frozenset({OwedState.SENT, OwedState.WAITING, OwedState.HELD, OwedState.UNCERTAIN}),
    OwedState.HELD: frozenset({OwedState.TOLD}),
    OwedState.UNCERTAIN: frozenset({OwedState.HELD, OwedState.SENT}),
    OwedState.SENT: frozenset(),
    OwedState.TOLD: frozenset(),
}


class Owed(Base):
    __tablename__ = "owed_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_CHARACTERS), unique=True)
    """What makes it once-only, such as `ticket:12:3`."""
    citizen_id: Mapped[str] = mapped_column(String(32), index=True)
    text: Mapped[str] = mapped_column(Text)
    """Empty some time after it has been told."""
    is_sealed: Mapped[bool]
    state: Mapped[str] = mapped_column(String(12), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    owed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    told_with: Mapped[str] = mapped_column(String(64), default="")
    """The key of the message whose reply it stood in front of."""
    trouble: Mapped[str] = mapped_column(Text, default="")
    """Why it could not be pushed, in Chinese."""


class Window(Base):
    """When somebody who waits for a person's answer wrote last: so long, and so often, may he be answered."""

    __tablename__ = "citizen_windows"

    citizen_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(32), unique=True)
    heard_at: Mapped[datetime]
    sent: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Left:
    """What WeChat still allows towards one citizen, as far as we know: he may have written since."""

    messages: int
    until: datetime


def owe_citizen(session: Session, citizen_id: str, key: str, text: str, keyring: Keyring | None = None) -> bool:
    """Puts down that this citizen is to be told; once by key, False where he is or was owed it already. With a keyring
    the text is kept encrypted: so whatever is not for everybody's eyes. At most MOST_BYTES of it.
    """
    take_turns(session, f"owed:{key}")
    if session.scalar(select(Owed.id).where(Owed.key == key)):
        return False
    now, text = clock.now(), render.shorten(text, MOST_BYTES)
    kept = keyring.encrypt(PURPOSE, text) if keyring else text
    session.add(
        Owed(
            key=key, citizen_id=citizen_id, text=kept, is_sealed=keyring is not None, state=OwedState.WAITING,
            next_try_at=now, owed_at=now,
        )
    )  # fmt: skip
    session.flush()
    return True


def take(
    session: Session, keyring: Keyring, pseudonym: str, message_key: str, most_bytes: int
) -> tuple[list[str], int]:
    """What is told in front of the reply to this message, in order, as far as it fits; and how many are left. The same
    again for the same message. Nobody else tells them after this.
    """
    take_turns(session, f"owed-to:{pseudonym}")
    texts: list[str] = []
    left = 0
    for row in _waiting(session, pseudonym, message_key):
        text = opened(row, keyring)
        size = len(text.encode()) + 2
        if left or size > most_bytes:
            left += 1
            continue
        most_bytes -= size
        texts.append(text)
        _tell(session, row, message_key)
    return texts, left


def opened(row: Owed, keyring: Keyring) -> str:
    """Raises KeysUnreadable."""
    return keyring.decrypt(PURPOSE, row.text) if row.is_sealed and row.text else row.text


def held_pseudonyms(session: Session, owed_ids: Collection[int] | None = None) -> list[str]:
    """Of everybody who is to be told something with his next message; or of these messages alone."""
    query = select(Citizen.pseudonym).join(Owed, Owed.citizen_id == Citizen.id).where(Owed.state == OwedState.HELD)
    if owed_ids is not None:
        query = query.where(Owed.id.in_(owed_ids))
    return list(session.scalars(query.distinct()).all())


def is_to_be_told(session: Session, pseudonym: str, message_key: str) -> bool:
    """Whether `take` would find anything."""
    return session.scalar(_of(pseudonym, message_key).with_only_columns(Owed.id).limit(1)) is not None


def is_owed(session: Session, pseudonym: str) -> bool:
    """Whether something is still held for him."""
    query = select(Owed.id).join(Citizen, Owed.citizen_id == Citizen.id)
    held = query.where(Citizen.pseudonym == pseudonym, Owed.state == OwedState.HELD).limit(1)
    return session.scalar(held) is not None


def uncertain(session: Session) -> list[Owed]:
    """What may have arrived or not: a person decides."""
    return list(session.scalars(select(Owed).where(Owed.state == OwedState.UNCERTAIN).order_by(Owed.id)).all())


def find_by_key(session: Session, key: str) -> Owed | None:
    return session.scalar(select(Owed).where(Owed.key == key))


def decide(session: Session, key: str, has_arrived: bool) -> bool:
    """A person's word on what may have arrived; where it has not, it goes out with the next message. False where there
    is nothing to decide any more.
    """
    to = OwedState.SENT if has_arrived else OwedState.HELD
    changed: Any = session.execute(
        update(Owed).where(Owed.key == key, Owed.state == OwedState.UNCERTAIN).values(state=to, told_at=clock.now())
    )
    session.expire_all()
    return bool(changed.rowcount)


# ── the 48 hours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def open_window(session: Session, citizen_id: str, pseudonym: str) -> None:
    """He has written just now, and from here on it is kept when he writes again."""
    row = session.get(Window, citizen_id) or Window(citizen_id=citizen_id, pseudonym=pseudonym)
    row.heard_at, row.sent = clock.now(), 0
    session.add(row)
    session.flush()


def note_heard(session: Session, pseudonyms: Collection[str]) -> None:
    """These have written; kept of those alone who wait for a person's answer."""
    watched = set(session.scalars(select(Window.pseudonym)).all()) & set(pseudonyms)
    if watched:
        session.execute(update(Window).where(Window.pseudonym.in_(watched)).values(heard_at=clock.now(), sent=0))


def note_sent(session: Session, citizen_id: str) -> None:
    session.execute(update(Window).where(Window.citizen_id == citizen_id).values(sent=Window.sent + 1))


def left(session: Session, citizen_id: str) -> Left | None:
    """None where WeChat allows nothing any more, as far as we know."""
    row = session.get(Window, citizen_id)
    if row is None or row.heard_at + WINDOW <= clock.now():
        return None
    waits = (Owed.citizen_id == citizen_id, Owed.state.in_((OwedState.WAITING, OwedState.SENDING)))
    rest = WINDOW_MESSAGES - row.sent - (session.scalar(select(func.count()).where(*waits)) or 0)
    return Left(rest, row.heard_at + WINDOW) if rest > 0 else None


# ── letting go ────────────────────────────────────────────────────────────────────────────────────────────────────────


def forget(session: Session, citizen_id: str) -> None:
    for table in (Owed, Window):
        session.execute(delete(table).where(table.citizen_id == citizen_id))


def purge(session: Session) -> None:
    now = clock.now()
    session.execute(update(Owed).where(Owed.state.in_(DONE), Owed.told_at < now - REPEATED).values(text=""))
    session.execute(delete(Owed).where(Owed.owed_at < now - KEPT))
    is_waited_for = select(Owed.id).where(Owed.citizen_id == Window.citizen_id, Owed.state == OwedState.HELD).exists()
    session.execute(delete(Window).where(Window.heard_at < now - WINDOW, ~is_waited_for))  # he opens it by writing


def _waiting(session: Session, pseudonym: str, message_key: str) -> list[Owed]:
    """What this message's reply tells, or has told when it came first."""
    found = _of(pseudonym, message_key).order_by(Owed.id).with_for_update(of=Owed)  # a push may begin at this moment
    return list(session.scalars(found).all())


def _of(pseudonym: str, message_key: str) -> Select[Owed]:
    is_its_own = (Owed.state == OwedState.TOLD) & (Owed.told_with == message_key)
    query = select(Owed).join(Citizen, Citizen.id == Owed.citizen_id).where(Citizen.pseudonym == pseudonym)
    return query.where(Owed.state.in_(OPEN) | is_its_own)


def _tell(session: Session, row: Owed, message_key: str) -> None:
    row.state, row.told_at, row.told_with = OwedState.TOLD, clock.now(), message_key
    session.flush()
