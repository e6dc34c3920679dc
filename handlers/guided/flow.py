"""A guided talk as data: questions, their words and which comes next. Read from library/interviews, replayed from the
answers each time, so that going back is removing a name and a changed flow strands nobody.

Knows no law and no chat: what an outcome is, is said by the slice whose flow it is.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from content.phrases import LIBRARY, say
from handlers.guided import roads
from handlers.guided.questions import END, LONGEST, SEALED, Either, Flow, Kind, Option, Question, Way, is_sealed

__all__ = ["END", "Flow", "FlowUnreadable", "Kind", "Option", "Question", "Road", "Way", "load", "next_step", "road"]

FOLDER = LIBRARY / "interviews"
_SOMETHING = "\0"
"""Stands for whatever was written freely: no condition asks what it was."""
_LISTED = ("words", "alone", "forms", "topics", "yields")
_Given = tuple[tuple[str, Any], ...]


class FlowUnreadable(Exception):
    """The file is no flow; the message is a Chinese sentence that says where."""


@dataclass(frozen=True, slots=True)
class Road:
    """Where somebody stands: 第{number}步/共{at_most}步."""

    number: int
    at_most: int


def names() -> list[str]:
    """Every flow of the library."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


@cache
def load(name: str) -> Flow:
    """Raises FlowUnreadable. A name is one of `names`, whatever was asked for."""
    if name not in names():
        raise FlowUnreadable(say("flow_missing", name=name))
    try:
        written = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FlowUnreadable(say("flow_unreadable", name=name, told=error)) from error
    return parse(name, written)


def parse(name: str, written: str) -> Flow:
    """Raises FlowUnreadable."""
    try:
        raw = tomllib.loads(written)
        questions = [_question(each) for each in raw["question"]]
        flow = Flow(
            name, raw["title"], raw["topic"], raw.get("intro", ""), raw["first"], {one.name: one for one in questions}
        )
    except KeyError as error:
        raise FlowUnreadable(say("flow_lacks", name=name, item=error.args[0])) from error
    except (tomllib.TOMLDecodeError, ValueError, TypeError, AttributeError) as error:
        raise FlowUnreadable(say("flow_unreadable", name=name, told=error)) from error
    if len(flow.questions) < len(questions):
        raise FlowUnreadable(say("flow_name_twice", name=name))
    return flow


def next_step(flow: Flow, answers: Mapping[str, Any]) -> Question | None:
    """The first question of the road without an answer; None at the end."""
    return _walk(flow, answers)[1]


def passed(flow: Flow, answers: Mapping[str, Any]) -> Sequence[Question]:
    """The answered questions of the road, in order."""
    return _walk(flow, answers)[0]


def on_road(flow: Flow, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that count, without those to questions that are not asked (any more)."""
    return {question.name: answers[question.name] for question in passed(flow, answers)}


def road(flow: Flow, answers: Mapping[str, Any]) -> Road:
    return _road(flow, _given(flow, answers))


def stand(flow: Flow, answers: Mapping[str, Any]) -> tuple[Question | None, Road]:
    """`next_step` and `road` at once."""
    given = _given(flow, answers)
    return _walked(flow, given)[1], _road(flow, given)


def opened(answers: Mapping[str, Any], unseal: Callable[[str], str]) -> dict[str, Any]:
    """With the private answers to be read."""
    return {name: unseal(value[SEALED]) if is_sealed(value) else value for name, value in answers.items()}


def _walk(flow: Flow, answers: Mapping[str, Any]) -> tuple[Sequence[Question], Question | None]:
    return _walked(flow, _given(flow, answers))


def _given(flow: Flow, answers: Mapping[str, Any]) -> _Given:
    """Of each question that has an answer which counts."""
    found = []
    for name, value in answers.items():
        question = flow.questions.get(name)
        if question is not None and question.accepts(value):
            found.append((name, _told_apart(question, value)))
    return tuple(found)


def tapped(flow: Flow, answers: Mapping[str, Any]) -> _Given | None:
    """What stands for all of these answers; None where not every one of them is an option."""
    given = _given(flow, answers)
    return None if any(one is _SOMETHING for _, one in given) else given


def _told_apart(question: Question, given: Any) -> Any:
    """What the road can depend on: which option, or else that there is an answer at all."""
    if not question.options:
        return "" if given == "" else _SOMETHING
    return tuple(given) if isinstance(given, list) else given


@lru_cache(maxsize=4096)
def _walked(flow: Flow, given: _Given) -> tuple[Sequence[Question], Question | None]:
    """The same few roads are asked for again and again, several times in each turn."""
    told = _by_name(given)
    behind: list[Question] = []
    known: dict[str, Any] = {}
    to = flow.first
    while to != END and to not in known:  # a loop is the checker's to find; here it ends
        question = flow.questions[to]
        if to not in told:
            return tuple(behind), question
        behind.append(question)
        known[to] = told[to]
        to = _onward(question, known)
    return tuple(behind), None


@lru_cache(maxsize=4096)
def _road(flow: Flow, given: _Given) -> Road:
    behind, waits = _walked(flow, given)
    if waits is None:
        return Road(len(behind), len(behind))
    told = _by_name(given)
    known = {question.name: told[question.name] for question in behind}
    return Road(len(behind) + 1, len(behind) + roads.longest(flow, waits, known))


def _by_name(given: _Given) -> dict[str, Any]:
    return {name: list(one) if isinstance(one, tuple) else one for name, one in given}


def _onward(question: Question, known: Mapping[str, Any]) -> str:
    for way in question.then:
        if way.is_open(known):
            return way.to
    return END


def _question(raw: Mapping[str, Any]) -> Question:
    return Question(
        name=raw["name"], kind=Kind(raw["kind"]), ask=raw["ask"].strip(), explain=raw.get("explain", "").strip(),
        options=tuple(map(_option, raw.get("options", ()))),
        others=tuple(raw.get("others", ())), either=tuple(map(_either, raw.get("either", ()))),
        may_skip=raw.get("may_skip", False), skips=tuple(raw.get("skips", ())),
        drops=tuple(raw.get("drops", ())), longest=raw.get("longest", LONGEST),
        unwilling=tuple(raw.get("unwilling", ())), holds=tuple(raw.get("holds", ())),
        is_private=raw.get("is_private", False), listens=raw.get("listens", False),
        known_as=tuple(raw.get("known_as", ())), mask=raw.get("mask", ""), recaps=raw.get("recaps", False),
        then=tuple(_way(one) for one in raw.get("then", ({"to": END},))),
    )  # fmt: skip


def _option(raw: Mapping[str, Any]) -> Option:
    first, last = raw.get("ages", (None, None))
    ages = None if first is None else (int(first), int(last))
    words, alone, forms, topics, yields = (tuple(raw.get(key, ())) for key in _LISTED)
    return Option(
        raw["value"], raw["label"], words, alone, forms, topics, ages, raw.get("older", ""), yields,
        comes=raw.get("comes", False), awaits=raw.get("awaits", False),
    )  # fmt: skip


def _either(raw: Mapping[str, Any]) -> Either:
    return Either(tuple(raw["forms"]), tuple(raw.get("of", ())), bool(raw.get("whole")))


def _way(raw: Mapping[str, Any]) -> Way:
    return Way(raw["to"], {name: frozenset(map(str, values)) for name, values in raw.get("when", {}).items()})
