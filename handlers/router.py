"""Who is asked first and which topics have code of their own: the tables, and the order between them. Whose talk goes
on is in talks.py.

Order for words: danger, leaving, an open talk, an article of law, topics, not understood. Each handler is
`(incoming, desk) → Reply | None`; None means "not mine" and is said before anything is changed.
"""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from content.phrases import say
from content.store import memory
from handlers import answers, choosing, citizens, forgetting, receipts, statutes, stopping, talks
from handlers.deadlines import chat as deadlines_chat
from handlers.desk import Desk
from handlers.disclosure import catalogue
from handlers.disclosure import chat as request_chat
from handlers.legal_aid import chat as aid_chat
from handlers.message import NOTHING, Incoming, Reply
from handlers.publicity import asking as videos_asked
from handlers.publicity import chat as publicity_chat
from handlers.quiz import chat as quiz_chat
from handlers.quiz.boards import chat as boards_chat
from handlers.quiz.entering import chat as entering_chat
from handlers.quiz.entering import words as joining
from handlers.quiz.exam import chat as exam_chat
from handlers.quiz.prizes import chat as prizes_chat
from handlers.talk import emergency, human, privacy
from handlers.understanding import Understood

Handler = Callable[[Incoming, Desk], Reply | None]

ASK_BELOW = 0.55
"""Below this the two nearest topics are offered instead of an answer (measured on tests/asked)."""
OFFERED = 2
LIKELY = 0.15
"""What was probably not meant for us is still offered as this topic, when it is at least so likely to be that one."""
ALSO_ABOVE = 0.05
"""A second topic this likely is offered first below the answer: people ask two things in one breath."""
UNKNOWN_TOPIC = "talk/unknown"
REMEMBERED, REMEMBERED_LENGTH = 4096, 24


# ── events and messages that are no words ─────────────────────────────────────────────────────────────────────────────


def _follow(incoming: Incoming, desk: Desk) -> Reply:
    def act(session: Session) -> Reply:
        citizens.follow(session, desk.bureau.keyring, desk.openid, incoming.text, incoming.key)
        return privacy.welcome(desk, WELCOME_TOPICS)

    return receipts.once(desk.bureau.database, incoming.key, act)


def _authorization_gone(incoming: Incoming, desk: Desk) -> Reply:
    """The platform tells it of a citizen, who has not sent it himself."""
    desk.openid = citizens.told_of(incoming.detail) or incoming.openid
    desk.citizen = citizens.pseudonym_of(desk.bureau.keyring, desk.openid)
    return _unfollow(incoming, desk)


def _unfollow(incoming: Incoming, desk: Desk) -> Reply:
    """Once: a second delivery that comes late must not erase somebody who follows again."""

    def act(session: Session) -> Reply:
        privacy.erase(session, desk, forgetting.LEAVING)
        return NOTHING

    return receipts.once(desk.bureau.database, incoming.key, act)


def _menu_tap(incoming: Incoming, desk: Desk) -> Reply:
    """The key of a menu entry is a topic's slug, or words as a citizen would write them."""
    if incoming.text in desk.bureau.shelf.topics:
        if stopped := _stopped(incoming, desk, incoming.text):
            return stopped
        reply = talks.unfinished(incoming, desk, incoming.text) or _by_topic(incoming, desk, incoming.text) or NOTHING
        return reply if talks.begins_one(incoming.text, incoming.text) else talks.aside(incoming, desk, reply)
    reply = words(replace(incoming, kind="text"), desk)
    if (
        desk.understood and desk.understood.topic == UNKNOWN_TOPIC
    ):  # an older menu, still on his phone: he wrote nothing
        menu = answers.answer(desk, "talk/menu")
        return talks.aside(incoming, desk, replace(menu, text=f"{say('menu_has_changed')}\n\n{menu.text}"))
    return reply


def _phrase(key: str) -> Callable[[Incoming, Desk], Reply]:
    return lambda incoming, desk: talks.aside(incoming, desk, Reply(text=say(key)))


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
    privacy.TOPIC: privacy.answer,
    human.TOPIC: human.asked,
}
STATELESS = frozenset({publicity_chat.ARTICLES, *catalogue.TOPICS})
"""Of these the ones that are answered out of memory; the others look up what is held, or the citizen's own things."""


