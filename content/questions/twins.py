"""Questions that say nearly the same, found by the pairs of characters they share. Compares; decides nothing."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from content.search import pairs

ALIKE = 0.6
"""Share of common pairs among all pairs of both. Of the 464 questions of the library six are so like another one."""
SHORTEST = 8
"""Pairs; what has fewer is no question by itself: "下列说法正确的是"."""
_EVERYWHERE = 400
"""A pair that so many questions hold says nothing of them."""
_BLANK = re.compile(r"[（(]\s*[)）]|_+")


@dataclass
class Twins:
    """Questions by what they say: stem alone, and stem with story and options."""

    _texts: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _postings: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, words: Mapping[str, Any]) -> None:
        for sort, cut in _samples(words):
            self._texts[name, sort] = cut
            for pair in cut:
                self._postings[f"{sort}{pair}"].append((name, sort))

    def nearest(self, words: Mapping[str, Any], without: Iterable[str] = ()) -> str:
        """The name of the most similar question that is similar enough; empty where there is none."""
        best, found, others = ALIKE, "", set(without)
        for sort, cut in _samples(words):
            shared: Counter[tuple[str, str]] = Counter()
            for pair in cut:
                holders = self._postings.get(f"{sort}{pair}", [])
                if len(holders) <= _EVERYWHERE:
                    shared.update(holders)
            for place, _ in shared.most_common(8):
                if place[0] in others:
                    continue
                other = self._texts[place]
                share = len(cut & other) / len(cut | other)
                if share > best:
                    best, found = share, place[0]
        return found


def _samples(words: Mapping[str, Any]) -> list[tuple[str, set[str]]]:
    story = words.get("scenario_text") or ""
    stem = pairs(_BLANK.sub("", words["text"]))
    options = "" if words["kind"] == "judge" else "\n".join(sorted(words["options"]))
    whole = pairs("\n".join((story, words["text"], options)))
    found = [("全", whole)] if len(whole) >= SHORTEST else []
    return found if story or len(stem) < SHORTEST else [*found, ("干", stem)]
