"""Messages that we owe to staff: each is owed once by its key, and sent until it has surely arrived or surely will not.

A message waits as a row, so that nothing is forgotten where a process dies. It goes out over every channel that is
configured (mail, WeCom robot); what one channel has taken is not given to it again. Without any channel rows wait for
the console, which shows what nobody has heard. Titles and texts name no citizen; what looks like a number of a person
is blotted out here.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from content import audit
from content.store import clock
from content.store.db import Database, take_turns
from scheduler.models import Outgoing
from scheduler.platform import Later, Never, PlatformTrouble, Unknown

ALERT = "alert"  # staff must hear it at once
CARD = "card"  # the morning card, which the console shows anyway
WAITING, SENDING, SENT, FAILED = "waiting", "sending", "sent", "failed"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
"""Before the second try, the third …; after the last the message has failed."""
LEASE = timedelta(minutes=2)
STALE = timedelta(days=1)
"""An alert that could not be sent for so long would tell old news."""
SHOWN = timedelta(days=14)
KEPT = timedelta(days=400)
_FOR_STAFF = Outgoing.kind.in_((ALERT, CARD))
_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    key: str
    title: str
    text: str
    is_repeated: bool = False
    """It may have arrived before: a try ended without an answer."""


Send = Callable[[Message], None]
"""Gives a message to one channel. Raises Later, Never or Unknown."""


def owe(session: Session, key: str, kind: str, body: Mapping[str, Any]) -> bool:
    """Puts a message into the outbox; False where one of this key is or was there."""
    take_turns(session, f"outgoing:{key}")
    if session.scalar(select(Outgoing.id).where(Outgoing.key == key)):
        return False
    now = clock.now()
    session.add(Outgoing(key=key, kind=kind, body=dict(body), state=WAITING, next_try_at=now, owed_at=now))
    session.flush()
    return True


def tell(session: Session, key: str, title: str, text: str) -> bool:
    """Staff must hear this at once; once by key. False where they have been told already."""
    return owe(session, key, ALERT, {"title": _blotted(title), "text": _blotted(text)})


def send_due(database: Database, senders: Mapping[str, Send], now: datetime, limit: int = 20) -> int:
    """Sends what is due over all channels; how many messages were tried. Without channels everything waits."""
    if not senders:
        return 0
    with database.reading() as session:
        ids = list(session.scalars(select(Outgoing.id).where(_is_due(now)).order_by(Outgoing.id).limit(limit)))
    return sum(_send(database, outgoing_id, senders, now) for outgoing_id in ids)


def newest(session: Session, limit: int) -> list[Outgoing]:
    """For staff, whatever became of them."""
    return list(session.scalars(select(Outgoing).where(_FOR_STAFF).order_by(Outgoing.id.desc()).limit(limit)))


def undelivered(session: Session) -> list[Outgoing]:
    """What could not be sent and nobody has read in the console: its red bar."""
    failed = and_(_FOR_STAFF, Outgoing.state == FAILED, Outgoing.heard_by == "")
    return list(session.scalars(select(Outgoing).where(failed).order_by(Outgoing.id.desc())))


def console_alarms(session: Session, has_senders: bool = False) -> list[Outgoing]:
    """What staff should hear by the console, newest first: all recent alerts where nothing else tells them, else
    what could not be sent.
    """
    if has_senders:
        return undelivered(session)
    unheard = and_(Outgoing.kind == ALERT, Outgoing.state != SENT, Outgoing.heard_by == "")
    recent = Outgoing.owed_at >= clock.now() - SHOWN
    return list(session.scalars(select(Outgoing).where(unheard, recent).order_by(Outgoing.id.desc())))


def note_heard(session: Session, outgoing_id: int, by: str) -> bool:
    """Somebody has read it in the console: the bar lets go of it, and it is not sent any more. False where somebody
    else was first.
    """
    row = session.get(Outgoing, outgoing_id, with_for_update=True)
    if row is None or row.heard_by:
        return False
    row.heard_by = by
    session.flush()
    audit.record(session, by, "alert.heard", f"outgoing:{row.key}", title=str(row.body["title"]))
    return True


def try_again(session: Session, outgoing_id: int, by: str) -> bool:
    """A failed message once more from the beginning, as after mended settings. False where it has not failed."""
    row = session.get(Outgoing, outgoing_id, with_for_update=True)
    if row is None or row.state != FAILED:
        return False
    row.state, row.tries, row.trouble = WAITING, 0, ""
    row.next_try_at = row.owed_at = clock.now()
    session.flush()
    audit.record(session, by, "alert.again", f"outgoing:{row.key}", title=str(row.body["title"]))
    return True


def purge(session: Session) -> None:
    session.execute(delete(Outgoing).where(Outgoing.owed_at < clock.now() - KEPT))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """`sending` past its lease: whoever sent it has died on the way."""
    open_states = or_(Outgoing.state == WAITING, Outgoing.state == SENDING)
    return and_(_FOR_STAFF, open_states, Outgoing.next_try_at <= now, Outgoing.heard_by == "")


def _send(database: Database, outgoing_id: int, senders: Mapping[str, Send], now: datetime) -> int:
    claimed = _claim(database, outgoing_id, now)
    if claimed is None:
        return 0
    message, sent_over, tries = claimed
    troubles: dict[str, PlatformTrouble] = {}
    for name, send in senders.items():
        if name not in sent_over:
            try:
                send(message)
                sent_over.append(name)
            except PlatformTrouble as trouble:
                troubles[name] = trouble
            except Exception as error:  # whatever else a channel does, the message is not lost
                _log.exception("a channel failed", extra={"channel": name})
                troubles[name] = Unknown(f"{name} 出错（{type(error).__name__}）")
    with database.transaction() as session:
        _note(session, outgoing_id, sent_over, troubles, tries, now)
    return 1


def _claim(database: Database, outgoing_id: int, now: datetime) -> tuple[Message, list[str], int] | None:
    """The message, what has taken it so far, and which try this is; None where another scheduler was first."""
    with database.transaction() as session:
        row = session.get(Outgoing, outgoing_id)
        if row is None:
            return None
        is_repeated = row.state == SENDING or bool(row.body.get("is_uncertain"))
        message = Message(row.key, str(row.body["title"]), str(row.body["text"]), is_repeated)
        values = {"state": SENDING, "tries": row.tries + 1, "next_try_at": now + LEASE}
        is_stale = row.owed_at < now - STALE
        if is_stale:
            values = {"state": FAILED, "trouble": row.trouble or "一天之内没有送出，已过时，不再发送。"}
        mine = update(Outgoing).where(Outgoing.id == outgoing_id, Outgoing.tries == row.tries, _is_due(now))
        taken: Any = session.execute(mine.values(**values).execution_options(synchronize_session=False))
        if taken.rowcount != 1 or is_stale:
            return None
        return message, list(row.body.get("sent_over", [])), row.tries + 1


def _note(
    session: Session, outgoing_id: int, sent_over: list[str], troubles: dict[str, PlatformTrouble], tries: int,
    now: datetime,
) -> None:  # fmt: skip
    row = session.get(Outgoing, outgoing_id)
    if row is None or row.tries != tries:  # the lease was over and another has it
        return
    is_uncertain = any(isinstance(trouble, Unknown) for trouble in troubles.values())
    row.body = {**row.body, "sent_over": sent_over, "is_uncertain": is_uncertain}
    row.trouble = "；".join(trouble.sentence for trouble in troubles.values())
    lasting = [trouble for trouble in troubles.values() if not isinstance(trouble, Never)]
    if not troubles:
        row.state, row.sent_at = SENT, now
    elif not lasting or tries > len(PAUSES):
        row.state = FAILED
    else:
        wanted = max((trouble.seconds for trouble in lasting if isinstance(trouble, Later)), default=0)
        row.state, row.next_try_at = WAITING, now + max(PAUSES[tries - 1], timedelta(seconds=wanted))


def _blotted(text: str) -> str:
    return _PERSONAL.sub("＊", text)
