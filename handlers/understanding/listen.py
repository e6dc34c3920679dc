"""The ear itself: exact names first, then both views of the model together, then how sure that is.

Deterministic, no network, no database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import ahocorasick
import numpy as np

from content.phrases import LIBRARY
from handlers.understanding import clauses
from handlers.understanding.features import EDGES, Initials, Lexicon, Seen, looks, sounds
from handlers.understanding.model import Model, Scores, load
from handlers.understanding.text import Text, cut, read, simplify

UNKNOWN, EMERGENCY, TALK = "talk/unknown", "talk/emergency", "talk/"
SHARPNESS = 5.0
"""How a margin becomes a probability; measured on tests/asked (see `make bench`), where it keeps the calibration
error least.
"""
RESERVE = 0.1
"""Added to the margin of "not understood": what is nearly as likely to be nobody's business here, is (as measured)."""
CERTAIN = 0.99
SURE = 0.55
"""From here on a clause heard alone is believed."""
FEWEST = 2
"""Characters: a single one says nothing, unless it is a name or a keyword."""
KEYWORD_WEIGHT = 3.0  # what a bureau's own keyword inside a sentence adds to its topic's margin
INITIALS_WHOLE, INITIALS_AMONG = 3.0, 1.5  # what initials (flyz) add: as the whole message, among other words
ALTERNATIVES = 3
NO_DANGER = -20.0
OWN_CONFIDENCE = 0.9
"""Of what the bureau has answered on its own: no model knows it, only its words."""
DANGER = -1  # the last column of the model's weights
_LONG_NUMBER = re.compile(r"\d{6,}")
"""Of a telephone or an order; that 120 stands in it means nothing."""
SOUNDS_ALONE = 1.5
"""Pinyin is seen in one view only: what it says of danger counts so much more."""


class Guess(NamedTuple):
    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Understood:
    topic: str
    confidence: float
    alternatives: tuple[Guess, ...]
    """The next best topics, best first."""
    plain: str = ""
    """The words in the one form of all ways of writing them."""
    second: str = ""
    """The topic of a second wish in the same message."""
    danger: float = NO_DANGER
    """How much the words themselves speak for danger to life; above zero they do."""
    own_word: str = ""
    """The bureau's own word for the topic that stands in the message, as the bureau wrote it."""


