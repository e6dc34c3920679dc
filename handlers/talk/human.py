"""人工: who can be reached now, and a message to a person. The only file of tickets that knows how the chat goes.

“留言” opens a talk whose next message is the message; “留言 ” and the words is the same in one message. Any other talk
is kept where it stands, and goes on afterwards.
"""

import re

from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock, memory, working_days
from handlers import answers, citizens, conversation, owing, receipts
from handlers.conversation import Talk
from handlers.desk import Desk
from handlers.message import Incoming, Reply
from handlers.talk import hours, mistakes, tickets, transcript
from handlers.talk.models import Ticket, TicketState
from handlers.understanding import Understood

KIND = "ticket"
TOPIC = "talk/human"
UNKNOWN = "talk/unknown"
SHORTEST = 4
"""Characters of a message that says something."""
_ASKS = frozenset({"留言", "我要留言", "我想留言", "给你们留言", "留个言"})
_IN_ONE = re.compile(r"\s*(?:我要|我想)?留言[\s:：,，、。]+(\S.*)", re.DOTALL)
_WANTS_ANSWER = frozenset({"看答复", "看回复"})
_WITH_BEFORE, _WITHOUT = say("human_with_before"), say("human_without_before")
_ASKS_STATE = frozenset(say("ticket_state_words").split())
_EDGES = " \n。.！!，,"
_KEPT = "kept"
"""Of the talk's answers: the talk that it came into, its kind and answers."""


def asked(incoming: Incoming, desk: Desk) -> Reply:
    """人工: whether somebody is there now, the telephones, and the way to leave a message."""
    offices = desk.bureau.offices
    with desk.bureau.database.reading() as session:
        overrides = working_days.load_overrides(session)
    now, written = clock.now(), hours.told(offices)
    is_open = hours.is_open(now, written, overrides)
    lines = [say("human_hours_unknown") if is_open is None else say("human_open" if is_open else "human_closed")]
    if written:
        lines.append(say("human_hours", hours=written))
    if phone := offices.get("bureau", {}).get("phone", ""):
        lines.append(say("human_phone", phone=phone))
    due = clock.spoken_day(hours.answer_due(now, overrides))
    text = say("human", there="\n".join(lines), due=due)
    return answers.choices(text, (say("human_leave_message"), desk.bureau.shelf.topics["service/hotline"].name))


def said(incoming: Incoming, desk: Desk) -> Reply | None:
    """What belongs here whatever else is going on, as long as it is no danger."""
    reply = _written_to_us(incoming, desk) or mistakes.said(incoming, desk)
    if reply:
        desk.understood = Understood(TOPIC, 1.0, ())
    return reply


def _written_to_us(incoming: Incoming, desk: Desk) -> Reply | None:
    written = incoming.text.strip(_EDGES)
    if written in _WANTS_ANSWER:
        return _shown_answer(desk)
    if written == _WITH_BEFORE:
        return _add_before(incoming, desk)
    if "留言" not in written:
        return None
    if written == _WITHOUT:
        return Reply(text=say("human_without_done"))
    if written in _ASKS_STATE:
        return _own(desk)
    if found := _IN_ONE.fullmatch(incoming.text):
        return _take_in(incoming, desk, found[1].strip())
    return _start(incoming, desk) if written in _ASKS else None


def go_on(incoming: Incoming, desk: Desk, citizen_id: str, talk: Talk) -> Reply:
    """The message itself."""
    words = incoming.text.strip()
    return _take_in(incoming, desk, words) if len(words) >= SHORTEST else Reply(text=say("human_too_short"))


def _shown_answer(desk: Desk) -> Reply:
    """The answer itself stands in front of this reply, as of any other."""
    with desk.bureau.database.reading() as session:
        is_owed = owing.is_owed(session, desk.citizen)
    return Reply(text=say("owed_shown" if is_owed else "owed_none"))


def _own(desk: Desk) -> Reply:
    """What he has written, and how far it has come."""
    with desk.bureau.database.reading() as session:
        citizen_id = citizens.find_citizen_id(session, desk.citizen)
        his = tickets.of_citizen(session, citizen_id) if citizen_id else []
    if not his:
        return Reply(text=say("human_none_of_yours"))
    lines = [_line(ticket) for ticket in his]
    return Reply(text=say("human_yours", lines="\n".join(lines)))


