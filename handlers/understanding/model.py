"""The trained part: for each thing seen in a message, how much it speaks for each topic. Reads; never trains.

Files of a model, in a folder named by the hash of what it was made from: `weights.npy` (features of both views × topics
and a last column for danger to life, float32, mapped into memory and shared by all workers), `words.json` (topics,
features, their rarity and the writing tables).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from handlers.understanding.features import JOINT, Seen
from handlers.understanding.text import Script

Scores = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
VIEWS = ("sounds", "looks")
NO_ROW = -1
_BITS = 32
_LAST_PAIR = 2**63 - 1  # larger than any


class View(NamedTuple):
    """What was learned of one way of looking at a message, beside its weights."""

    features: Sequence[str]
    """A name for each row, as Seen.names gives them."""
    rarity: Sequence[float]
    """Inverse document frequency of each row."""
    bias: Sequence[float]


class Classifier:
    """Linear, over one or more views at once; a message may be seen in the first of them only.

    Features are found by number, not by name: a unit by its own, two neighbours by both of theirs, all of a message in
    a few calls of numpy. Looking for two hundred names in large dictionaries took most of an answer's time. No unit may
    belong to two views.
    """

    def __init__(self, views: Sequence[View], weights: Weights) -> None:
        """`weights`: the rows of all views one below the other × (topics and danger)."""
        self._features = list(chain.from_iterable(view.features for view in views))
        self._rarity = np.array(list(chain.from_iterable(view.rarity for view in views)), np.float32)
        self._weights = weights
        self.biases = np.cumsum([view.bias for view in views], axis=0, dtype=np.float32)
        """Of the first view, of the first two, and so on."""
        self._ends = list(accumulate(len(view.features) for view in views))
        units = dict.fromkeys(unit for name in self._features for unit in name.split(JOINT))
        self._numbers = {unit: number for number, unit in enumerate(units)}
        self._single_rows = np.full(len(units) + 1, NO_ROW, np.intp)
        pairs = [(_LAST_PAIR, NO_ROW)]
        for row, name in enumerate(self._features):
            first, is_pair, second = name.partition(JOINT)
            if is_pair:
                pairs.append((self._numbers[first] << _BITS | self._numbers[second], row))
            else:
                self._single_rows[self._numbers[first]] = row
        self._pairs, self._pair_rows = (np.array(column, np.intp) for column in zip(*sorted(pairs), strict=True))

    def score(self, seen: Sequence[Seen]) -> Scores:
        """One number per topic, and for danger; above zero speaks for it. `seen`: by the first views."""
        rows, values = self._weigh(seen)
        found: Scores = values @ self._weights.take(rows, axis=0) + self.biases[len(seen) - 1]
        return found

    def contributions(self, seen: Sequence[Seen], topic: int) -> list[tuple[str, float]]:
        """What spoke for a topic, strongest first."""
        shares = [
            (self._features[row].replace(JOINT, ""), float(value * self._weights[row, topic]))
            for row, value in zip(*self._weigh(seen), strict=True)
        ]
        return sorted(shares, key=lambda share: -share[1])

    def _weigh(self, seen: Sequence[Seen]) -> tuple[Rows, Weights]:
        """tf-idf with damped counts, of length one in each view (as the training makes it)."""
        rows, counts = np.unique(self._rows(seen), return_counts=True)
        values = self._rarity.take(rows) * (1 + np.log(counts, dtype=np.float32))
        begin = 0
        for end in rows.searchsorted(self._ends).tolist():
            part = values[begin:end]
            part /= np.float32(math.sqrt(float(part @ part)) or 1)
            begin = end
        return rows, values

    def _rows(self, seen: Sequence[Seen]) -> Rows:
        """Of every feature in the message that the model knows."""
        units = list(chain.from_iterable(view.units for view in seen))
        names = units + list(chain.from_iterable(view.hints for view in seen))
        numbers = np.fromiter(map(self._numbers.get, names, repeat(len(self._numbers))), np.intp, len(names))
        pairs = numbers[: len(units) - 1] << _BITS | numbers[1 : len(units)]
        places = self._pairs.searchsorted(pairs)
        pair_rows = self._pair_rows.take(places)[self._pairs.take(places) == pairs]
        single_rows = self._single_rows.take(numbers)
        return np.concatenate((single_rows[single_rows != NO_ROW], pair_rows))


@dataclass(frozen=True)
class Model:
    topics: list[str]
    script: Script
    classifier: Classifier


def load(folder: Path) -> Model:
    words: dict[str, Any] = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    script = Script(
        {int(code): plain for code, plain in words["simplified"].items()},
        words["syllables"],
        frozenset(words["known_syllables"]),
    )
    weights = np.load(folder / "weights.npy", mmap_mode="r").view(np.ndarray)  # numpy's own memmap class is slow
    views = [View(**words["views"][name]) for name in VIEWS]
    return Model(words["topics"], script, Classifier(views, weights))
