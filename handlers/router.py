"""Who is asked first, which topics have code of their own, whose talk goes on: three tables, and the order between
them.

Order for words: danger, leaving, an open talk, an article of law, topics, not understood. Each handler is
`(incoming, desk) → Reply | None`; None means "not mine" and is said before anything is changed.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import memory
from handlers import answers, choosing, citizens, conversation, owing, receipts, statutes, turns
from handlers.conversation import Talk
from handlers.desk import Desk
from handlers.disclosure import catalogue
from handlers.message import NOTHING, Incoming, Reply
from handlers.publicity import asking as videos_asked
from handlers.publicity import chat as publicity_chat
from handlers.publicity import videos
from handlers.quiz import chat as quiz_chat
from handlers.quiz import play as quiz_play
from handlers.quiz.boards import chat as boards_chat
from handlers.quiz.entering import chat as entering_chat
from handlers.quiz.entering import words as joining
from handlers.quiz.exam import chat as exam_chat
from handlers.quiz.prizes import chat as prizes_chat
from handlers.talk import emergency
from handlers.understanding import Understood

Handler = Callable[[Incoming, Desk], Reply | None]

ASK_BELOW = 0.55
"""Below this the two nearest topics are offered instead of an answer (measured on tests/asked)."""
LONGEST_ANSWER = 6
"""Characters that an answer in a talk may have to be taken for one where Redis knows of no talk."""
OFFERED = 2
LIKELY = 0.15
"""What was probably not meant for us is still offered as this topic, when it is at least so likely to be that one."""
ALSO_ABOVE = 0.05
"""A second topic this likely is offered first below the answer: people ask two things in one breath."""
UNKNOWN_TOPIC = "talk/unknown"
_LETTER = re.compile(
    r"\W*[我就选择]*(?:答案)?[是第]*\W*(?:[A-Ha-h1-8]{1,4}|[一二三四五六]|[七八])\W*[个项号题]?[吧呀啊的]*\W*"
)
"""An option as people name it: A, 选b, 第2个, 第三项."""
REMEMBERED, REMEMBERED_LENGTH = 4096, 24
LEAVING = frozenset({"退出", "结束", "不玩了", "不答了", "退出竞答", "结束竞答", "取消", "不做了", "算了不答了"})


# ── whose talk goes on ────────────────────────────────────────────────────────────────────────────────────────────────

TALKS: dict[str, Callable[[Incoming, Desk, str, Talk], Reply | None]] = {quiz_chat.KIND: quiz_chat.go_on}
TALK_NAMES = {quiz_chat.KIND: quiz_chat.TOPIC}
PARTINGS: dict[str, Callable[[Talk, Desk], str]] = {quiz_chat.KIND: entering_chat.parting}
"""What else is said to whoever leaves a talk."""


# ── what each slice holds of a citizen, and how it lets go ────────────────────────────────────────────────────────────

FORGETTERS: tuple[Callable[[Session, str], None], ...] = (
    videos.forget,
    quiz_play.forget,
    conversation.leave,
    owing.forget,
    citizens.forget,
)


def erase(session: Session, desk: Desk) -> None:
    """All that is kept under this citizen's openid, at once."""
    turns.forget(session, desk.citizen)
    boards_chat.forget(session, desk)
    prizes_chat.forget(session, desk)
    if citizen_id := citizens.find_citizen_id(session, desk.citizen):
        for forget in FORGETTERS:
            forget(session, citizen_id)
    desk.conversation, desk.is_erased = memory.NONE, True


# ── events and messages that are no words ─────────────────────────────────────────────────────────────────────────────


def _follow(incoming: Incoming, desk: Desk) -> Reply:
    def act(session: Session) -> Reply:
        citizens.follow(session, desk.bureau.keyring, desk.openid, incoming.text)
        return answers.offer(desk, say("welcome"), WELCOME_TOPICS)

    return receipts.once(desk.bureau.database, incoming.key, act)


