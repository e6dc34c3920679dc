"""The self-test in the chat: what begins it, and the card at its end. The topic's answer offers it (answers.py)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import clock, working_days
from handlers.desk import Bureau, Desk
from handlers.guided import chat as guided
from handlers.guided.guide import Guide
from handlers.guided.reading import plain
from handlers.legal_aid import card as cards
from handlers.legal_aid.card import Card
from handlers.message import Incoming, Reply

KIND = "legal-aid"
TOPIC = "legal-aid/eligibility"
_LONGEST = 24
_EARLIEST = 50
"""Years: a longer time ago is a slip of the finger."""
_WORDS = frozenset(map(plain, say("aid_begins").split()))


def is_plain(text: str) -> bool:
    """Words that mean the test and nothing else."""
    return len(text) <= _LONGEST and plain(text) in _WORDS


def said(incoming: Incoming, desk: Desk) -> Reply | None:
    """Words for the test begin it; the topic itself is answered as ever, with the test offered below."""
    return guided.begin(GUIDE, incoming, desk) if is_plain(incoming.text) else None


def make_card(session: Session, bureau: Bureau, answers: Mapping[str, Any], made_on: date) -> Card:
    """The same for chat and page."""
    overrides = working_days.load_overrides(session)
    return cards.make(answers, made_on, bureau.keyring, bureau.offices, bureau.figures, overrides)


def card_url(bureau: Bureau, answers: Mapping[str, Any], made_on: date) -> str:
    """Where the whole card is seen; empty where there are no pages."""
    sealed = cards.seal(bureau.keyring, made_on, answers)
    return f"{bureau.public_url}/h/aid/card?t={sealed}" if bureau.public_url else ""


def _finish(
    session: Session, desk: Desk, citizen_id: str, answers: Mapping[str, Any], message_key: str
) -> Reply:  # fmt: skip
    del citizen_id, message_key  # nothing is kept of it
    return _reply(session, desk.bureau, answers)


def _for_a_visitor(bureau: Bureau, answers: Mapping[str, Any]) -> Reply:
    with bureau.database.reading() as session:
        return _reply(session, bureau, answers)


def _reply(session: Session, bureau: Bureau, answers: Mapping[str, Any]) -> Reply:
    today = clock.today()
    card = make_card(session, bureau, answers, today)
    url = card_url(bureau, answers, today)
    return Reply(text=cards.chat_text(card, render.link(say("aid_whole_card"), url) if url else ""))


def _check(question_name: str, value: Any, answers: Mapping[str, Any]) -> str:
    """A day of the past, and not of another life; nobody is a child and sixty at once."""
    if question_name == "groups":
        return say("aid_both_ages") if {"minor", "elderly"} <= set(value) else ""
    if not question_name.endswith("_on") or not value:
        return ""
    day, today = clock.day(value), clock.today()
    if day > today:
        return say("aid_day_to_come")
    return say("aid_day_long_ago") if day.year < today.year - _EARLIEST else ""


GUIDE = Guide("legal-aid", KIND, _finish, _check, _for_a_visitor)