def route(incoming: Incoming, desk: Desk) -> Reply:
    """The reply to one message or event. Sets what was understood and whether a talk is open on the desk."""
    was_open = desk.conversation == memory.OPEN
    handler = words if incoming.kind == "text" else KINDS.get(incoming.kind)
    reply = handler(incoming, desk) if handler else NOTHING
    may_have_begun = desk.conversation != memory.NONE and not was_open  # not known where it was here before
    is_for_people = desk.understood is not None and desk.understood.topic == human.TOPIC
    if incoming.kind == "event:subscribe":  # the welcome holds the notice
        return reply
    return privacy.with_notice(incoming, desk, reply) if may_have_begun or is_for_people else reply


def words(incoming: Incoming, desk: Desk) -> Reply:
    if desk.lately.ended and desk.lately.is_again(incoming):
        desk.has_ended = True
        return Reply(text=say("tapped_again_at_end"), choices=desk.offer)
    if incoming.text == say("unsupported_sent"):
        return talks.aside(incoming, desk, Reply(text=say("unsupported")))
    incoming = choosing.chosen(incoming, desk.offer)
    desk.understood = hear(incoming.text, desk)
    if stopped := _stopped(incoming, desk, desk.understood.topic):
        return human.said(incoming, desk) or stopped
    return _heard(incoming, desk, desk.understood)


def _heard(incoming: Incoming, desk: Desk, understood: Understood) -> Reply:
    if understood.topic == emergency.TOPIC:
        if not talks.is_an_option(incoming, desk):
            return talks.aside(incoming, desk, answers.answer(desk, emergency.TOPIC), looks=True)
        desk.understood = understood = Understood(UNKNOWN_TOPIC, 1.0, ())
    if reply := _whatever_is_open(incoming, desk):
        return talks.aside(incoming, desk, reply)
    if talks.may_be_open(incoming, desk, _is_sure(understood)) and (reply := talks.go_on(incoming, desk)):
        return reply
    if talks.is_leaving(incoming):
        return Reply(text=say("nothing_open"))
    is_unknown = understood.topic == UNKNOWN_TOPIC
    if choosing.is_number(incoming.text) or (is_unknown and choosing.place_of(incoming.text) is not None):
        if desk.offer:
            return answers.choices(say("no_such_choice"), desk.offer)
        return Reply(text=say("not_understood_number"))
    if desk.offer and incoming.text.strip(" \n。.！!，,") in choosing.NONE_OF_THESE:
        return Reply(text=say("none_of_these"))
    if reply := talks.unfinished(incoming, desk, understood.topic):
        return reply
    is_aside = desk.conversation == memory.OPEN and not talks.begins_one(understood.topic, incoming.text)
    reply = (
        boards_chat.said(incoming, desk)
        or entering_chat.said(incoming, desk)
        or aid_chat.said(incoming, desk)
        or request_chat.said(incoming, desk)
        or deadlines_chat.said(incoming, desk)
        or statutes.look_up(incoming, desk)
        or talks.ran_out(incoming, desk)
        or _by_understanding(incoming, desk, understood)
    )
    return talks.aside(incoming, desk, reply) if is_aside else reply


def _whatever_is_open(incoming: Incoming, desk: Desk) -> Reply | None:
    """What no talk may take for an answer."""
    return human.said(incoming, desk) or privacy.said(incoming, desk) or request_chat.asked_after(incoming, desk)


def _stopped(incoming: Incoming, desk: Desk, topic: str) -> Reply | None:
    """Where answers are stopped, nothing moves but what goes to people; a talk stays where it was."""
    held = desk.bureau.switch.held
    if held is None or not stopping.holds_back(held, topic) or talks.is_with_people(incoming, desk):
        return None
    return stopping.told(held)


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
    if aid_chat.is_plain(text):
        return replace(understood, topic=aid_chat.TOPIC, confidence=0.99, alternatives=(), second="")
    if request_chat.is_plain(text):
        return replace(understood, topic=request_chat.TOPIC, confidence=0.99, alternatives=(), second="")
    if deadlines_chat.is_plain(text):
        return replace(understood, topic=deadlines_chat.TOPIC, confidence=0.99, alternatives=(), second="")
    if catalogue.is_plain(text, desk):
        return replace(understood, topic=catalogue.TOPIC, confidence=0.99, alternatives=(), second="")
    if found := statutes.topic_of(text, desk):
        topic, story = found
        return replace(understood, topic=topic, confidence=0.99, alternatives=(), second=story)
    return understood


def _is_sure(understood: Understood) -> bool:
    return understood.confidence >= ASK_BELOW and understood.topic != UNKNOWN_TOPIC


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
