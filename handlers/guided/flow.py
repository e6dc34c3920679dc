"""A guided talk as data: questions, their words and which comes next. Read from library/interviews, replayed from the
answers each time, so that going back is removing a name and a changed flow strands nobody.

Knows no law and no chat: what an outcome is, is said by the slice whose flow it is.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from content.phrases import LIBRARY

FOLDER = LIBRARY / "interviews"
END = "end"
NONE_OF_THEM = "none"
"""The value of an option that stands alone where several may be chosen."""
SEALED = "sealed"
"""What a private answer is kept under: {"sealed": token}."""
LONGEST = 200


class FlowUnreadable(Exception):
    """The file is no flow; the message is a Chinese sentence that says where."""


class Kind(StrEnum):
    CHOICE = "choice"
    SEVERAL = "several"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    to: str
    """A question's name, or END."""
    when: Mapping[str, frozenset[str]]
    """It is open when every named answer is one of the values; empty: always."""

    def is_open(self, answers: Mapping[str, Any]) -> bool:
        return all(name in answers and values_of(answers[name]) & wanted for name, wanted in self.when.items())


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    kind: Kind
    ask: str
    explain: str = ""
    options: tuple[Option, ...] = ()
    may_skip: bool = False
    longest: int = LONGEST
    is_private: bool = False
    then: tuple[Way, ...] = ()

    def accepts(self, value: Any) -> bool:
        """Whether a kept answer still is one: the flow may have changed since."""
        if value == "" and self.may_skip:
            return True
        if self.kind is Kind.CHOICE:
            return isinstance(value, str) and value in self.values
        if self.kind is Kind.SEVERAL:
            return isinstance(value, list) and bool(value) and set(value) <= set(self.values)
        if self.kind is Kind.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        return (isinstance(value, str) and value != "") or is_sealed(value)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(option.value for option in self.options)

    def label_of(self, value: str) -> str:
        return next((option.label for option in self.options if option.value == value), value)


@dataclass(frozen=True, slots=True)
class Flow:
    name: str
    title: str
    topic: str
    intro: str
    first: str
    questions: Mapping[str, Question]


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
    """Raises FlowUnreadable."""
    try:
        written = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    except OSError as error:
        raise FlowUnreadable(f"没有名为“{name}”的问答：请看 content/library/interviews 下有哪些。") from error
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
        raise FlowUnreadable(f"问答“{name}”里缺少 {error.args[0]} 这一项。") from error
    except (tomllib.TOMLDecodeError, ValueError, TypeError, AttributeError) as error:
        raise FlowUnreadable(f"问答“{name}”读不懂：{error}。") from error
    if len(flow.questions) < len(questions):
        raise FlowUnreadable(f"问答“{name}”里有两个同名的问题。")
    return flow


def next_step(flow: Flow, answers: Mapping[str, Any]) -> Question | None:
    """The first question of the road without an answer; None at the end."""
    return _walk(flow, answers)[1]


def passed(flow: Flow, answers: Mapping[str, Any]) -> list[Question]:
    """The answered questions of the road, in order."""
    return _walk(flow, answers)[0]


def on_road(flow: Flow, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that count, without those to questions that are not asked (any more)."""
    return {question.name: answers[question.name] for question in passed(flow, answers)}


def road(flow: Flow, answers: Mapping[str, Any]) -> Road:
    behind, waits = _walk(flow, answers)
    if waits is None:
        return Road(len(behind), len(behind))
    known = {question.name: answers[question.name] for question in behind}
    return Road(len(behind) + 1, len(behind) + _longest(flow, known, waits, {}))


def ways(question: Question, known: Mapping[str, Any]) -> Iterator[Way]:
    """Those that may still be taken from here, by what is known of the answers."""
    for way in question.then:
        told = {name: wanted for name, wanted in way.when.items() if name in known}
        if any(not values_of(known[name]) & wanted for name, wanted in told.items()):
            continue
        yield way
        if len(told) == len(way.when):
            return


def values_of(value: Any) -> frozenset[str]:
    """What a `when` compares: one value, or each of several."""
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset({str(value)})


def is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get(SEALED), str)


def opened(answers: Mapping[str, Any], unseal: Callable[[str], str]) -> dict[str, Any]:
    """With the private answers to be read."""
    return {name: unseal(value[SEALED]) if is_sealed(value) else value for name, value in answers.items()}


def _walk(flow: Flow, answers: Mapping[str, Any]) -> tuple[list[Question], Question | None]:
    behind: list[Question] = []
    known: dict[str, Any] = {}
    to = flow.first
    while to != END and to not in known:  # a loop is the checker's to find; here it ends
        question = flow.questions[to]
        if question.name not in answers or not question.accepts(answers[question.name]):
            return behind, question
        behind.append(question)
        known[question.name] = answers[question.name]
        to = next((way.to for way in question.then if way.is_open(known)), END)
    return behind, None


def _longest(flow: Flow, known: Mapping[str, Any], question: Question, found: dict[str, int]) -> int:
    """Questions from this one to the end, itself included; `found` keeps what was counted, and ends loops."""
    if question.name not in found:
        found[question.name] = 1
        further = [flow.questions[way.to] for way in ways(question, known) if way.to in flow.questions]
        found[question.name] = 1 + max((_longest(flow, known, one, found) for one in further), default=0)
    return found[question.name]


def _question(raw: Mapping[str, Any]) -> Question:
    return Question(
        name=raw["name"], kind=Kind(raw["kind"]), ask=raw["ask"].strip(), explain=raw.get("explain", "").strip(),
        options=tuple(map(_option, raw.get("options", ()))),
        may_skip=raw.get("may_skip", False), longest=raw.get("longest", LONGEST),
        is_private=raw.get("is_private", False), then=tuple(_way(one) for one in raw.get("then", ({"to": END},))),
    )  # fmt: skip


def _option(raw: Mapping[str, Any]) -> Option:
    return Option(raw["value"], raw["label"], tuple(raw.get("words", ())))


def _way(raw: Mapping[str, Any]) -> Way:
    return Way(raw["to"], {name: frozenset(map(str, values)) for name, values in raw.get("when", {}).items()})