def _line(ticket: Ticket) -> str:
    received = clock.spoken_day(clock.in_beijing(ticket.received_at).date())
    state = say("human_yours_answered" if ticket.first_answered_at else "human_yours_waiting")
    if ticket.state == TicketState.CLOSED:
        state = say("human_yours_closed")
    return say("human_yours_line", number=ticket.id, received=received, state=state)


def _start(incoming: Incoming, desk: Desk) -> Reply:
    def act(session: Session) -> Reply:
        citizen_id = citizens.get_or_add_citizen_id(session, desk.bureau.keyring, desk.openid)
        talk = conversation.find_open(session, citizen_id)
        if tickets.is_too_many(session, citizen_id):
            return Reply(text=say("human_too_many", most=tickets.A_DAY))
        kept = {_KEPT: [talk.kind, talk.answers]} if talk and talk.kind != KIND else dict(talk.answers) if talk else {}
        conversation.begin(session, citizen_id, KIND, kept)
        desk.conversation, desk.copy = memory.OPEN, ""
        also = f"\n{say('human_goes_on_then')}" if kept else ""
        return Reply(text=f"{say('human_write_now', days=tickets.KEPT_DAYS)}{also}")

    desk.conversation = memory.UNKNOWN
    return receipts.once(desk.bureau.database, incoming.key, act)


def keeps(talk: Talk | conversation.Conversation) -> bool:
    """Whether another talk goes on after this one."""
    return talk.kind == KIND and _KEPT in talk.answers


def put_back(session: Session, citizen_id: str, talk: Talk | conversation.Conversation) -> None:
    """This one is over; the talk that it came into, if there is one, stands in its place."""
    before = talk.answers[_KEPT] if keeps(talk) else None
    conversation.leave(session, citizen_id)
    if before:
        kind, answers_before = before
        conversation.begin(session, citizen_id, kind, answers_before)


def _take_in(incoming: Incoming, desk: Desk, words: str) -> Reply:
    """Ends the talk that waited for the message; any other keeps its place."""
    topic = _about(words, desk)

    def act(session: Session) -> Reply:
        citizen_id = citizens.get_or_add_citizen_id(session, desk.bureau.keyring, desk.openid)
        talk = conversation.find_open(session, citizen_id)
        desk.conversation = memory.OPEN if talk else memory.NONE
        if talk is not None and talk.kind == KIND:
            is_another_open = keeps(talk)
            put_back(session, citizen_id, talk)
            desk.conversation, desk.copy = memory.OPEN if is_another_open else memory.NONE, ""
        if tickets.is_too_many(session, citizen_id):
            return Reply(text=say("human_too_many", most=tickets.A_DAY))
        ticket = tickets.take_in(session, desk.bureau.keyring, citizen_id, words, topic)
        owing.open_window(session, citizen_id, desk.citizen)
        return received(ticket, words, offers=bool(transcript.of(session, citizen_id, desk)))

    desk.conversation = memory.UNKNOWN
    return receipts.once(desk.bureau.database, incoming.key, act)


def _add_before(incoming: Incoming, desk: Desk) -> Reply:
    """By his own word, what went before goes with his message."""

    def act(session: Session) -> Reply:
        citizen_id = citizens.find_citizen_id(session, desk.citizen)
        ticket = tickets.find_to_add_to(session, citizen_id) if citizen_id else None
        words = transcript.of(session, citizen_id, desk) if citizen_id and ticket else ""
        if ticket is None or not words:
            return Reply(text=say("human_nothing_to_add"))
        tickets.add_before(session, desk.bureau.keyring, ticket, words)
        return Reply(text=say("human_added", number=ticket.id, days=tickets.KEPT_DAYS))

    return receipts.once(desk.bureau.database, incoming.key, act)


def received(ticket: Ticket, words: str, *, offers: bool = False) -> Reply:
    """With its number, until when it is answered, what is kept and how long. `offers`: also to add what was before."""
    due = clock.spoken_day(ticket.due_on)
    text = say("human_received", number=ticket.id, due=due, days=tickets.KEPT_DAYS)
    if left_out := tickets.left_out(words):
        text = f"{left_out}\n\n{text}"
    if not offers:
        return Reply(text=text)
    return answers.choices(f"{text}\n\n{say('human_offers_before')}", (_WITH_BEFORE, _WITHOUT))


def _about(words: str, desk: Desk) -> str:
    """What the ear takes the words for: staff see it as a guess."""
    heard = desk.bureau.ears.hear(words)
    return "" if heard.topic == UNKNOWN else heard.topic
