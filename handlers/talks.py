"""Whose talk goes on: the kinds of talk there are, the one that is open, how one is left, and what is said beside it.

Knows every talk by its chat; what is said and kept in one is its slice's.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from content.phrases import say
from content.store import memory
from handlers import answers, conversation, receipts
from handlers.conversation import Copy, Talk
from handlers.deadlines import chat as deadlines_chat
from handlers.desk import Desk
from handlers.disclosure import chat as request_chat
from handlers.guided import chat as guided_chat
from handlers.guided.guide import Guide
from handlers.legal_aid import chat as aid_chat
from handlers.message import Incoming, Reply
from handlers.quiz import chat as quiz_chat
from handlers.quiz.entering import chat as entering_chat
from handlers.talk import emergency, human
from handlers.understanding import Understood

GUIDES: tuple[Guide, ...] = (aid_chat.GUIDE, request_chat.GUIDE, deadlines_chat.GUIDE)
"""The guided talks: questions of library/interviews, asked by one engine in the chat and on the page."""
TALKS: dict[str, Callable[[Incoming, Desk, str, Talk], Reply | None]] = {
    quiz_chat.KIND: quiz_chat.go_on,
    human.KIND: human.go_on,
    **{guide.kind: partial(guided_chat.go_on, guide) for guide in GUIDES},
}
BY_COPY: dict[str, Callable[[Incoming, Desk, Copy], Reply | None]] = {
    quiz_chat.KIND: quiz_chat.go_on_by_copy,
    **{guide.kind: partial(guided_chat.go_on_by_copy, guide) for guide in GUIDES},
}
"""What a talk does without having been looked up; None for whatever needs the look."""
TALK_NAMES = {
    quiz_chat.KIND: quiz_chat.TOPIC,
    human.KIND: human.TOPIC,
    **{guide.kind: guide.flow.topic for guide in GUIDES},
}
GUIDED = {guide.kind: guide.flow.title for guide in GUIDES}
PARTINGS: dict[str, Callable[[Talk, Desk], str]] = {quiz_chat.KIND: entering_chat.parting}
"""What else is said to whoever leaves a talk."""

LONGEST_ANSWER = 6
"""Characters that an answer in a talk may have to be taken for one where Redis knows of no talk."""
_LETTER = re.compile(
    r"\W*[我就选择]*(?:答案)?[是第]*\W*(?:[A-Ha-h1-8]{1,4}|[一二三四五六]|[七八])\W*[个项号题]?[吧呀啊的]*\W*"
)
"""An option as people name it: A, 选b, 第2个, 第三项."""
_GOING_ON = frozenset(say("going_on_words").split())
LEAVING = frozenset(
    {"退出", "结束", "不玩了", "不答了", "退出竞答", "结束竞答", "取消", "不做了", "算了不答了", "不填了", "不问了",
     "不测了", "不申请了", "我不填了", "不想填了", "不想申请了", "我不申请了", "我不想申请了",
     "停一下", "先停一下", "暂停", "先不答了", "等会再答", "待会再答", "先不做了", "歇会再答",
     "不弄了", "我不弄了", "退出自测", "退出申请"}
)  # fmt: skip


def go_on(incoming: Incoming, desk: Desk) -> Reply | None:
    """The open talk's word on this message. Settles whether there is one."""
    if at_once := _by_copy(incoming, desk):
        return at_once
    seen = conversation.look(desk.bureau.database, desk.citizen, incoming.key)
    if seen.reply:
        desk.conversation, desk.understood = memory.UNKNOWN, None  # heard and counted when it came first
        return receipts.as_reply(seen.reply)
    talk, citizen_id = seen.talk, seen.citizen_id
    desk.conversation = memory.OPEN if talk else memory.NONE
    if talk is None or citizen_id is None:
        return None
    if is_leaving(incoming):
        taken: Reply | None = _leave(incoming, desk, citizen_id, talk)
    else:
        taken = TALKS[talk.kind](incoming, desk, citizen_id, talk)
    if taken and human.keeps(talk):
        taken = aside(incoming, desk, taken, looks=True)
    if taken:
        desk.understood = Understood(TALK_NAMES[talk.kind], 1.0, ())
    return taken


def _by_copy(incoming: Incoming, desk: Desk) -> Reply | None:
    copy = conversation.read_copy(desk.copy) if desk.copy else None
    if copy is None or copy.talk.kind not in BY_COPY or is_leaving(incoming):
        return None
    reply = BY_COPY[copy.talk.kind](incoming, desk, copy)
    if reply:
        desk.understood = Understood(TALK_NAMES[copy.talk.kind], 1.0, ())
    return reply


def may_be_open(incoming: Incoming, desk: Desk, is_sure: bool) -> bool:
    """Redis may say that no talk is open because it was away when one began: before words that mean little outside of
    a talk are answered as if there were none, the database is asked. `is_sure`: they mean a topic by themselves.
    """
    if desk.conversation != memory.NONE:
        return True
    is_doubtful = _sounds_like_a_talk(incoming, is_sure)
    return is_doubtful and conversation.may_concern(desk.bureau.database, desk.citizen, incoming.key)


def _sounds_like_a_talk(incoming: Incoming, is_sure: bool) -> bool:
    written = incoming.text.strip()
    is_answer = len(written) <= LONGEST_ANSWER and (not is_sure or bool(_LETTER.fullmatch(written)))
    return is_answer or is_leaving(incoming) or is_going_on(incoming)


