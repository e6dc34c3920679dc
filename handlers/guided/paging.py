"""The same talk on the page: the same steps, taken by a form. Each form is taken once, whoever sends it twice.

The page knows neither openid nor message; it knows a citizen by the link that the chat wrote for his open talk.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from handlers import citizens, conversation, receipts
from handlers.conversation import Conversation
from handlers.desk import Bureau, Desk
from handlers.guided import chat, talking
from handlers.guided import flow as flows
from handlers.guided.guide import Guide
from handlers.guided.links import Way
from handlers.guided.questions import Kind, Question
from handlers.guided.reading import read, together
from handlers.guided.talking import Turn
from handlers.message import NOTHING, Reply


class LinkUsed(Exception):
    """Another browser came by this link."""


class TalkOver(Exception):
    """The talk has been ended, left or begun anew: the link leads nowhere any more."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a browser has sent."""

    key: str
    """Of this form alone."""
    question: str
    act: str
    """answer, skip, back or anew."""
    values: Sequence[str]


def look(bureau: Bureau, guide: Guide, way: Way) -> Mapping[str, Any]:
    """What is kept of the talk. Raises TalkOver."""
    with bureau.database.reading() as session:
        return dict(_talk(session, guide, way).answers)


def bind(bureau: Bureau, guide: Guide, way: Way, held: Way | None) -> None:
    """The first browser that taps has the link. `held`: what this browser has already. Raises LinkUsed, TalkOver."""
    with bureau.database.transaction() as session:
        talk = _talk(session, guide, way)
        used = list(talk.answers.get("_links", ()))
        if way.nonce in used:
            if held != way:
                raise LinkUsed
            return
        conversation.begin(
            session, way.citizen_id, guide.kind, {**talk.answers, "_links": [*used, way.nonce][-8:], "_paused": None}
        )


def take(bureau: Bureau, guide: Guide, way: Way, form: Form) -> Reply:
    """What the end tells; NOTHING where the talk goes on. Raises TalkOver."""

    def act(session: Session) -> Reply:
        talk = _talk(session, guide, way)
        turn = _turn(guide, talk.answers, form, lambda text: bureau.keyring.encrypt(chat.PURPOSE, text))
        if turn is None:
            return NOTHING
        if not turn.is_over:
            conversation.begin(session, way.citizen_id, guide.kind, turn.answers)
            return NOTHING
        pseudonym = next(iter(citizens.pseudonyms(session, [way.citizen_id])), "")
        desk = Desk(bureau, "", pseudonym)
        return chat.finish(session, guide, desk, way.citizen_id, turn.answers, form.key)

    return receipts.once(bureau.database, form.key, act)


def take_for_visitor(bureau: Bureau, guide: Guide, kept: Mapping[str, Any], form: Form) -> Turn:
    """The same step on answers that are kept nowhere."""
    turn = _turn(guide, kept, form, lambda text: bureau.keyring.encrypt(chat.PURPOSE, text))
    return turn or Turn(dict(kept), is_kept=False)


def is_refused(kept: Mapping[str, Any], form: Form) -> bool:
    """Whether this form's answer would not do: what was typed is to be shown again."""
    return kept.get("_key") == form.key and int(kept.get("_tries") or 0) > 0


def told_to_visitor(bureau: Bureau, guide: Guide, kept: Mapping[str, Any]) -> Reply:
    """The end of a road that was walked without the chat."""
    told = flows.on_road(guide.flow, kept)
    opened = flows.opened(told, lambda token: bureau.keyring.decrypt(chat.PURPOSE, token))
    return guide.anonymous(bureau, opened) if guide.anonymous else NOTHING


def _talk(session: Session, guide: Guide, way: Way) -> Conversation:
    talk = conversation.find_open(session, way.citizen_id)
    if talk is None or talk.kind != guide.kind or talk.answers.get("_id") != way.talk:
        raise TalkOver
    return talk


def _turn(guide: Guide, kept: Mapping[str, Any], form: Form, seal: Callable[[str], str]) -> Turn | None:
    """None where the form is about a question that waits no more: another device was faster."""
    question = flows.next_step(guide.flow, kept)
    if form.act == "back":
        return Turn(talking.back(guide.flow, kept, form.key))
    if form.act == "anew":
        return Turn(talking.anew(guide, kept, form.key))
    if question is None:
        return Turn(dict(kept), is_over=True)
    if question.name != form.question:
        return None
    value, problem = _read(question, form)
    if problem:
        return talking.missed(kept, question, form.key, problem)
    return talking.answer(guide, kept, question, value, form.key, seal)


def _read(question: Question, form: Form) -> tuple[Any, str]:
    """(value, "") or (None, why it will not do)."""
    if form.act == "skip" and question.may_skip:
        return "", ""
    given = [value for value in form.values if value.strip()]
    if question.kind in (Kind.CHOICE, Kind.SEVERAL):
        chosen = [value for value in question.values if value in given]
        if not chosen or (question.kind is Kind.CHOICE and len(chosen) > 1):
            return None, say("guided_page_choose")
        return (chosen[0] if question.kind is Kind.CHOICE else together(question, chosen)), ""
    if not given:
        return ("", "") if question.may_skip else (None, say("guided_page_write"))
    found = read(question, given[0], clock.today())
    unread = {Kind.DATE: "guided_no_day", Kind.NUMBER: "guided_one_number", Kind.TEXT: "guided_page_write"}
    return found.value, found.problem or ("" if found.value is not None else say(unread[question.kind]))
