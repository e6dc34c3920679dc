"""The emergency stop of answers: a notice before every answer, or one sentence in place of them. Danger is answered
as ever, and a person and one's own data can be reached.

Every worker looks for it about once a second (bot/wiring.py); a message is answered with what was found then.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import audit, render, staff
from content.phrases import say
from content.staff import NotAllowed, Role
from content.store import clock
from content.store.db import Base, take_turns
from handlers.message import Reply

MAY_STOP = frozenset({Role.PUBLISH, Role.ADMIN})
TEXT_CHARACTERS = 120
DANGER = "talk/emergency"
NEVER_REPLACED = frozenset({DANGER, "talk/human", "talk/privacy"})


class StopMode(StrEnum):
    NOTICE = "notice"  # the answers go on, with the notice in front
    REPLACE = "replace"  # nothing is answered any more


class AnswerStop(Base):
    __tablename__ = "answer_stops"

    id: Mapped[int] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(200))
    set_by: Mapped[str] = mapped_column(String(32))
    set_at: Mapped[datetime]
    released_by: Mapped[str] = mapped_column(String(32), default="")
    released_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Stop:
    """As it is applied to replies."""

    mode: StopMode
    text: str


class Switch:
    """Where a worker keeps what it found when it looked last."""

    __slots__ = ("held",)

    def __init__(self) -> None:
        self.held: Stop | None = None


def stop(session: Session, by: str, mode: str, text: str) -> AnswerStop:
    """In place of a stop that holds. Raises NotAllowed."""
    by = staff.require(session, by, *MAY_STOP).name
    take_turns(session, "answers")
    text = text.strip()
    if not text or len(text) > TEXT_CHARACTERS or mode not in set(StopMode):
        raise NotAllowed(say("stop_words_wanted", most=TEXT_CHARACTERS))
    if earlier := find(session):
        earlier.released_by, earlier.released_at = by, clock.now()
    made = AnswerStop(mode=mode, text=text, set_by=by, set_at=clock.now())
    session.add(made)
    session.flush()
    audit.record(session, by, "answers.stop", f"stop:{made.id}", mode=mode, text=text)
    return made


def resume(session: Session, by: str) -> None:
    """Raises NotAllowed."""
    by = staff.require(session, by, *MAY_STOP).name
    take_turns(session, "answers")
    held = find(session)
    if held is None:
        raise NotAllowed(say("stop_not_held"))
    held.released_by, held.released_at = by, clock.now()
    session.flush()
    audit.record(session, by, "answers.resume", f"stop:{held.id}")


def find(session: Session) -> AnswerStop | None:
    """The one that holds now."""
    query = select(AnswerStop).where(AnswerStop.released_at.is_(None))
    return session.scalar(query.order_by(AnswerStop.id.desc()).limit(1))


def look(session: Session, switch: Switch) -> None:
    """Puts the switch as it stands in SQL."""
    held = find(session)
    switch.held = Stop(StopMode(held.mode), held.text) if held else None


def holds_back(held: Stop | None, topic: str) -> bool:
    """Whether words understood as this topic move nothing now: what nobody is told of must not happen either."""
    return held is not None and held.mode is StopMode.REPLACE and topic not in NEVER_REPLACED


def told(held: Stop) -> Reply:
    return Reply(text=say("stopped", text=held.text))


def applied(held: Stop | None, reply: Reply, topic: str) -> Reply:
    """The reply as it may go out; `topic`: what the message was understood as, empty where it was no words: a greeting
    to who follows, or that pictures cannot be read, is no answer.
    """
    if held is None or reply.kind == "none" or topic in ("", DANGER):
        return reply
    if held.mode is StopMode.REPLACE:
        return told(held) if holds_back(held, topic) else reply
    if reply.kind != "text":
        return reply
    notice = say("stop_notice", text=render.harmless(held.text))
    room = render.TEXT_BYTES - len(notice.encode()) - 2
    return replace(reply, text=f"{notice}\n\n{render.shorten(reply.text, room)}")
