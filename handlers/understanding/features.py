"""A cut-up message → the names of what was seen in it, in two views: what it looks like and what it sounds like.

The looks view holds runs of characters and the lexicon's words; it hears dialect and daily words. The sounds view
holds runs of syllables; it hears wrong characters, pinyin and what speech recognition made of a sentence.
"""

import tomllib
from collections.abc import Iterable, Mapping
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

import ahocorasick

from handlers.understanding.text import Text

START, END = "^", "$"
EDGES = f"{START}{END} "
JOINT = "\x1f"
"""Between the two units of a feature's name."""
SHORTEST_INITIALS, LONGEST_INITIALS = 3, 8


class Lexicon:
    """How people name things: words that almost decide a topic (strong) and words that point to one (weak)."""

    def __init__(self, folder: Path) -> None:
        self._hints: dict[str, list[str]] = {}
        for file in sorted(folder.glob("*.toml")):
            for topic, words in tomllib.loads(file.read_text(encoding="utf-8")).items():
                self._add(topic, "S:", words.get("strong", ()))
                self._add(topic, "w:", words.get("weak", ()))
        self._automaton = ahocorasick.Automaton()
        for word, hints in self._hints.items():
            self._automaton.add_word(word, hints)
        self._automaton.make_automaton()

    def _add(self, topic: str, sign: str, words: Iterable[str]) -> None:
        for word in words:
            self._hints.setdefault(word.lower(), []).append(sign + topic)

    def strong_words(self) -> list[tuple[str, str]]:
        return [(word, hint[2:]) for word, hints in self._hints.items() for hint in hints if hint.startswith("S:")]

    def hints_in(self, plain: str) -> list[str]:
        return [hint for _, hints in self._automaton.iter(plain) for hint in hints]


class Initials:
    """What is meant by the first letters of a word's syllables alone (flyz, ldzc), where it is one topic.

    `find` knows names and strong words; words that several topics share mean one only as a whole message.
    """

    def __init__(self, library: Path, syllables: Mapping[str, str], names: Mapping[str, str], lexicon: Lexicon) -> None:
        known = tomllib.loads((library / "initials.toml").read_text(encoding="utf-8"))
        self._readings = {**{sign: syllable[0] for sign, syllable in syllables.items()}, **known["readings"]}
        self._shared = {**self._by_letters(known["words"].items()), **known["letters"]}
        self._own = {**self._by_letters(lexicon.strong_words()), **self._by_letters(names.items())}

    def find(self, letters: str, is_whole: bool) -> str | None:
        return (self._shared.get(letters) if is_whole else None) or self._own.get(letters)

    def _by_letters(self, words: Iterable[tuple[str, str]]) -> dict[str, str]:
        found: dict[str, set[str]] = {}
        for word, topic in words:
            if SHORTEST_INITIALS <= len(word) <= LONGEST_INITIALS and all(sign in self._readings for sign in word):
                for letters in product(*(self._readings[sign] for sign in word)):
                    found.setdefault("".join(letters), set()).add(topic)
        return {letters: topics.pop() for letters, topics in found.items() if len(topics) == 1}


class Seen(NamedTuple):
    """What one view sees of a message."""

    units: list[str]
    """Characters, Latin runs and numbers, or syllables, in order and with a mark at either end."""
    hints: list[str]
    """What the lexicon says of its words."""

    def names(self) -> list[str]:
        """Of all features: every unit, every two neighbours and every hint (three neighbours were no better on
        tests/asked, and twice as slow).
        """
        return [*self.units, *map(JOINT.join, pairwise(self.units)), *self.hints]


def looks(text: Text, hints: list[str]) -> Seen:
    return Seen([START, *text.tokens, END], hints)


def sounds(text: Text) -> Seen:
    """Every unit ends with a space, so that it is none of the other view's."""
    return Seen([f"{START} ", *text.sounds, f"{END} "], [])
