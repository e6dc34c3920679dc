"""What a flow is made of: questions, their options, and the ways between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

END = "end"
NONE_OF_THEM = "none"
"""The value of an option that stands alone where several may be chosen."""
SEALED = "sealed"
"""What a private answer is kept under: {"sealed": token}."""
LONGEST = 200


class Kind(StrEnum):
    CHOICE = "choice"
    SEVERAL = "several"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Either:
    """What may mean several of the options, or what none of them fits as yet: it is asked again."""

    forms: tuple[str, ...]
    """Expressions of which one is in it."""
    of: tuple[str, ...] = ()
    """The values that it may mean; none: what the question means is explained."""
    whole: bool = False
    """It is looked for in what is said of others, too."""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    words: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    """Words that mean it where nothing else is said: 我, which stands in most sentences."""
    forms: tuple[str, ...] = ()
    """Expressions, without signs: whatever words a sentence has in it, one that reads so means this option."""
    topics: tuple[str, ...] = ()
    """Who tells a story that is clearly about one of these means this option."""
    ages: tuple[int, int] | None = None
    """Who tells an age from the first to the last means this option."""
    older: str = ""
    """Where one is chosen: the value of those whom the words name and whose age is beyond."""
    yields: tuple[str, ...] = ()
    """Who names one of these beside it means that one: what came before it is told along."""
    comes: bool = False
    """A paper that has come: who says that it has not does not mean this option."""
    awaits: bool = False
    """Who says that no paper has come yet means this option."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    to: str
    """A question's name, or END."""
    when: Mapping[str, frozenset[str]]
    """It is open when every named answer is one of the values; empty: always."""

    def is_open(self, answers: Mapping[str, Any]) -> bool:
        for name, wanted in self.when.items():
            given = answers.get(name)
            if isinstance(given, str):
                if given not in wanted:
                    return False
            elif name not in answers or not values_of(given) & wanted:
                return False
        return True


@dataclass(frozen=True, eq=False)
class Question:
    name: str
    kind: Kind
    ask: str
    explain: str = ""
    options: tuple[Option, ...] = ()
    others: tuple[str, ...] = ()
    """Who is not asked about: what is said of them is no answer."""
    either: tuple[Either, ...] = ()
    may_skip: bool = False
    skips: tuple[str, ...] = ()
    """Words that mean "skip" to this question alone."""
    drops: tuple[str, ...] = ()
    """What people say in front of a text and do not mean as part of it: 我叫."""
    unwilling: tuple[str, ...] = ()
    """Of a text: words of those who will not say it, or ask what for. They hear the explanation."""
    holds: tuple[str, ...] = ()
    """Words that make a text an answer though it is worded as a question; without any, a question is no answer."""
    longest: int = LONGEST
    is_private: bool = False
    listens: bool = False
    """What is said of it before it is asked stands ticked when it is."""
    known_as: tuple[str, ...] = ()
    """What its answer is called where the answers are shown once more: the name, and others by which people mean it."""
    mask: str = ""
    """How a private answer is masked there."""
    recaps: bool = False
    """The answers before it are shown once more with it, since they count from then on: it is answered by an option's
    name or place and nothing else, whatever a sentence mentions.
    """
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

    @cached_property
    def title(self) -> str:
        """What stands before its answer where that is told again."""
        return self.known_as[0] if self.known_as else self.ask.strip().splitlines()[0]

    @cached_property
    def has_ages(self) -> bool:
        return any(option.ages for option in self.options)

    @cached_property
    def has_papers(self) -> bool:
        return any(option.comes for option in self.options)

    @cached_property
    def values(self) -> tuple[str, ...]:
        return tuple(option.value for option in self.options)

    def label_of(self, value: str) -> str:
        return next((option.label for option in self.options if option.value == value), value)


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    name: str
    title: str
    topic: str
    intro: str
    first: str
    questions: Mapping[str, Question]


def values_of(value: Any) -> frozenset[str]:
    """What a `when` compares: one value, or each of several."""
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset({str(value)})


def is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get(SEALED), str)
