"""What a citizen is told in front of a reply: the answer that came too late for its own message, or what he is owed.

Redis brings the late reply, or only the mark that something is owed; then SQL is asked, and says each thing once. It is
asked as well where Redis knows nothing of the citizen.
"""

import logging
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError

from bot.wechat.envelope import read_xml
from content import render
from content.phrases import say
from content.store.memory import OWED, UNKNOWN, Begun
from handlers import owing
from handlers.desk import Desk
from handlers.message import Reply
from handlers.talk import emergency

_LEAST_ROOM = 200
"""Bytes: below this a late reply waits for the next message."""
_LINE = "\n\n————\n"
_log = logging.getLogger(__name__)


def in_front(reply: Reply, begun: Begun, desk: Desk, message_key: str) -> tuple[Reply, bool]:
    """The reply with what is told in front of it; True where nothing is left to be told."""
    if reply.kind != "text" or desk.is_erased or not (begun.late or begun.conversation == UNKNOWN):
        return reply, False
    if begun.late and begun.late != OWED:
        return _late(reply, begun.late)
    return _owed(reply, desk, message_key)


def _late(reply: Reply, late: bytes) -> tuple[Reply, bool]:
    """Shortened where both do not fit."""
    earlier = read_xml(late).get("Content")
    room = _room(reply, say("late_answer"))
    if not earlier or room <= _LEAST_ROOM:
        return reply, False
    return replace(reply, text=f"{say('late_answer')}\n{render.shorten(earlier, room)}{_LINE}{reply.text}"), True


def _owed(reply: Reply, desk: Desk, message_key: str) -> tuple[Reply, bool]:
    """Whole or not at all; danger goes first and alone."""
    if desk.understood and desk.understood.topic == emergency.TOPIC:
        return reply, False
    room = _room(reply, say("owed_in_front"))
    try:
        with desk.bureau.database.reading() as session:
            if not owing.is_to_be_told(session, desk.citizen, message_key):
                return reply, True
        with desk.bureau.database.transaction() as session:
            texts, left = owing.take(session, desk.bureau.keyring, desk.citizen, message_key, room)
    except SQLAlchemyError:  # it stays owed
        _log.warning("what is owed could not be read", exc_info=True)
        return reply, False
    if texts:
        told = "\n\n".join(texts)
        reply = replace(reply, text=f"{say('owed_in_front')}\n{told}{_LINE}{reply.text}")
    elif left:
        reply = replace(reply, text=f"{say('owed_too_long')}\n{reply.text}")
    return reply, not left


def _room(reply: Reply, heading: str) -> int:
    return max(render.TEXT_BYTES - len(f"{heading}\n{_LINE}{reply.text}".encode()), 0)