def _authorization_gone(incoming: Incoming, desk: Desk) -> Reply:
    """The platform tells it of a citizen, who has not sent it himself."""
    desk.openid = citizens.told_of(incoming.detail) or incoming.openid
    desk.citizen = citizens.pseudonym_of(desk.bureau.keyring, desk.openid)
    return _unfollow(incoming, desk)


def _unfollow(incoming: Incoming, desk: Desk) -> Reply:
    """Once: a second delivery that comes late must not erase somebody who follows again."""

    def act(session: Session) -> Reply:
        erase(session, desk)
        return NOTHING

    return receipts.once(desk.bureau.database, incoming.key, act)


def _menu_tap(incoming: Incoming, desk: Desk) -> Reply:
    """The key of a menu entry is a topic's slug, or words as a citizen would write them."""
    if incoming.text in desk.bureau.shelf.topics:
        reply = _by_topic(incoming, desk, incoming.text) or NOTHING
        return reply if incoming.text in TALK_NAMES.values() else _aside(desk, reply)
    reply = words(replace(incoming, kind="text"), desk)
    if (
        desk.understood and desk.understood.topic == UNKNOWN_TOPIC
    ):  # an older menu, still on his phone: he wrote nothing
        menu = answers.answer(desk, "talk/menu")
        return _aside(desk, replace(menu, text=f"{say('menu_has_changed')}\n\n{menu.text}"))
    return reply


def _phrase(key: str) -> Callable[[Incoming, Desk], Reply]:
    return lambda incoming, desk: Reply(text=say(key))


def _location(incoming: Incoming, desk: Desk) -> Reply:
    return answers.offer(desk, say("location"), ("legal-aid/where", "service/justice-office", "service/hotline"))


WELCOME_TOPICS = ("legal-aid/overview", "disclosure/catalogue", "quiz/play", "talk/menu")
KINDS: dict[str, Callable[[Incoming, Desk], Reply]] = {
    "image": _phrase("image"),
    "voice": _phrase("voice"),
    "video": _phrase("video"),
    "shortvideo": _phrase("video"),
    "file": _phrase("file"),
    "miniprogrampage": _phrase("link"),
    "link": _phrase("link"),
    "location": _location,
    "event:subscribe": _follow,
    "event:unsubscribe": _unfollow,
    "event:user_authorization_revoke": _authorization_gone,
    "event:user_authorization_cancellation": _authorization_gone,
    "event:click": _menu_tap,
    "event:scancode_waitmsg": _phrase("link"),
    "event:location_select": _location,
}
"""Every other event is acknowledged and nothing is said: a citizen did not ask."""


# ── topics with code of their own ─────────────────────────────────────────────────────────────────────────────────────


def _privacy(incoming: Incoming, desk: Desk) -> Reply:
    if incoming.text.strip() == say("erase_words"):

        def act(session: Session) -> Reply:
            erase(session, desk)
            return Reply(text=say("erase_done"))

        return receipts.once(desk.bureau.database, incoming.key, act)
    if "删" in incoming.text or "注销" in incoming.text or "清除" in incoming.text:
        tap = render.choice(say("erase_words"), say("erase_words"), 1)
        return Reply(text=render.chat(say("erase_ask"), [tap]))  # no number: one written later must not erase
    return answers.answer(desk, "talk/privacy")


TOPICS: dict[str, Handler] = {
    quiz_chat.TOPIC: entering_chat.start,
    entering_chat.RULES_TOPIC: entering_chat.rules,
    boards_chat.SCORE: boards_chat.score_asked,
    boards_chat.BOARD: boards_chat.board_asked,
    prizes_chat.TOPIC: prizes_chat.prizes,
    exam_chat.TOPIC: exam_chat.asked,
    publicity_chat.ARTICLES: publicity_chat.articles,
    publicity_chat.VIDEOS: publicity_chat.videos,
    **dict.fromkeys(catalogue.TOPICS, catalogue.asked),
    "talk/privacy": _privacy,
}
STATELESS = frozenset({publicity_chat.ARTICLES, "talk/privacy", *catalogue.TOPICS})
"""Of these the ones that are answered out of memory; the others look up what is held, or the citizen's own things."""


