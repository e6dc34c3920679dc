"""Words → articles, ranked. Owns its index, which lives in memory, and how text is cut: into pairs of neighbouring
characters.

Ranking is BM25 without length normalisation, since only titles and digests are held.
"""

import math
import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable

_RUN = re.compile(r"[a-z0-9]+|[一-鿿]+")


class ArticleIndex:
    """Built once from every published article; asking costs the postings of the words asked."""

    def __init__(self, articles: Iterable[tuple[str, str]]) -> None:
        self._slugs: list[str] = []
        self._postings: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for place, (slug, words) in enumerate(articles):
            self._slugs.append(slug)
            for pair in pairs(words):
                self._postings[pair].append(place)

    def __len__(self) -> int:
        return len(self._slugs)

    def search(self, words: str, limit: int) -> list[str]:
        """Slugs, best first, of equally good ones the first given; each holds half of the weight of what was asked."""
        found: dict[int, float] = defaultdict(float)
        total = 0.0
        for pair in pairs(words):
            places = self._postings.get(pair, ())
            weight = math.log(1 + (len(self._slugs) + 1) / (len(places) + 0.5))
            total += weight
            for place in places:
                found[place] += weight
        good = [place for place, weight in found.items() if weight >= total / 2]
        return [self._slugs[place] for place in sorted(good, key=lambda place: (-found[place], place))[:limit]]


def pairs(words: str) -> set[str]:
    """Every two neighbouring characters; whole words of Latin letters and digits; a single character as itself."""
    cut: set[str] = set()
    for run in _RUN.findall(unicodedata.normalize("NFKC", words).lower()):
        if run[0].isascii() or len(run) == 1:
            cut.add(run)
        else:
            cut.update(run[start : start + 2] for start in range(len(run) - 1))
    return cut
