"""Words that must not go out or want a second look: the library's list, and the bureau's own on top of it. Finds them
in a text; decides nothing.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import ahocorasick
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models import WatchWord
from content.phrases import LIBRARY

RED, YELLOW, OFF = "red", "yellow", "off"


@dataclass(frozen=True, slots=True)
class Watched:
    """One word, or one pattern under its name."""

    name: str
    level: str
    advice: str
    unless: tuple[str, ...] = ()
    """Longer words in which it means nothing."""


@dataclass(frozen=True, slots=True)
class Repealed:
    """A law that is no longer in force, and since when by which."""

    name: str
    by: str


@dataclass(frozen=True)
class Lists:
    words: dict[str, Watched]
    patterns: tuple[tuple[re.Pattern[str], Watched], ...]
    repealed: dict[str, Repealed]


@cache
def library() -> Lists:
    tables = tomllib.loads((LIBRARY / "watch_words.toml").read_text(encoding="utf-8"))
    words: dict[str, Watched] = {}
    patterns: list[tuple[re.Pattern[str], Watched]] = []
    for group in tables["group"]:
        unless = tuple(group.get("unless", ()))
        for word in group.get("words", ()):
            words[word] = Watched(word, group["level"], group["advice"], unless)
        named = Watched(group.get("key", ""), group["level"], group["advice"], unless)
        patterns += [(re.compile(pattern), named) for pattern in group.get("patterns", ())]
    for wrong, right in tables["typo"][0].items():
        words[wrong] = Watched(wrong, YELLOW, f"像是错别字：应为“{right}”。")
    repealed = {name: Repealed(name, group["by"]) for group in tables["repealed"] for name in group["names"]}
    return Lists(words, tuple(patterns), repealed)


def bureau_words(session: Session) -> list[WatchWord]:
    return list(session.scalars(select(WatchWord).order_by(WatchWord.word)).all())


def find_words(text: str, own: Iterable[WatchWord] = ()) -> Iterator[tuple[int, Watched]]:
    """(where, what) of every word and pattern, by where."""
    lists, words = library(), dict(library().words)
    silent = set()
    for row in own:
        silent |= {row.word} if row.level == OFF else set()
        words[row.word] = Watched(row.word, row.level, row.advice)
    found = [*_words(text, {name: word for name, word in words.items() if name not in silent})]
    for pattern, watched in lists.patterns:
        if watched.name not in silent:
            found += [(match.start(), watched) for match in pattern.finditer(text)]
    yield from sorted(found, key=lambda pair: pair[0])


def _words(text: str, words: dict[str, Watched]) -> Iterator[tuple[int, Watched]]:
    """Of overlapping words only the longest."""
    machine = ahocorasick.Automaton()
    for name, word in words.items():
        machine.add_word(name, word)
    if not words:
        return
    machine.make_automaton()
    for end, word in machine.iter_long(text):
        start = end - len(word.name) + 1
        if not any(_stands_in(text, start, word.name, longer) for longer in word.unless):
            yield start, word


def _stands_in(text: str, start: int, word: str, longer: str) -> bool:
    place = longer.find(word)
    return place >= 0 and text.startswith(longer, max(start - place, 0))
