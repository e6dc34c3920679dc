"""The trained part: for each thing seen in a message, how much it speaks for each topic. Reads; never trains.

Files of a model, in a folder named by the hash of what it was made from: `<view>.npy` (weights, features × topics and a
last column for danger to life, float32, mapped into memory and shared by all workers), `words.json` (topics, features,
their rarity and the writing tables).
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from handlers.understanding.features import JOINT, Seen
from handlers.understanding.text import Script

Scores = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
NO_ROW = -1
_BITS = 32
_LAST_PAIR = 2**63 - 1  # larger than any
VIEWS = ("looks", "sounds")


class View:
    """A linear classifier over one way of looking at a message.

    Features are found by number, not by name: a unit by its own, two neighbours by both of theirs, all of a message in
    a few calls of numpy. Looking for a hundred names in a large dictionary took most of an answer's time.
    """

    def __init__(self, features: Sequence[str], rarity: Weights, weights: Weights, bias: Scores) -> None:
        """`features`: a name for each row, as Seen.names gives them; `rarity`: inverse document frequency of each row;
        `weights`: features × (topics and danger).
        """
        self._features = features
        self._rarity, self._weights, self.bias = rarity, weights, bias
        units = {unit for name in features for unit in name.split(JOINT)}
        self._numbers = {unit: number for number, unit in enumerate(sorted(units))}
        self._single_rows = np.full(len(units) + 1, NO_ROW, np.intp)
        pairs = [(_LAST_PAIR, NO_ROW)]
        for row, name in enumerate(features):
            first, is_pair, second = name.partition(JOINT)
            if is_pair:
                pairs.append((self._numbers[first] << _BITS | self._numbers[second], row))
            else:
                self._single_rows[self._numbers[first]] = row
        self._pairs, self._pair_rows = (np.array(column, np.intp) for column in zip(*sorted(pairs), strict=True))

    def score(self, seen: Seen) -> Scores:
        """One number per topic; above zero speaks for it."""
        rows, values = self._weigh(seen)
        if not rows.size:
            return self.bias
        found: Scores = values @ self._weights.take(rows, axis=0) + self.bias
        return found

    def contributions(self, seen: Seen, topic: int) -> list[tuple[str, float]]:
        """What spoke for a topic, strongest first."""
        shares = [
            (self._features[row].replace(JOINT, ""), float(value * self._weights[row, topic]))
            for row, value in zip(*self._weigh(seen), strict=True)
        ]
        return sorted(shares, key=lambda share: -share[1])

    def _weigh(self, seen: Seen) -> tuple[Rows, Weights]:
        """tf-idf with damped counts, of length one (as the training makes it)."""
        rows, counts = np.unique(self._rows(seen), return_counts=True)
        values = self._rarity.take(rows) * (1 + np.log(counts, dtype=np.float32))
        return rows, values / np.float32(math.sqrt(float(values @ values)) or 1)

    def _rows(self, seen: Seen) -> Rows:
        """Of every feature in the message that the model knows."""
        names = seen.units + seen.hints
        numbers = np.fromiter(map(self._numbers.get, names, repeat(len(self._numbers))), np.intp, len(names))
        units = numbers[: len(seen.units)]
        pairs = units[:-1] << _BITS | units[1:]
        places = self._pairs.searchsorted(pairs)
        pair_rows = self._pair_rows.take(places)[self._pairs.take(places) == pairs]
        single_rows = self._single_rows.take(numbers)
        return np.concatenate((single_rows[single_rows != NO_ROW], pair_rows))


@dataclass(frozen=True)
class Model:
    topics: list[str]
    script: Script
    views: dict[str, View]


def load(folder: Path) -> Model:
    words: dict[str, Any] = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    script = Script(
        {int(code): plain for code, plain in words["simplified"].items()},
        words["syllables"],
        frozenset(words["known_syllables"]),
    )
    views = {name: _load_view(folder, name, words["views"][name]) for name in VIEWS}
    return Model(words["topics"], script, views)


def _load_view(folder: Path, name: str, words: dict[str, Any]) -> View:
    weights = np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray)  # numpy's own memmap class is slow
    return View(words["features"], np.array(words["rarity"], np.float32), weights, np.array(words["bias"], np.float32))
