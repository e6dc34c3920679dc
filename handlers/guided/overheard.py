"""What a sentence says in passing about a question that comes later: “我是农民工，老板欠我工资”. It is kept beside the
answers (`_heard`) and stands ticked when its question comes, where it is named and can be taken away. Nothing is
answered by it, and what is denied or asked is not heard.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from content.phrases import say
from handlers.guided.questions import NONE_OF_THEM, Flow, Kind, Question
from handlers.guided.reading import NO_ANSWER, Read, denied, plain, together

LEAST = 3
"""Characters: less says nothing in passing."""
_CLAUSES = re.compile(r"[\s,，。.；;：:、!！?？~～…]+")


def listen(flow: Flow, kept: Mapping[str, Any], question: Question, text: str) -> Mapping[str, Any]:
    """With what the words say of later questions; the same object where that is nothing."""
    listening = _listening(flow)
    if not listening or len(text) < LEAST or question.kind is Kind.TEXT:
        return kept
    heard = dict(kept.get("_heard") or {})
    for one in listening:
        if one is not question and one.name not in kept and (said := _said(one, text)):
            before = heard.get(one.name, [])
            heard[one.name] = [*before, *(value for value in said if value not in before)]
    return {**kept, "_heard": heard} if heard != (kept.get("_heard") or {}) else kept


def ticked(question: Question, kept: Mapping[str, Any]) -> tuple[str, ...]:
    """What stands ticked: what he has ticked himself, or else what was heard before."""
    if question.kind is not Kind.SEVERAL:
        return ()
    ticks = kept.get("_ticked")
    return tuple(_of(question, kept) if ticks is None else ticks)


def told(question: Question, kept: Mapping[str, Any], key: str) -> str:
    """The sentence of this key that names what was heard and still stands ticked; empty where nothing does."""
    if question.kind is not Kind.SEVERAL or "_heard" not in kept:
        return ""
    ticks = ticked(question, kept)
    labels = [question.label_of(value) for value in _of(question, kept) if value in ticks]
    return say(key, labels="、".join(labels)) if labels else ""


def joined(question: Question, kept: Mapping[str, Any], found: Read, text: str) -> Read:
    """What is written goes to what is ticked; "none" means no more, "none of these" none at all."""
    ticks = ticked(question, kept)
    if not ticks:
        return found
    if plain(text) in _no_more():
        return Read(together(question, ticks))
    if found.problem and set(denied(question, text)) & set(ticks):
        return NO_ANSWER  # it is taken away
    if not isinstance(found.value, list) or found.value == [NONE_OF_THEM]:
        return found
    left = [value for value in ticks if value not in denied(question, text)]
    return Read(together(question, [*left, *found.value]))


def unticked(question: Question, kept: Mapping[str, Any], text: str) -> list[str] | None:
    """What stays ticked of what is ticked, where the words take some of it away; None where they do not."""
    ticks = ticked(question, kept)
    gone = set(denied(question, text)) & set(ticks) if ticks else set()
    return [value for value in ticks if value not in gone] if gone else None


def _of(question: Question, kept: Mapping[str, Any]) -> list[str]:
    """Heard of this question, as far as the flow still knows it."""
    return [value for value in (kept.get("_heard") or {}).get(question.name, ()) if value in question.values]


@cache
def _listening(flow: Flow) -> tuple[Question, ...]:
    return tuple(one for one in flow.questions.values() if one.listens)


def _said(question: Question, text: str) -> list[str]:
    form, values = _form(question)
    clauses = map(plain, _CLAUSES.split(unicodedata.normalize("NFKC", text)))
    found = {values[match[1]] for clause in clauses if (match := form.fullmatch(clause))}
    return [value for value in question.values if value in found]


@cache
def _form(question: Question) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """A clause that says it of himself: 我是个农民工, 俺也是残疾人 – and not 老板是女的, 我是孩子的妈妈."""
    values = {
        plain(term): one.value
        for one in question.options
        if one.value != NONE_OF_THEM
        for term in (one.label, *one.words)
        if len(plain(term)) > 1
    }
    before, verb = _any_of(say("guided_heard_before")), _any_of(say("guided_heard_is"))
    kind, behind = _any_of(say("guided_heard_kind")), _any_of(say("guided_heard_behind"))
    end, term = _any_of(say("guided_heard_end")), "|".join(sorted(map(re.escape, values), key=len, reverse=True))
    return re.compile(f"{before}*{verb}{kind}*({term}){end}*(?:{behind}.*)?"), values


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(map(re.escape, words.split()))})"


@cache
def _no_more() -> frozenset[str]:
    return frozenset(say("guided_no_more").split())