def route(incoming: Incoming, desk: Desk) -> Reply:
    """The reply to one message or event. Sets what was understood and whether a talk is open on the desk."""
    if incoming.kind == "text":
        return words(incoming, desk)
    handler = KINDS.get(incoming.kind)
    return handler(incoming, desk) if handler else NOTHING


def words(incoming: Incoming, desk: Desk) -> Reply:
    incoming = choosing.chosen(incoming, desk.offer)
    desk.understood = hear(incoming.text, desk)
    if desk.understood.topic == emergency.TOPIC:
        return _aside(desk, answers.answer(desk, emergency.TOPIC))
    if _may_be_in_talk(incoming, desk, desk.understood) and (reply := _talk(incoming, desk)):
        return reply
    if _is_leaving(incoming):
        return Reply(text=say("nothing_open"))
    is_unknown = desk.understood.topic == UNKNOWN_TOPIC
    if choosing.is_number(incoming.text) or (is_unknown and choosing.place_of(incoming.text) is not None):
        if desk.offer:
            return answers.choices(say("no_such_choice"), desk.offer)
        return Reply(text=say("not_understood_number"))
    if desk.offer and incoming.text.strip(" \n。.！!，,") in choosing.NONE_OF_THESE:
        return Reply(text=say("none_of_these"))
    is_aside = desk.conversation == memory.OPEN and desk.understood.topic not in TALK_NAMES.values()
    reply = (
        boards_chat.said(incoming, desk)
        or entering_chat.said(incoming, desk)
        or statutes.look_up(incoming, desk)
        or _by_understanding(incoming, desk, desk.understood)
    )
    return _aside(desk, reply) if is_aside else reply


def hear(text: str, desk: Desk) -> Understood:
    """What the words mean, danger first. Kept for short messages: most of them are the same few."""
    heard = desk.bureau.heard
    found = heard.get(text)
    if found is None:
        found = _hear(text, desk)
        if len(text) <= REMEMBERED_LENGTH:
            if len(heard) >= REMEMBERED:
                heard.clear()
            heard[text] = found
    return found


def reasons(text: str, desk: Desk) -> list[str]:
    """Why `hear` says what it says, in Chinese, strongest first."""
    heard = hear(text, desk)
    if heard.topic == emergency.TOPIC:
        return emergency.reasons(heard.plain) or desk.bureau.ears.reasons_for_danger(text)
    return statutes.reasons(text, desk) or desk.bureau.ears.reasons(text)


def _hear(text: str, desk: Desk) -> Understood:
    understood = desk.bureau.ears.hear(text)
    if emergency.is_danger(understood.plain, understood) or emergency.SIGN in text:
        return emergency.as_understood(understood)
    understood = emergency.as_harmless(understood)
    if videos_asked.is_plain(text):
        return replace(understood, topic=publicity_chat.VIDEOS, confidence=0.99, alternatives=(), second="")
    if joining.is_plain(text):
        return replace(understood, topic=quiz_chat.TOPIC, confidence=0.99, alternatives=(), second="")
    if prizes_chat.is_plain(text):
        return replace(understood, topic=prizes_chat.TOPIC, confidence=0.99, alternatives=(), second="")
    if catalogue.is_plain(text, desk):
        return replace(understood, topic=catalogue.TOPIC, confidence=0.99, alternatives=(), second="")
    if found := statutes.topic_of(text, desk):
        topic, story = found
        return replace(understood, topic=topic, confidence=0.99, alternatives=(), second=story)
    return understood


