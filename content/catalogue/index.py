"""Words → entries of the catalogue, ranked, over tens of thousands of them. Owns its index, which lives in memory and
is built anew only when the catalogue has changed.

Text is cut into pairs of neighbouring letters, as content/search.py does it; here a pair is one number and its places
are one stretch of an array, so that the commonest words ("关于", "通知") cost no more than the rare ones. A number of a
document that is written out whole comes first. Titles, numbers and keywords weigh more than the abstract.
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from content import repository
from content.catalogue import shelf
from content.catalogue.categories import categories
from content.catalogue.entries import MARK
from content.catalogue.shelf import Card
from content.catalogue.wording import plain_number

Numbers = npt.NDArray[np.int64]
ABSTRACT_SIGNS = 100
"""Of the abstract, or of the text where there is none, as far as they are searched."""
MOST_FOUND = 1000
LONGEST_QUESTION = 60
NEWEST = 5
_ABSTRACT_WEIGHT = 0.4
_CHUNK = 5000
_PLACE_BITS = 21
_DOCUMENT_NUMBER = re.compile(r"[一-鿿]{1,12}[〔\[(（【]?\d{4}[〕\])）】]?第?\d{1,5}号?")


class CatalogueIndex:
    """`rows`: as shelf.rows_for_index has them, newest first."""

    def __init__(
        self, rows: Sequence[Sequence[Any]], newest: Mapping[str, Sequence[Card]] | None = None, version: str = ""
    ) -> None:
        self.version = version
        self.newest: Mapping[str, Sequence[Card]] = newest or {}
        """The latest entries of each category, and of all under ""."""
        self._ids = np.array([row[0] for row in rows], dtype=np.int64)
        named = {slug: place for place, slug in enumerate(categories(), start=1)}
        self._categories = np.array([named.get(row[1], 0) for row in rows], dtype=np.uint8)
        self._named = named
        self._heads = _Postings([" ".join(row[2:6]) for row in rows])
        self._abstracts = _Postings([row[6] for row in rows])
        self._numbers = _Exact([(row[3], row[4]) for row in rows])

    def __len__(self) -> int:
        return len(self._ids)

    def count(self, category: str = "") -> int:
        is_in = self._categories == self._named.get(category, 255)
        return int(is_in.sum()) if category else len(self)

    def named(self, number: str) -> list[int]:
        """Ids of the entries that have just this index number or document number."""
        return [int(found) for found in self._ids[self._numbers.places(number)]]

    def search(self, words: str, category: str = "") -> list[int]:
        """Ids, best first, of equally good ones the newest first; each holds half of the weight of what was asked."""
        text = words[:LONGEST_QUESTION]
        size = len(self._ids)
        scores, weights, codes = np.zeros(size, dtype=np.float32), list[float](), _codes_of(text)
        for code in codes:
            in_heads, in_abstracts = self._heads.places(code), self._abstracts.places(code)
            if known := max(len(in_heads), len(in_abstracts)):
                weights.append(weight := math.log(1 + (size + 1) / (known + 0.5)))
                held = np.zeros(size, dtype=np.float32)
                held[in_abstracts] = weight * _ABSTRACT_WEIGHT
                held[in_heads] = weight
                scores += held
        total = sum(weights) / len(weights) * len(codes) if weights else 0.0  # what no entry has counts like the others
        scores[self._numbers.places(text)] += 2 * total + 1
        is_good = scores >= total * _ABSTRACT_WEIGHT if total else scores > 0
        if category:
            is_good &= self._categories == self._named.get(category, 255)
        good = np.flatnonzero(is_good & (scores > 0))
        best = good[np.argsort(-scores[good], kind="stable")][:MOST_FOUND]
        return [int(found) for found in self._ids[best]]


def open_index(session: Session, known: CatalogueIndex | None = None) -> CatalogueIndex:
    """The index of what is published now: the known one, where nothing has changed since."""
    version = repository.get_mark(session, MARK)
    if known is not None and known.version == version:
        return known
    rows = shelf.rows_for_index(session, ABSTRACT_SIGNS) if version else []
    newest = {slug: shelf.newest(session, slug, NEWEST) for slug in ("", *categories())} if rows else {}
    return CatalogueIndex(rows, newest, version)


class _Postings:
    """Pair of letters → places of the texts that hold it, rising."""

    def __init__(self, texts: Sequence[str]) -> None:
        found = [_pairs(texts[first : first + _CHUNK], first) for first in range(0, len(texts), _CHUNK)]
        both = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
        both.sort()
        codes = both >> _PLACE_BITS
        self._places = (both & ((1 << _PLACE_BITS) - 1)).astype(np.uint32)
        self._codes, self._starts = np.unique(codes, return_index=True)

    def places(self, code: int) -> npt.NDArray[np.uint32]:
        at = int(np.searchsorted(self._codes, code))
        if at == len(self._codes) or self._codes[at] != code:
            return self._places[:0]
        end = self._starts[at + 1] if at + 1 < len(self._starts) else len(self._places)
        return self._places[self._starts[at] : end]


class _Exact:
    """Numbers of documents and of the index, however their signs are typed; only their hashes are kept."""

    def __init__(self, numbers: Sequence[tuple[str, str]]) -> None:
        pairs = [
            (hash(plain), place) for place, both in enumerate(numbers) for one in both if (plain := plain_number(one))
        ]
        pairs.sort()
        self._hashes = np.array([one for one, _ in pairs], dtype=np.int64)
        self._places = np.array([place for _, place in pairs], dtype=np.int64)

    def places(self, words: str) -> Numbers:
        asked = {plain_number(words), *(plain_number(found) for found in _DOCUMENT_NUMBER.findall(words))} - {""}
        found = [self._of(hash(one)) for one in asked]
        return np.unique(np.concatenate(found)) if found else self._places[:0]

    def _of(self, hashed: int) -> Numbers:
        first, last = (int(np.searchsorted(self._hashes, hashed, side)) for side in ("left", "right"))
        return self._places[first:last]


def _pairs(texts: Sequence[str], first: int) -> Numbers:
    """Each pair of each text once, as one number with the text's place in its low bits."""
    signs = _signs("\n".join(text.replace("\n", " ") for text in texts))
    places = np.cumsum(signs == ord("\n")) + first
    codes, is_pair = _codes(signs)
    return np.unique((codes[is_pair] << _PLACE_BITS) | places[:-1][is_pair])


def _codes_of(words: str) -> list[int]:
    codes, is_pair = _codes(_signs(words))
    return [int(code) for code in np.unique(codes[is_pair])]


def _codes(signs: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    is_letter = (
        ((signs >= 0x4E00) & (signs <= 0x9FFF))
        | ((signs >= ord("a")) & (signs <= ord("z")))
        | ((signs >= ord("0")) & (signs <= ord("9")))
    )
    return (signs[:-1] << _PLACE_BITS) | signs[1:], is_letter[:-1] & is_letter[1:]


def _signs(text: str) -> Numbers:
    plain = unicodedata.normalize("NFKC", text).lower().encode("utf-32-le", errors="replace")
    return np.frombuffer(plain, dtype=np.uint32).astype(np.int64)
