"""How a message is cut: one plain form for every way of writing, its characters and its sounds.

Tables (Traditional → Simplified, character → syllable) are made when the library is built and come with the model;
nothing here loads a dictionary.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_KEPT = re.compile(r"[一-鿿㐀-䶿]|[a-z]+|[0-9]+(?:\.[0-9]+)?")
_REPEATED = re.compile(r"(.)\1{2,}")
_INVISIBLE = re.compile(r"[​-‏⁠﻿️]")
_INITIALS = re.compile(r"^(zh|ch|sh)")
_FINALS = re.compile(r"(?<=[aeiou])ng$")
LONGEST_SYLLABLE = 6


@dataclass(frozen=True)
class Script:
    """What must be known of Chinese writing to read any of its forms."""

    simplified: Mapping[int, str]
    """For str.translate."""
    syllables: Mapping[str, str]
    """A character's usual reading, toneless and folded, with a space at its end."""
    known_syllables: frozenset[str]
    """Every toneless syllable, unfolded: how typed pinyin is cut."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message cut up."""

    plain: str
    """Simplified, lower case, half-width, without punctuation; runs of Latin letters keep one space around them."""
    tokens: tuple[str, ...]
    """Characters, Latin runs and numbers in order."""
    sounds: tuple[str, ...]
    """Folded syllables in order, each with a space at its end: of characters, and of Latin runs that are pinyin."""
    initials: tuple[str, ...]
    """Latin runs that are no pinyin."""

    @property
    def has_characters(self) -> bool:
        return any("一" <= token <= "鿿" for token in self.tokens)


def read(text: str, script: Script) -> Text:
    return cut(simplify(text, script), script)


def cut(written: str, script: Script) -> Text:
    """What `simplify` has made, cut up."""
    tokens = _cut(written)
    if _REPEATED.search(plain := _join(tokens)):  # 哈，哈，哈
        tokens = _cut(plain)
        plain = _join(tokens)
    sounds = list(map(script.syllables.get, tokens))
    if None not in sounds:  # most messages are characters and nothing else
        return Text(plain, tokens, tuple(sounds), ())  # type: ignore[arg-type]
    return Text(plain, tokens, *_sounds_and_initials(tokens, script))


def _sounds_and_initials(tokens: tuple[str, ...], script: Script) -> tuple[tuple[str, ...], tuple[str, ...]]:
    sounds: list[str] = []
    initials: list[str] = []
    for token in tokens:
        if (sound := script.syllables.get(token)) is not None:
            sounds.append(sound)
        elif token[0].isalpha() and token.isascii():
            found = cut_pinyin(token, script.known_syllables)
            sounds.extend(f"{fold(syllable)} " for syllable in found)
            if len(found) <= 1:
                initials.append(token)
        else:
            sounds.append(f"{token} ")
    return tuple(sounds), tuple(initials)


def _cut(folded: str) -> tuple[str, ...]:
    return tuple(_KEPT.findall(_REPEATED.sub(r"\1\1", folded)))


def simplify(text: str, script: Script) -> str:
    """The words as written, in Simplified characters, lower case and half-width."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower().translate(script.simplified)


def fold(syllable: str) -> str:
    """Syllables that people mix up while typing fall together: zh/z, ch/c, sh/s, -ng/-n."""
    return _FINALS.sub("n", _INITIALS.sub(lambda match: match[1][0], syllable))


def cut_pinyin(letters: str, known: frozenset[str]) -> list[str]:
    """The fewest syllables that make up the letters, or an empty list where they are no pinyin."""
    fewest: list[int | None] = [0] + [None] * len(letters)
    begins = [0] * (len(letters) + 1)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_SYLLABLE), end):
            before, here = fewest[start], fewest[end]
            if before is not None and letters[start:end] in known and (here is None or before + 1 < here):
                fewest[end], begins[end] = before + 1, start
    cut: list[str] = []
    end = len(letters) if fewest[-1] else 0
    while end:
        cut.append(letters[begins[end] : end])
        end = begins[end]
    return cut[::-1]


def _join(tokens: tuple[str, ...]) -> str:
    if not any(map(str.isascii, tokens)):
        return "".join(tokens)
    parts: list[str] = []
    for token in tokens:
        if parts and token[0].isascii() and parts[-1][-1].isascii():
            parts.append(" ")
        parts.append(token)
    return "".join(parts)
