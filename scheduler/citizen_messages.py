"""Pushes what single citizens are owed (handlers/owing.py) as custom messages, each at most once.

WeChat decides whether it is still allowed: what it refuses is held for the citizen's next message, and Redis is told
that he is owed something. A push without an answer is never repeated: a person decides.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from content.store.db import Database
from content.store.keys import Keyring, KeysUnreadable
from content.store.memory import Memory
from handlers import citizens, owing
from handlers.owing import Owed, OwedState
from scheduler.platform import Later, Never, PlatformTrouble, Unknown

Push = Callable[[str, str], None]
"""Gives a text to a receiver. Raises Later, Never or Unknown."""
LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
AT_ONCE = 20
NO_ACCOUNT = "没有接上公众号，改随对方的下一条消息告诉他。"
NO_RECEIVER = "对方的记录已经没有了。"
NO_KEY = "密钥不在，读不出要发的话。"
DIED = "推送时程序中断，不知道送到没有。"


def send_due(database: Database, keyring: Keyring, push: Push | None, now: datetime) -> list[int]:
    """Sends what is due; which messages are held now for the next reply. Without an account all are."""
    with database.transaction() as session:
        _note_broken_off(session, now)
        due = select(Owed.id).where(Owed.state == OwedState.WAITING, Owed.next_try_at <= now)
        ids = list(session.scalars(due.order_by(Owed.id).limit(AT_ONCE)))
    return [owed_id for owed_id in ids if _send(database, keyring, push, owed_id, now)]


def mark(database: Database, memory: Memory, owed_ids: list[int] | None = None) -> int:
    """Tells Redis who is owed something with his next reply: of these messages, else of all. Raises Away."""
    with database.reading() as session:
        pseudonyms = owing.held_pseudonyms(session, owed_ids)
    memory.mark_owed(pseudonyms)
    return len(pseudonyms)


def _note_broken_off(session: Any, now: datetime) -> None:
    """Whoever was pushing has died on the way."""
    left = update(Owed).where(Owed.state == OwedState.SENDING, Owed.next_try_at <= now)
    session.execute(left.values(state=OwedState.UNCERTAIN, trouble=DIED))


def _send(database: Database, keyring: Keyring, push: Push | None, owed_id: int, now: datetime) -> bool:
    """True where it is held now."""
    claimed = _claim(database, keyring, owed_id, now)
    if claimed is None:
        return False
    receiver, text, tries = claimed
    trouble: PlatformTrouble | None = None
    try:
        if push is None:
            raise Never(NO_ACCOUNT)
        if not receiver or not text:
            raise Never(NO_KEY if receiver else NO_RECEIVER)
        push(receiver, text)
    except PlatformTrouble as raised:
        trouble = raised
    except Exception as error:  # whatever else went wrong, it may have arrived
        trouble = Unknown(f"推送出错（{type(error).__name__}），不知道送到没有。")
    with database.transaction() as session:
        return _note(session, owed_id, tries, trouble, now)


def _claim(database: Database, keyring: Keyring, owed_id: int, now: datetime) -> tuple[str, str, int] | None:
    """(receiver, text, which try); None where another scheduler, or a reply, was first."""
    with database.transaction() as session:
        row = session.get(Owed, owed_id)
        if row is None:
            return None
        mine = update(Owed).where(Owed.id == owed_id, Owed.state == OwedState.WAITING, Owed.tries == row.tries)
        values = {"state": OwedState.SENDING, "tries": row.tries + 1, "next_try_at": now + LEASE}
        tries = row.tries + 1
        taken: Any = session.execute(mine.values(**values).execution_options(synchronize_session=False))
        if taken.rowcount != 1:
            return None
        try:
            return citizens.receiver_of(session, keyring, row.citizen_id), owing.opened(row, keyring), tries
        except KeysUnreadable:
            return "", "", tries


def _note(session: Any, owed_id: int, tries: int, trouble: PlatformTrouble | None, now: datetime) -> bool:
    row = session.get(Owed, owed_id)
    if row is None or row.tries != tries or row.state != OwedState.SENDING:  # the lease was over
        return False
    row.trouble = trouble.sentence if trouble else ""
    if trouble is None:
        row.state, row.told_at = OwedState.SENT, now
        owing.note_sent(session, row.citizen_id)
    elif isinstance(trouble, Unknown):
        row.state = OwedState.UNCERTAIN
    elif isinstance(trouble, Later) and tries <= len(PAUSES):
        pause = max(PAUSES[tries - 1], timedelta(seconds=trouble.seconds))
        row.state, row.next_try_at = OwedState.WAITING, now + pause
    else:
        row.state = OwedState.HELD
    return bool(row.state == OwedState.HELD)