def _by_understanding(incoming: Incoming, desk: Desk, understood: Understood) -> Reply:
    others = [guess for guess in understood.alternatives if guess.topic != UNKNOWN_TOPIC]
    if understood.confidence < ASK_BELOW:
        likely = [guess.topic for guess in others if guess.confidence >= LIKELY]
        if understood.topic != UNKNOWN_TOPIC:
            likely = [understood.topic, *(likely or [guess.topic for guess in others])]
        if likely:
            return answers.offer(desk, say("did_you_mean"), likely[:OFFERED])
    if understood.topic == UNKNOWN_TOPIC:
        return answers.answer(desk, UNKNOWN_TOPIC)
    if handler := TOPICS.get(understood.topic):
        return handler(incoming, desk) or NOTHING
    also = understood.second or (others[0].topic if others and others[0].confidence >= ALSO_ABOVE else "")
    return answers.answer(desk, understood.topic, also)


def _by_topic(incoming: Incoming, desk: Desk, topic: str) -> Reply | None:
    desk.understood = Understood(topic, 1.0, ())
    handler = TOPICS.get(topic)
    return handler(incoming, desk) if handler else answers.answer(desk, topic)


def _talk(incoming: Incoming, desk: Desk) -> Reply | None:
    """The open talk's word on this message. Settles whether there is one."""
    seen = conversation.look(desk.bureau.database, desk.citizen, incoming.key)
    if seen.reply:
        desk.conversation, desk.understood = memory.UNKNOWN, None  # heard and counted when it came first
        return receipts.as_reply(seen.reply)
    talk, citizen_id = seen.talk, seen.citizen_id
    desk.conversation = memory.OPEN if talk else memory.NONE
    if talk is None or citizen_id is None:
        return None
    if _is_leaving(incoming):
        reply: Reply | None = _leave(incoming, desk, citizen_id, talk)
    else:
        reply = TALKS[talk.kind](incoming, desk, citizen_id, talk)
    if reply:
        desk.understood = Understood(TALK_NAMES[talk.kind], 1.0, ())
    return reply


def _may_be_in_talk(incoming: Incoming, desk: Desk, understood: Understood) -> bool:
    """Redis may say that no talk is open because it was away when one began: before words that mean little outside of
    a talk are answered as if there were none, the database is asked.
    """
    if desk.conversation != memory.NONE:
        return True
    is_doubtful = _sounds_like_a_talk(incoming, understood)
    return is_doubtful and conversation.may_concern(desk.bureau.database, desk.citizen, incoming.key)


def _sounds_like_a_talk(incoming: Incoming, understood: Understood) -> bool:
    written = incoming.text.strip()
    is_sure = understood.confidence >= ASK_BELOW and understood.topic != UNKNOWN_TOPIC
    is_answer = len(written) <= LONGEST_ANSWER and (not is_sure or bool(_LETTER.fullmatch(written)))
    return is_answer or _is_leaving(incoming)


def _is_leaving(incoming: Incoming) -> bool:
    return incoming.text.strip(" \n。.！!~～") in LEAVING


def _leave(incoming: Incoming, desk: Desk, citizen_id: str, talk: Talk) -> Reply:
    topic = TALK_NAMES[talk.kind]
    also = PARTINGS[talk.kind](talk, desk) if talk.kind in PARTINGS else ""

    def act(session: Session) -> Reply:
        conversation.leave(session, citizen_id)
        return Reply(text=f"{say('left_talk', name=desk.bureau.shelf.topics[topic].name)}{also}")

    desk.conversation = memory.NONE
    return receipts.once(desk.bureau.database, incoming.key, act)


def _aside(desk: Desk, reply: Reply) -> Reply:
    """Another question in the middle of a talk is answered, and the place is kept and named."""
    if desk.conversation != memory.OPEN or reply.kind != "text":
        return reply
    name = desk.bureau.shelf.topics[quiz_chat.TOPIC].name
    return replace(reply, text=f"{reply.text}\n\n{say('still_open', name=name)}")
