"""A cut-up message → the names of what was seen in it, in two views: what it looks like and what it sounds like.

The looks view holds runs of characters and the lexicon's words; it hears dialect and daily words. The sounds view
holds runs of syllables; it hears wrong characters, pinyin and what speech recognition made of a sentence.
"""

import tomllib
from collections.abc import Iterable
from operator import add
from pathlib import Path

import ahocorasick

from handlers.understanding.text import Text

START, END = "^", "$"


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

    def hints_in(self, plain: str) -> list[str]:
        return [hint for _, hints in self._automaton.iter(plain) for hint in hints]


def looks(text: Text, lexicon: Lexicon) -> list[str]:
    return runs([START, *text.tokens, END]) + lexicon.hints_in(text.plain)


def sounds(syllables: Iterable[str]) -> list[str]:
    """Each syllable ends with a space, so that "xi an" and "xian" stay apart."""
    return runs([START, *syllables, END])


def runs(units: list[str]) -> list[str]:
    """Every unit and every two neighbouring ones (three were no better on tests/asked, and twice as slow)."""
    return units + list(map(add, units, units[1:]))
