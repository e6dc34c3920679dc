"""The trained part: for each thing seen in a message, how much it speaks for each topic. Reads; never trains.

Files of a model, in a folder named by the hash of what it was made from: `<view>.npy` (weights, features × topics and a
last column for danger to life, float32, mapped into memory and shared by all workers), `words.json` (topics, features,
their rarity and the writing tables).
"""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from handlers.understanding.text import Script

Scores = npt.NDArray[np.float32]
VIEWS = ("looks", "sounds")


@dataclass(frozen=True)
class View:
    """A linear classifier over one way of looking at a message."""

    rows: dict[str, int]
    rarity: npt.NDArray[np.float32]  # inverse document frequency, a row each
    weights: npt.NDArray[np.float32]  # features × (topics and danger)
    bias: Scores

    def score(self, features: Sequence[str]) -> Scores:
        """One number per topic; above zero speaks for it."""
        rows, values = self._weigh(features)
        if not rows.size:
            return self.bias
        found: Scores = values @ self.weights.take(rows, axis=0) + self.bias
        return found

    def contributions(self, features: Sequence[str], topic: int) -> list[tuple[str, float]]:
        """What spoke for a topic, strongest first."""
        names = {row: name for name in set(features) if (row := self.rows.get(name)) is not None}
        rows, values = self._weigh(features)
        shares = [
            (names[int(row)], float(value * self.weights[row, topic])) for row, value in zip(rows, values, strict=True)
        ]
        return sorted(shares, key=lambda share: -share[1])

    def _weigh(self, features: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
        """tf-idf with damped counts, of length one (as the training makes it)."""
        found = [row for row in map(self.rows.get, features) if row is not None]
        seen = Counter(found)
        rows = np.array(list(seen), np.intp)
        values = self.rarity.take(rows)
        if len(seen) < len(found):
            values *= 1 + np.log(np.fromiter(seen.values(), np.float32, len(seen)))
        return rows, values / np.float32(math.sqrt(float(values @ values)) or 1)


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
    rows = {feature: row for row, feature in enumerate(words["features"])}
    weights = np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray)  # numpy's own memmap class is slow
    return View(rows, np.array(words["rarity"], np.float32), weights, np.array(words["bias"], np.float32))
