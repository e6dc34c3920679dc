"""The outcome as a card: short in the chat, whole on a page, one sheet of paper.

The card's number is the day and six signs made from the day and the answers with a key of this installation: the same
answers on the same day give the same number, another installation or other answers another. It stands for what was
answered, not for who answered; nothing is kept of it. At the counter it is checked by opening the card's link, which
holds the answers and computes the number anew.
"""

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from content import figures, offices, render
from content.figures import Figures, NoFigure
from content.offices import Offices
from content.phrases import say
from content.store import clock
from content.store.keys import Keyring, KeysUnreadable
from content.store.working_days import Overrides
from handlers.guided import flow as flows
from handlers.legal_aid import counting, policy
from handlers.legal_aid.policy import Kind, Outcome
from handlers.legal_aid.words import tables, word, words

FLOW = "legal-aid"
HARDSHIP = "aid_hardship"
HOLDS = timedelta(days=30)
"""So long the link of a card opens."""
LONGEST = 1500
_PURPOSE = "aid-card"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O, U: it is read out over the telephone."""
_SHORTER = ((2, 2), (1, 2), (1, 1))
"""(reasons, periods) of the chat, whichever fits first: a day that is missed is worse than a reason unread."""
_LITTLE = 850
"""Characters that fit on a sheet in larger type, with the answers below them."""


class Expired(Exception):
    """The link is not ours, or its time is over; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Card:
    number: str
    made_on: date
    kind: Kind
    title: str
    answered: list[tuple[str, str]]
    reasons: list[str]
    standard: str
    """What is known of the local standard of hardship; empty where it does not matter."""
    notes: list[str]
    urgent: list[str]
    papers: list[str]
    short_papers: list[str]
    where: list[str]
    periods: list[str]
    further: list[str]
    """What goes for all his periods."""
    helpers: list[str]
    decides: str
    short_decides: str

    @property
    def is_short(self) -> bool:
        """There is room on the sheet for larger type."""
        parts = (
            self.reasons,
            self.notes,
            self.urgent,
            self.papers,
            self.where,
            self.periods,
            self.further,
            self.helpers,
        )
        return sum(len(line) for part in parts for line in part) < _LITTLE


def make(
    answers: Mapping[str, Any], made_on: date, keyring: Keyring, known: Offices, local: Figures,
    overrides: Overrides,
) -> Card:  # fmt: skip
    flow = flows.load(FLOW)
    answers = flows.on_road(flow, answers)
    found = policy.outcome(answers)
    is_notified = found.kind is Kind.NOTIFIED
    decides = "notified_decides" if is_notified else "decides"
    told = counting.told(found.running, overrides, made_on)
    return Card(
        number=number_of(keyring, made_on, answers),
        made_on=made_on,
        kind=found.kind,
        title=word("kind", found.kind),
        answered=_answered(flow, answers),
        reasons=words("reason", found.reason),
        standard=_standard(found, local, made_on),
        notes=[*_priority(found), *words("note", found.note)],
        urgent=words("urgent", _urgent(found, told.near)),
        papers=[str(tables()["paper"][key]["full"]) for key in found.paper],
        short_papers=[str(tables()["paper"][key]["short"]) for key in found.paper],
        where=offices.fill("\n".join(words("where", found.where)), known).splitlines(),
        periods=told.lines,
        further=told.further,
        helpers=words("helper", found.helper),
        decides=word("card", decides),
        short_decides=word("card", f"{decides}_short"),
    )


def chat_text(card: Card, link: str) -> str:
    """What the chat shows: fits whole."""
    links = [link] if link else []
    for reasons, periods in _SHORTER:
        whole = _chat_body(card, reasons, periods)
        text = render.chat(whole, links)
        if text.startswith(whole):
            break
    return text


def _chat_body(card: Card, reasons: int, periods: int) -> str:
    blocks = [
        [card.title, say("aid_number", number=card.number)],
        [*card.urgent[:1], *card.reasons[:reasons]],
        [say("aid_period", period=line) for line in card.periods[:periods]],
        [card.where[0], say("aid_bring", papers="、".join(card.short_papers))],
        [card.short_decides],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


# ── the link: the answers themselves, sealed; nothing is kept ─────────────────────────────────────────────────────────


def seal(keyring: Keyring, made_on: date, answers: Mapping[str, Any]) -> str:
    kept = json.dumps([made_on.isoformat(), dict(answers)], ensure_ascii=False, separators=(",", ":"))
    return keyring.encrypt(_PURPOSE, base64.b64encode(zlib.compress(kept.encode(), 9)).decode())


def unseal(keyring: Keyring, sealed: str) -> tuple[date, dict[str, Any]]:
    """(day, answers) of a card. Raises Expired."""
    try:
        if not 0 < len(sealed) <= LONGEST:
            raise KeysUnreadable(sealed[:10])
        day, answers = json.loads(zlib.decompress(base64.b64decode(keyring.decrypt(_PURPOSE, sealed))))
    except KeysUnreadable as error:
        raise Expired(say("aid_link_unknown")) from error
    made_on = date.fromisoformat(day)
    if not made_on <= clock.today() <= made_on + HOLDS:
        raise Expired(say("aid_link_over"))
    return made_on, answers


def number_of(keyring: Keyring, made_on: date, answers: Mapping[str, Any]) -> str:
    """FY-1125-7K3QM4."""
    kept = json.dumps([made_on.isoformat(), sorted(answers.items())], ensure_ascii=False)
    signed = int.from_bytes(hmac.digest(keyring.derive(_PURPOSE), kept.encode(), hashlib.sha256)[:8], "big")
    signs = "".join(_ALPHABET[signed >> 5 * place & 31] for place in range(6))
    return f"FY-{made_on:%m%d}-{signs}"


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _answered(flow: flows.Flow, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, answer), for him and the counter to look over."""
    return [(question.ask, _shown(question, answers[question.name])) for question in flows.passed(flow, answers)]


def _shown(question: flows.Question, value: Any) -> str:
    if value == "":
        return say("aid_not_said")
    if question.kind is flows.Kind.DATE:
        return clock.dated(date.fromisoformat(value))
    return "、".join(map(question.label_of, value if isinstance(value, list) else [value]))


def _urgent(found: Outcome, near: str) -> tuple[str, ...]:
    """With a period that ends within seven days, also where he did not say so; life first."""
    if not near or "soon" in found.urgent:
        return found.urgent
    life = tuple(key for key in found.urgent if key == "danger")
    return (*life, near, *(key for key in found.urgent if key not in life))


def _priority(found: Outcome) -> list[str]:
    names = "、".join(words("priority", found.priority))
    return [word("note", "priority", names=names)] if names else []


def _standard(found: Outcome, local: Figures, made_on: date) -> str:
    """Where his means are to be checked: the bureau's figure, or that it is not known here."""
    if not {"means_tight", "means_unsure", "means_no_income"} & set(found.reason):
        return ""
    try:
        figure = local[HARDSHIP].on(made_on)
    except (KeyError, NoFigure):
        return word("card", "no_figure")
    since = clock.dated(figure.since)
    return word("card", "figure", amount=figures.written(figure.amount), source=figure.source, since=since)
