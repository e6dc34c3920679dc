"""A guided talk in the chat: one question a message, options to tap or to write. The only file of the engine that knows
"reply 1, 2 or 3".

An ordinary turn is one statement: Redis has brought a copy of the talk, and it is advanced only where SQL has it so as
well. Where it has not, or there is no copy, the talk is looked up first.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import clock, memory
from handlers import citizens, conversation, receipts, taps
from handlers.conversation import Conversation, Copy, Talk
from handlers.desk import Bureau, Desk
from handlers.guided import flow as flows
from handlers.guided import links, overheard, reading, recap, talking
from handlers.guided.beaten import find_tap
from handlers.guided.guide import Guide
from handlers.guided.questions import Flow, Kind, Question, is_sealed
from handlers.guided.reading import NO_ANSWER, is_asking
from handlers.guided.talking import Heard
from handlers.message import Incoming, Reply

PURPOSE = "talk"
"""Of the key under which private answers are kept."""
LEAST_STORY = 4
"""Characters: fewer tell no story, but where they name a topic."""
SHORT = 6
"""Characters: words as short as an answer are a side question only where they ask or name a topic."""
FEW = 12
"""Characters: longer words tell more than an answer."""
CLEAR = 0.8
"""From here on longer words that are no answer are a side question, though they do not ask."""
_ASKS = tuple(say("guided_asks").split())
NOT_UNDERSTOOD = "talk/unknown"
PERSON = "talk/human"


def begin(guide: Guide, incoming: Incoming, desk: Desk, known: Mapping[str, Any] | None = None) -> Reply:
    """The first question, or where the same talk is open already whether to go on. `known` answers are not asked."""
    desk.conversation = memory.UNKNOWN

    def act(session: Session) -> Reply:
        citizen_id = citizens.get_or_add_citizen_id(session, desk.bureau.keyring, desk.openid)
        talk = conversation.find_open(session, citizen_id)
        if talk and talk.kind == guide.kind and talking.has_answers(guide, talk.answers):
            answers = talking.paused(guide, talk.answers, incoming.key)
        else:
            answers = talking.begun(guide, known or {}, incoming.key)
        talk = conversation.begin(session, citizen_id, guide.kind, answers)
        if flows.next_step(guide.flow, answers) is None:
            return finish(session, guide, desk, citizen_id, answers, incoming.key)
        _left_open(guide, desk, _copy(talk))
        return shown(guide.flow, answers, desk, _way_to_page(guide, desk, _copy(talk)))

    return receipts.once(desk.bureau.database, incoming.key, act)


def go_on(guide: Guide, incoming: Incoming, desk: Desk, citizen_id: str, talk: Talk) -> Reply | None:
    """What this message does in the open talk; None where it is not meant for it, and the place is kept."""
    reply = _take(guide, incoming, desk, Copy(citizen_id, talk))
    if reply is not _MOVED:
        return reply
    seen = conversation.look(desk.bureau.database, desk.citizen, incoming.key)  # another device was faster
    if seen.talk is None or seen.talk.kind != guide.kind:
        desk.conversation = memory.NONE
        return Reply(text=say("guided_is_over", title=guide.flow.title))
    return _left_open(guide, desk, Copy(citizen_id, seen.talk))


def is_an_option(
    guide: Guide, kept: Mapping[str, Any], text: str, is_listed: bool = False, is_harmless: bool = False
) -> bool:
    """What the open question offers, word for word, and nothing else; or with little words around it, or several of
    it together, where the danger that they sound like is only guessed and not `is_listed`; or a few words that are an
    answer, whatever it is, where `is_harmless` says that no harm is named.
    """
    question = flows.next_step(guide.flow, kept)
    if question is None or not question.options:
        return False
    if reading.named(question, reading.plain(text)) is not None:
        return True
    if is_harmless and len(reading.plain(text)) <= FEW and reading.read(question, text, clock.today()) != NO_ANSWER:
        return True
    return not is_listed and reading.is_nothing_else(question, text)


def go_on_by_copy(guide: Guide, incoming: Incoming, desk: Desk, copy: Copy) -> Reply | None:
    """The same without having looked; None for all that needs the look."""
    kept = copy.talk.answers
    if incoming.key in (kept.get("_key"), *kept.get("_keys", ())) or _is_elsewhere(guide, kept, incoming):
        return None
    if tap := find_tap(guide, desk.bureau, kept, incoming.text, lambda answers: shown(guide.flow, answers, desk)):
        after = conversation.advance(desk.bureau.database, copy, tap.after(kept, incoming.key), incoming.key)
        if after:
            desk.conversation, desk.copy = memory.OPEN, str(after)
        return tap.reply if after else None
    reply = _take(guide, incoming, desk, copy, is_sure=False)
    return None if reply is _MOVED else reply


_MOVED = Reply(kind="none", text="moved")
"""The talk in SQL is not as it was thought to be: nothing was done."""


def _take(guide: Guide, incoming: Incoming, desk: Desk, copy: Copy, is_sure: bool = True) -> Reply | None:
    """`is_sure`: the talk was looked up. From a mere copy nothing is shown but what was written by it as well."""
    kept = copy.talk.answers
    if incoming.key in (kept.get("_key"), *kept.get("_keys", ())):
        return _left_open(guide, desk, copy)  # a second delivery
    if _is_elsewhere(guide, kept, incoming):
        return shown(guide.flow, {**kept, "_before": say("tap_elsewhere")}, desk)
    turn = _step(guide, incoming, desk, kept)
    if turn is None:
        return None
    if turn.is_over:
        return _end(guide, incoming, desk, copy)
    if not turn.is_kept:
        if not is_sure:
            return None
        ways = _way_to_page(guide, desk, copy) if turn.wants_page else []
        return shown(guide.flow, turn.answers, desk, ways)
    after = conversation.advance(desk.bureau.database, copy, turn.answers, incoming.key)
    return _left_open(guide, desk, after) if after else _MOVED


def _is_elsewhere(guide: Guide, kept: Mapping[str, Any], incoming: Incoming) -> bool:
    """Whether an option of another question was tapped, of this talk or of any."""
    question = flows.next_step(guide.flow, kept) if taps.FIELD in incoming.detail else None
    return question is not None and taps.is_elsewhere(incoming, _name(guide.flow.name, question))


def _step(guide: Guide, incoming: Incoming, desk: Desk, kept: Mapping[str, Any]) -> talking.Turn | None:
    keyring = desk.bureau.keyring
    return talking.step(
        guide, kept, incoming.text, incoming.key, lambda text: keyring.encrypt(PURPOSE, text),
        heard=lambda: _heard(guide, desk, incoming.text),
    )  # fmt: skip


def _heard(guide: Guide, desk: Desk, text: str) -> Heard:
    """Something else is a question, or in a few words the name of a topic, or what is clearly about one; of the talk's
    own field nothing but a topic's name.
    """
    heard = desk.understood
    if heard is None or heard.topic == NOT_UNDERSTOOD:
        return talking.NOTHING
    length, is_clear = len(reading.plain(text)), heard.confidence >= CLEAR
    is_command = heard.topic.startswith("talk/") and is_clear and length <= LEAST_STORY
    is_exact = is_command or not heard.alternatives
    if is_asking(text) or any(word in text for word in _ASKS):
        return Heard(True, "", is_exact, is_clear)
    is_named = not heard.alternatives or desk.bureau.ears.is_named(heard.plain, heard.topic)
    story = heard.topic if is_named or (is_clear and length >= LEAST_STORY) else ""
    if heard.topic.split("/")[0] == guide.flow.topic.split("/")[0]:
        return Heard(not heard.alternatives or (is_named and length <= SHORT), story, is_exact, is_clear)
    return Heard(is_named if length <= SHORT else is_clear, story, is_exact, is_clear)


def _end(guide: Guide, incoming: Incoming, desk: Desk, copy: Copy) -> Reply:
    """The last answer, in a transaction, on what SQL has: the result is made once."""

    def act(session: Session) -> Reply:
        talk = conversation.find_open(session, copy.citizen_id)
        if talk is None or talk.kind != guide.kind:
            desk.conversation = memory.NONE
            return Reply(text=say("guided_is_over", title=guide.flow.title))
        if talk.version != copy.talk.version:
            return _left_open(guide, desk, _copy(talk))
        turn = _step(guide, incoming, desk, talk.answers)
        return finish(session, guide, desk, copy.citizen_id, turn.answers if turn else talk.answers, incoming.key)

    return receipts.once(desk.bureau.database, incoming.key, act)


def finish(
    session: Session, guide: Guide, desk: Desk, citizen_id: str, kept: Mapping[str, Any], message_key: str
) -> Reply:
    """Closes the talk, and lets the slice say what came of it."""
    keyring = desk.bureau.keyring
    told = flows.opened(flows.on_road(guide.flow, kept), lambda token: keyring.decrypt(PURPOSE, token))
    conversation.leave(session, citizen_id)
    desk.conversation, desk.copy, desk.has_ended = memory.NONE, "", True
    return guide.finish(session, desk, citizen_id, told, message_key)


def _left_open(guide: Guide, desk: Desk, copy: Copy) -> Reply:
    """The question that waits. Redis gets a copy, but where a private answer is in it."""
    desk.conversation = memory.OPEN
    is_private = any(map(is_sealed, copy.talk.answers.values()))
    desk.copy = "" if is_private else str(copy)
    return shown(guide.flow, copy.talk.answers, desk)


def _way_to_page(guide: Guide, desk: Desk, copy: Copy) -> list[str]:
    """The link to the same questions on the page, where there are pages."""
    if not (desk.bureau.public_url and "_id" in copy.talk.answers):
        return []
    talk = copy.talk.answers["_id"]
    url = links.page_link(desk.bureau.keyring, desk.bureau.public_url, guide.kind, copy.citizen_id, talk)
    return [render.link(say("guided_on_page", minutes=int(links.HOLDS.total_seconds() // 60)), url)]


def _copy(talk: Conversation) -> Copy:
    return Copy(talk.citizen_id, Talk(talk.kind, dict(talk.answers), talk.version))


# ── how it looks ──────────────────────────────────────────────────────────────────────────────────────────────────────


def shown(flow: Flow, kept: Mapping[str, Any], desk: Desk, ways: Sequence[str] = ()) -> Reply:
    """The open question as the kept answers have it: the same for every delivery of a message. `ways`: links to where
    it can be answered as well.
    """
    question, place = flows.stand(flow, kept)
    if question is None:  # the flow has changed and nothing is left to ask: any message ends it
        return Reply(text=say("guided_all_answered", title=flow.title), choices=(say("guided_on"),))
    if kept.get("_paused"):
        return _shown_pause(flow, kept, question)
    choices, more = tuple(option.label for option in question.options), tuple(ways)
    if int(kept.get("_tries") or 0) >= talking.PATIENCE:
        person, number = desk.bureau.shelf.topics[PERSON].name, len(choices) + 1
        choices, more = (*choices, person), (render.choice(say("guided_person", number=number), person, number), *more)
    ticked = overheard.ticked(question, kept)
    written = _written if more else _asked
    asked = written(flow.name, question, place, ticked, more)
    heard = overheard.told(question, kept, "guided_heard")
    recapped = "\n".join(recap_lines(flow, kept, question, desk.bureau))
    checked = say("guided_recap", lines=recapped) if recapped else ""
    before = "\n\n".join(part for part in (kept.get("_before"), heard, checked) if part)
    return Reply(text=render.above(before, asked), choices=choices)


def recap_lines(flow: Flow, kept: Mapping[str, Any], question: Question, bureau: Bureau) -> list[str]:
    """What was answered, where it is shown once more before it counts: for chat and page."""
    return recap.lines(flow, kept, question, lambda token: bureau.keyring.decrypt(PURPOSE, token), talking.shown_value)


def _shown_pause(flow: Flow, kept: Mapping[str, Any], question: Question) -> Reply:
    asked = say("guided_paused", title=flow.title, place=talking.where(flow, kept), ask=question.ask)
    lines = [
        render.choice(say("guided_go_on_label"), say("guided_on"), 1),
        render.choice(say("guided_anew_label"), say("guided_anew_tap"), 2),
    ]
    return Reply(text=render.chat(asked, lines), choices=(say("guided_on"),))


def _written(flow: str, question: Question, place: flows.Road, ticked: tuple[str, ...], more: tuple[str, ...]) -> str:
    body = f"{talking.told_place(place)}　{question.ask}{_how(question)}"
    return render.chat(body, [*_lines(_name(flow, question), question, ticked), *more])


_asked = lru_cache(maxsize=4096)(_written)
"""Finished: the same few are asked again and again."""


def _name(flow: str, question: Question) -> str:
    return f"{flow}/{question.name}"


def _how(question: Question) -> str:
    """How it may be answered, a line each."""
    told = []
    if question.kind is Kind.SEVERAL:
        told.append(say("guided_how_several"))
    if question.kind is Kind.DATE:
        told.append(say("guided_how_date"))
    if question.may_skip:
        told.append(say("guided_how_skip"))
    return "".join(f"\n{line}" for line in told)


def _lines(name: str, question: Question, ticked: Sequence[str]) -> list[str]:
    """What can be tapped."""
    labels = enumerate((option.label for option in question.options), start=1)
    if question.kind is not Kind.SEVERAL:
        return [render.choice(f"{number}. {label}", label, taps.number(name, number)) for number, label in labels]
    lines = []
    for number, option in enumerate(question.options, start=1):
        sign = say("guided_ticked" if option.value in ticked else "guided_not_ticked")
        says = say("guided_tick", label=option.label)
        lines.append(render.choice(f"{sign} {number}. {option.label}", says, taps.number(name, number)))
    if ticked:
        ready = taps.number(name, len(lines) + 1)
        lines.append(render.choice(say("guided_ready_label", count=len(ticked)), say("guided_ready"), ready))
    return lines
