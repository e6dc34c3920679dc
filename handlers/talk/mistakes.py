"""报错: every answer has a number, and whoever finds it wrong says so with it; staff find that among the messages.

The number is that of the wording, so that staff see just what the citizen saw, whatever has been changed since.
"""

import re
from dataclasses import replace

from sqlalchemy.orm import Session

from content.models import Material, MaterialKind, Revision
from content.phrases import say
from handlers import answers, citizens, owing, receipts
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from handlers.talk import tickets
from handlers.talk.models import TicketKind

WORD = "报错"
_SAID = re.compile(r"\s*报错[\s:：,，、。]*(?:编号)?\s*(\d{1,9})?[\s:：,，、。]*(.*)", re.DOTALL)
_NUMBER = re.compile(r"\s*(?:答复)?编号[\s:：]*(\d{1,9})\s*")


def said(incoming: Incoming, desk: Desk) -> Reply | None:
    """None where the message does not begin with the word, or asks for an answer by its number."""
    if asked := _NUMBER.fullmatch(incoming.text) if "编号" in incoming.text else None:
        return _by_number(desk, int(asked[1]))
    found = _SAID.fullmatch(incoming.text) if WORD in incoming.text else None
    if found is None:
        return None
    number, words = int(found[1] or 0), found[2].strip()
    if not number and not words:
        return Reply(text=say("mistake_how"))

    def act(session: Session) -> Reply:
        citizen_id = citizens.get_or_add_citizen_id(session, desk.bureau.keyring, desk.openid)
        bare = tickets.find_bare_mistake(session, desk.bureau.keyring, citizen_id, number) if number and words else None
        if bare:  # he says now what is wrong
            tickets.write_in(session, desk.bureau.keyring, bare, words)
            return Reply(text=f"{tickets.left_out(words)}\n{say('mistake_received', number=bare.id)}".strip())
        if tickets.is_too_many(session, citizen_id):
            return Reply(text=say("human_too_many", most=tickets.A_DAY))
        topic = topic_of(session, number)
        if number and not topic:
            return Reply(text=say("mistake_no_such_number", number=number))
        ticket = tickets.take_in(
            session, desk.bureau.keyring, citizen_id, words or say("mistake_without_words"), topic,
            TicketKind.MISTAKE, number or None,
        )  # fmt: skip
        owing.open_window(session, citizen_id, desk.citizen)
        told = f"{tickets.left_out(words)}\n{say('mistake_received', number=ticket.id)}".strip()
        return Reply(text=told if words else f"{told}\n{say('mistake_say_what', number=number)}")

    return receipts.once(desk.bureau.database, incoming.key, act)


def _by_number(desk: Desk, number: int) -> Reply:
    """What is said on its topic today, and whether that is still the wording of this number."""
    with desk.bureau.database.reading() as session:
        topic = topic_of(session, number)
    if topic not in desk.bureau.shelf.answers:
        return Reply(text=say("mistake_no_such_number", number=number))
    now = desk.bureau.shelf.answers[topic]
    if now.number == number:
        told = say("number_holds", number=number, day=now.facts.get("checked_on", ""))
    else:
        told = say("number_was_changed", number=number, now=now.number)
    reply = answers.answer(desk, topic)
    return replace(reply, text=f"{told}\n\n{reply.text}")


def topic_of(session: Session, number: int) -> str:
    """The topic of the answer of this number; empty where there is no such answer."""
    revision = session.get(Revision, number) if 0 < number < 2**31 else None
    material = session.get(Material, revision.material_id) if revision else None
    return material.slug if material and material.kind == MaterialKind.ANSWER else ""
