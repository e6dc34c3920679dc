"""Lists of expressions from the library, made fast: only those are tried that could match.

Each expression names its cues, words of which at least one stands in whatever it matches. All cues of all lists are
looked for in one pass; most messages have few, so most expressions are never tried. How an expression is written
stands at the head of library/emergency.toml.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick

_CUES = re.compile(r"【(.+?)】")
_NAMED = re.compile(r"\{([一-鿿]+)\}")
_GAP = re.compile(r"~(\d+)")
_GROUP = re.compile(r"\((?!\?)")


class Expressions:
    """Lists by name."""

    def __init__(self, words: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> None:
        self.patterns: list[re.Pattern[str]] = []
        self.members: dict[str, int] = {}
        """For each list one bit for each of its expressions."""
        self._cues = ahocorasick.Automaton()
        for name, expressions in lists.items():
            first = len(self.patterns)
            for expression in expressions:
                self._add(_spelled_out(expression, words))
            self.members[name] = (1 << len(self.patterns)) - (1 << first)
        self._cues.make_automaton()

    def reading(self, text: str) -> "Reading":
        near = 0
        for _, bits in self._cues.iter(text):
            near |= bits
        return Reading(self, text, near)

    def _add(self, expression: str) -> None:
        bit = 1 << len(self.patterns)
        for cue in _cues(expression):
            self._cues.add_word(cue, self._cues.get(cue, 0) | bit)
        self.patterns.append(_compiled(expression))


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and the expressions that have a cue in it, one bit each."""

    _all: Expressions
    text: str
    _near: int

    def has_cue(self, name: str) -> bool:
        return bool(self._all.members[name] & self._near)

    def has(self, name: str, part: str | None = None) -> bool:
        """Whether something in the text, or in this part of it, is in the list."""
        return any(True for _ in self.matches(name, part))

    def matches(self, name: str, part: str | None = None) -> Iterator[re.Match[str]]:
        """The first match of each expression of the list."""
        text = self.text if part is None else part
        return (found for pattern in self._tried(name) if (found := pattern.search(text)))

    def without(self, name: str) -> "Reading":
        """The text with a space for everything that is in the list."""
        text = self.text
        for pattern in self._tried(name):
            text = pattern.sub(" ", text)
        return self if text == self.text else self._all.reading(text)

    def _tried(self, name: str) -> Iterator[re.Pattern[str]]:
        rest = self._all.members[name] & self._near
        while rest:
            place = (rest & -rest).bit_length() - 1
            rest &= rest - 1
            yield self._all.patterns[place]


def _spelled_out(expression: str, words: Mapping[str, str]) -> str:
    """The expression with its groups of words written out."""
    inside = _CUES.sub(lambda cues: _NAMED.sub(lambda named: words[named[1]], cues[0]), expression)
    return _NAMED.sub(lambda named: f"({words[named[1]]})", inside)


def _cues(expression: str) -> list[str]:
    [cues] = _CUES.findall(expression)
    return cues.split("|")  # type: ignore[no-any-return]


def _compiled(expression: str) -> re.Pattern[str]:
    grouped = _GROUP.sub("(?:", expression.replace("【", "(").replace("】", ")"))
    return re.compile(_GAP.sub(r".{0,\1}", grouped))