def is_going_on(incoming: Incoming) -> bool:
    return incoming.text.strip(" \n。.！!~～") in _GOING_ON


def ran_out(incoming: Incoming, desk: Desk) -> Reply | None:
    """Who wants to go on with what is not open any more is led back to a paper whose time runs on; else he hears why
    there is nothing, and how to begin. Nothing is begun unasked.
    """
    if desk.conversation == memory.OPEN or not is_going_on(incoming):
        return None
    if back := entering_chat.led_back(incoming, desk):
        return back
    told = say("nothing_to_go_on", days=conversation.KEPT.days)
    return answers.choices(told, tuple(say("going_on_begins").split()))


def is_leaving(incoming: Incoming) -> bool:
    return incoming.text.strip(" \n。.！!~～") in LEAVING


def _leave(incoming: Incoming, desk: Desk, citizen_id: str, talk: Talk) -> Reply:
    name = GUIDED.get(talk.kind) or desk.bureau.shelf.topics[TALK_NAMES[talk.kind]].name
    also = PARTINGS[talk.kind](talk, desk) if talk.kind in PARTINGS else ""

    def act(session: Session) -> Reply:
        human.put_back(session, citizen_id, talk)
        return Reply(text=f"{say('left_talk', name=name)}{also}")

    is_another_open = human.keeps(talk)
    desk.conversation, desk.copy = memory.OPEN if is_another_open else memory.NONE, ""
    return receipts.once(desk.bureau.database, incoming.key, act)


def aside(incoming: Incoming, desk: Desk, reply: Reply, looks: bool = False) -> Reply:
    """Another question in the middle of a talk is answered, and the place is kept and named. `looks`: also where Redis
    has forgotten whether a talk is open.
    """
    is_open = desk.conversation == memory.OPEN or (looks and desk.conversation == memory.UNKNOWN)
    if not is_open or reply.kind != "text":
        return reply
    talk = _open_talk(desk, incoming)
    if talk and talk.kind == human.KIND:
        return replace(reply, text=f"{reply.text}\n\n{say('human_still_open')}")
    name = _waiting(talk, desk) if talk else ""
    if not name:
        return reply
    return replace(reply, text=f"{reply.text}\n\n{say('still_open', name=name)}")


def _waiting(talk: Talk, desk: Desk) -> str:
    """How what waits is called; empty where nothing does."""
    if talk.kind not in TALK_NAMES:
        return ""
    if talk.kind == quiz_chat.KIND:
        return entering_chat.waiting(talk, desk)
    return GUIDED.get(talk.kind) or desk.bureau.shelf.topics[TALK_NAMES[talk.kind]].name


def is_an_option(incoming: Incoming, desk: Desk) -> bool:
    """What may be tapped now in a guided talk, word for word, is no cry for help, whatever it sounds like alone; nor is
    a word or two that only faintly do.
    """
    talk = _open_talk(desk, incoming) if desk.conversation != memory.NONE else None
    guide = next((one for one in GUIDES if talk and one.kind == talk.kind), None)
    is_listed = bool(desk.understood and emergency.reasons(desk.understood.plain))
    if not (talk and guide):
        return False
    if not is_listed and emergency.is_faint(incoming.text.strip(), desk.bureau.ears.hear(incoming.text)):
        return True
    is_harmless = not is_listed and not emergency.names_harm(incoming.text)
    return guided_chat.is_an_option(guide, talk.answers, incoming.text, is_listed, is_harmless)


def is_with_people(incoming: Incoming, desk: Desk) -> bool:
    """Whether he is in the middle of writing to somebody of the bureau."""
    return desk.conversation != memory.NONE and _open_kind(desk, incoming) == human.KIND


def _open_kind(desk: Desk, incoming: Incoming) -> str:
    """Which talk is open; empty where there is none after all."""
    talk = _open_talk(desk, incoming)
    return talk.kind if talk else ""


def _open_talk(desk: Desk, incoming: Incoming) -> Talk | None:
    if copy := conversation.read_copy(desk.copy) if desk.copy else None:
        return copy.talk
    return conversation.look(desk.bureau.database, desk.citizen, incoming.key).talk


BEGUN_BY: dict[str, Callable[[str], bool]] = {
    aid_chat.TOPIC: aid_chat.is_plain,
    request_chat.TOPIC: request_chat.begins,
    deadlines_chat.TOPIC: deadlines_chat.begins,
}
"""Topics that are answered as ever, and whose talk begins by words of its own."""


def begins_one(topic: str, text: str) -> bool:
    """Whether asking for the topic begins a talk; 人工 only shows the way to one."""
    if topic in BEGUN_BY:
        return BEGUN_BY[topic](text)
    return topic in TALK_NAMES.values() and topic != human.TOPIC


def unfinished(incoming: Incoming, desk: Desk, topic: str) -> Reply | None:
    """Another talk would take the place of a guided one: what was answered in that is not thrown away unasked."""
    if desk.conversation != memory.OPEN or not begins_one(topic, incoming.text):
        return None
    kind = _open_kind(desk, incoming)
    if kind not in GUIDED or TALK_NAMES[kind] == topic:
        return None
    first = say("guided_finish_first", name=GUIDED[kind])
    rule = deadlines_chat.at_once(incoming.text) if topic == deadlines_chat.TOPIC else ""
    return answers.choices(f"{rule}\n\n{first}" if rule else first, (say("guided_on"), say("guided_leave")))