class Understanding:
    """Built once per worker and again when the bureau's keywords change."""

    def __init__(self, model: Model, names: Mapping[str, str], keywords: Mapping[str, str]) -> None:
        """`names`: what means a topic by itself; `keywords`: the bureau's own words. Both word → slug, also of what the
        model does not know: such words are heard where nothing else is understood.
        """
        self._model = model
        self._index = {topic: place for place, topic in enumerate(model.topics)}
        self._lexicon = Lexicon(LIBRARY / "synonyms")
        own = self._plainly(keywords)
        self._written = {self._plain(word): word for word in keywords}
        self._exact = {**self._plainly(names), **own}
        self._keywords = _automaton({word: topic for word, topic in own.items() if topic in self._index})
        self._beyond = {word: topic for word, topic in own.items() if topic not in self._index}
        known = {word: topic for word, topic in {**names, **keywords}.items() if topic in self._index}
        self._initials = Initials(LIBRARY, model.script.syllables, known, self._lexicon)

    @classmethod
    def open(cls, folder: Path, names: Mapping[str, str], keywords: Mapping[str, str]) -> "Understanding":
        return cls(load(folder), names, keywords)

    def hear(self, words: str) -> Understood:
        heard = self._hear(words)
        named = [word for word, topic in self._keywords_in(heard.plain) if topic == heard.topic]
        named += [word for word in self._beyond if word in heard.plain and self._beyond[word] == heard.topic]
        return replace(heard, own_word=self._written[max(named, key=len)]) if named else heard

    def _hear(self, words: str) -> Understood:
        written = self.simplified(words)
        whole = self._work_out(cut(written, self._model.script))
        if len(words) > clauses.LONGEST or whole.topic == EMERGENCY:
            return whole
        if beyond := self._beyond_in(whole):
            return beyond
        turned = self._turned(written, whole) if clauses.denies(words) else None
        return turned or self._with_second_wish(words, whole)

    def reasons(self, words: str, most: int = 6) -> list[str]:
        """Why `hear` says what it says, in Chinese, strongest first."""
        text = read(words, self._model.script)
        if topic := self._exact.get(text.plain):
            return [f"名称或关键词：{text.plain} → {topic}"]
        whole = self._work_out(text)
        if beyond := self._beyond_in(whole):
            return [f"本局自答 → {beyond.topic}"]
        topic = whole.topic
        told = self._contributions(text, self._index[topic])
        told += [(f"本局关键词“{word}”", KEYWORD_WEIGHT) for word, own in self._keywords_in(text.plain) if own == topic]
        told += [(f"缩写 {own}", weight) for own, (meant, weight) in self._initials_in(text).items() if meant == topic]
        return _strongest(told, most)

    def reasons_for_danger(self, words: str, most: int = 6) -> list[str]:
        """What in the words speaks for danger to life, in Chinese, strongest first."""
        return _strongest(self._contributions(read(words, self._model.script), DANGER), most)

    def is_named(self, plain: str, topic: str) -> bool:
        """Whether the words, in their plain form, hold one that means this topic alone."""
        return self._exact.get(plain) == topic or f"S:{topic}" in self._lexicon.hints_in(plain)

    def plain(self, words: str) -> str:
        """The one form of all ways of writing the same words."""
        return self._plain(words)

    def simplified(self, words: str) -> str:
        """The words in Simplified, half-width characters, every digit and sign kept (`plain` makes 1000 into 100)."""
        return simplify(words, self._model.script)

    def _beyond_in(self, whole: Understood) -> Understood | None:
        """What the bureau has answered on its own and a word in the message names, where nothing else is understood."""
        if not self._beyond or (whole.topic != UNKNOWN and whole.confidence >= SURE):
            return None
        named = [word for word in self._beyond if word in whole.plain]
        if not named:
            return None
        others = tuple(
            guess for guess in (Guess(whole.topic, whole.confidence), *whole.alternatives) if guess.topic != UNKNOWN
        )
        return replace(whole, topic=self._beyond[max(named, key=len)], confidence=OWN_CONFIDENCE, alternatives=others)

    def _turned(self, written: str, whole: Understood) -> Understood | None:
        """ "Not this but that" is that, where the ear knows both and had fallen for this."""
        parts = clauses.not_but(written)
        if parts is None:
            return None
        denied = self._work_out(cut(parts[0], self._model.script))
        if denied.topic != whole.topic and whole.confidence >= SURE:  # it was not taken in
            return None
        meant = self._work_out(cut(parts[1], self._model.script))
        is_known = meant.topic not in (UNKNOWN, denied.topic) and meant.confidence >= SURE
        return replace(meant, plain=whole.plain, danger=whole.danger) if is_known else None

    def _with_second_wish(self, words: str, whole: Understood) -> Understood:
        """A runner-up that is named by a word of its own is a wish, too, however sure the ear is of the first; in a
        message of several clauses a hint is enough.
        """
        hints = self._lexicon.hints_in(whole.plain)
        is_joined = clauses.is_joined(words)
        for topic, _ in whole.alternatives:
            is_named = f"S:{topic}" in hints or (is_joined and f"w:{topic}" in hints)
            if is_named and not topic.startswith(TALK):
                return replace(whole, second=topic)
            is_joined = False  # only the first runner-up
        return whole

    def _work_out(self, text: Text) -> Understood:
        if topic := self._exact.get(text.plain):
            return Understood(topic, CERTAIN, (), text.plain)
        if len(text.plain) < FEWEST:
            return Understood(UNKNOWN, CERTAIN, (), text.plain)
        scores, danger = self._scores(text)
        chances = _chances(scores)
        order = np.argsort(-chances)[: ALTERNATIVES + 1]
        guesses = [Guess(self._model.topics[place], round(float(chances[place]), 4)) for place in order]
        return Understood(guesses[0].topic, guesses[0].confidence, tuple(guesses[1:]), text.plain, danger=danger)

    def _scores(self, text: Text) -> tuple[Scores, float]:
        """Of every topic, and how much the words speak for danger to life."""
        weighed = self._model.classifier.score(self._seen(text))
        scores, danger = weighed[:DANGER].copy(), float(weighed[DANGER])
        scores[self._index[UNKNOWN]] += RESERVE
        if self._keywords is not None:
            for topic in {topic for _, topic in self._keywords_in(text.plain)}:
                scores[self._index[topic]] += KEYWORD_WEIGHT
        for topic, weight in self._initials_in(text).values():
            scores[self._index[topic]] += weight
        return scores, danger if text.has_characters else danger * SOUNDS_ALONE

    def _contributions(self, text: Text, column: int) -> list[tuple[str, float]]:
        """What was seen and how much it says for a topic or for danger."""
        shares = self._model.classifier.contributions(self._seen(text), column)
        return [(_spoken(name), share) for name, share in shares if name.strip(EDGES)]

    def _seen(self, text: Text) -> list[Seen]:
        """What is no characters has no looks."""
        if not text.has_characters:
            return [sounds(text)]
        hints = self._lexicon.hints_in(_LONG_NUMBER.sub(" ", text.plain))
        return [sounds(text), looks(text, hints)]

    def _initials_in(self, text: Text) -> dict[str, tuple[str, float]]:
        """Letters that are no pinyin → the topic they mean and how much they say for it."""
        found: dict[str, tuple[str, float]] = {}
        for letters in set(text.initials) - self._model.script.known_syllables:
            if topic := self._initials.find(letters, letters == text.plain):
                found[letters] = (topic, INITIALS_WHOLE if letters == text.plain else INITIALS_AMONG)
        return found

    def _keywords_in(self, plain: str) -> set[tuple[str, str]]:
        """(word, topic) of every word of the bureau's own in the message."""
        return {found for _, found in self._keywords.iter(plain)} if self._keywords is not None else set()

    def _plainly(self, words: Mapping[str, str]) -> dict[str, str]:
        """By their plain forms; what is nothing but signs means nothing."""
        return {plain: topic for word, topic in words.items() if (plain := self._plain(word))}

    def _plain(self, words: str) -> str:
        return read(words, self._model.script).plain


def _chances(scores: Scores) -> Scores:
    raised = np.exp(SHARPNESS * (scores - scores.max()))
    found: Scores = raised / raised.sum()
    return found


def _automaton(words: Mapping[str, str]) -> "ahocorasick.Automaton | None":
    if not words:
        return None
    automaton = ahocorasick.Automaton()
    for word, topic in words.items():
        automaton.add_word(word, (word, topic))
    automaton.make_automaton()
    return automaton


def _strongest(told: list[tuple[str, float]], most: int) -> list[str]:
    best = sorted(told, key=lambda share: -share[1])[:most]
    return [f"{name} +{share:.2f}" for name, share in best if share > 0]


def _spoken(feature: str) -> str:
    if feature[:2] in ("S:", "w:"):
        return f"词库：{feature[2:]}"
    shown = feature.strip(EDGES)
    return f"读音 {shown}" if " " in feature else f"“{shown}”"
