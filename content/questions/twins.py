"""Questions that say nearly the same, found by the pairs of characters they share. Compares; decides nothing.

Two sets of which so much is common must share one of their rarest pairs: only those are indexed, so that a question is
held against few others and none is missed.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from content.search import pairs

ALIKE = 0.6
"""Share of common pairs among all pairs of both. Of the 464 questions of the library six are so like another one."""
SHORTEST = 8
"""Pairs; what has fewer is no question by itself: "下列说法正确的是"."""
_BLANK = re.compile(r"[（(]\s*[)）]|_+")
_Sample = frozenset[str]


class Twins:
    """Questions by what they say: stem alone, and stem with story and options."""

    def __init__(self, all_words: Iterable[Mapping[str, Any]]) -> None:
        """`all_words`: of every question that will be added or asked about; says which pairs are rare."""
        self._often = Counter(pair for words in all_words for sample in _samples(words) for pair in sample)
        self._samples: list[tuple[str, _Sample]] = []
        self._holders: dict[str, list[int]] = defaultdict(list)

    def add(self, name: str, words: Mapping[str, Any]) -> None:
        for sample in _samples(words):
            for pair in self._rarest(sample):
                self._holders[pair].append(len(self._samples))
            self._samples.append((name, sample))

    def nearest(self, words: Mapping[str, Any], without: Iterable[str] = ()) -> str:
        """The name of the most similar question that is similar enough; empty where there is none."""
        best, found, others = ALIKE, "", set(without)
        for sample in _samples(words):
            near = {place for pair in self._rarest(sample) for place in self._holders.get(pair, ())}
            for place in sorted(near):
                name, other = self._samples[place]
                if name in others:
                    continue
                share = len(sample & other) / len(sample | other)
                if share > best or (share == best and not found):
                    best, found = share, name
        return found

    def _rarest(self, sample: _Sample) -> list[str]:
        ordered = sorted(sample, key=lambda pair: (self._often[pair], pair))
        return ordered[: len(ordered) - math.ceil(ALIKE * len(ordered)) + 1]


def _samples(words: Mapping[str, Any]) -> list[_Sample]:
    """Pairs of the whole question and, where it has no story, of its stem; each marked with what it is of."""
    story = words.get("scenario_text") or ""
    options = "" if words["kind"] == "judge" else "\n".join(sorted(words["options"]))
    texts = {"全": "\n".join((story, words["text"], options)), "干": "" if story else _BLANK.sub("", words["text"])}
    found = [frozenset(sort + pair for pair in pairs(text)) for sort, text in texts.items()]
    return [sample for sample in found if len(sample) >= SHORTEST]
