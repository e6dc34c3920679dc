"""Builds the model from the library, in a process of its own: `python -m handlers.understanding.training FOLDER`.

The same library gives the same model. scikit-learn, OpenCC and pypinyin are needed here and nowhere else.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from content.phrases import LIBRARY

FORM = "10"  # raise it when features or training change
MOST_AT_ONCE = 2
KEPT = 0.5
"""Share of the features that is kept, those that speak most for some topic: the rest changed one line in two thousand
of tests/asked, and each of them costs a look-up for every message.
"""
_MADE_FROM = ("utterances/**/*.txt", "synonyms/*.toml", "emergency/*.txt")
DANGER = "talk/emergency"


def model_folder(data: Path) -> Path:
    """Where the model for today's library stands or would stand."""
    digest = hashlib.sha256(FORM.encode())
    for pattern in _MADE_FROM:
        for file in sorted(LIBRARY.glob(pattern)):
            digest.update(str(file.relative_to(LIBRARY)).encode() + file.read_bytes())
    return data / "model" / digest.hexdigest()[:16]


def ensure(data: Path) -> Path:
    """The folder of the model, built where there is none yet (some seconds)."""
    folder = model_folder(data)
    if not (folder / "words.json").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        told = folder.parent / "training.log"
        with told.open("wb") as log:
            made = subprocess.run([sys.executable, "-m", __name__, str(folder)], stderr=log, check=False)  # noqa: S603 - our own module
        if made.returncode:
            raise NotTrained(told, made.returncode)
        told.unlink(missing_ok=True)
    return folder


class NotTrained(Exception):
    """The model could not be built; why stands in the log."""

    def __init__(self, log: Path, code: int) -> None:
        super().__init__(f"the training ended with {code}: {log}")
        self.log, self.is_killed = log, code == -9


def utterances() -> list[tuple[str, str]]:
    """(words, topic) of every line the library learns from."""
    lines: list[tuple[str, str]] = []
    for file in sorted((LIBRARY / "utterances").rglob("*.txt")):
        topic = str(file.relative_to(LIBRARY / "utterances").with_suffix(""))
        lines += [(line, topic) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return lines


def examples() -> list[tuple[str, bool]]:
    """(words, whether they tell of danger to life now) of every line from which only that is learned."""
    return [
        (line, kind == "danger")
        for kind in ("danger", "harmless")
        for line in (LIBRARY / "emergency" / f"{kind}.txt").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def build(folder: Path) -> None:
    """Makes the folder whole or not at all."""
    from handlers.understanding import tables
    from handlers.understanding.model import VIEWS
    from handlers.understanding.text import read

    script = tables.make_script()
    lines, cases = utterances(), examples()
    texts = [read(words, script) for words, _ in (*lines, *cases)]
    topics, dangers = [topic for _, topic in lines], [is_danger for _, is_danger in cases]
    with ProcessPoolExecutor(MOST_AT_ONCE) as pool:
        jobs = {name: pool.submit(_fit, name, texts, topics, dangers) for name in VIEWS}
        views = {name: job.result() for name, job in jobs.items()}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
        _write(Path(draft), script, views)
        if not folder.exists():
            Path(draft).rename(folder)
            Path(draft).mkdir()


def _fit(name: str, texts: list[Any], topics: list[str], dangers: list[bool]) -> dict[str, Any]:
    """One view: a column of weights for each topic, learned from the utterances, and a last one for danger."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize
    from sklearn.svm import LinearSVC

    from handlers.understanding.features import Lexicon, looks, sounds

    lexicon = Lexicon(LIBRARY / "synonyms")
    seen = [(looks(text, lexicon.hints_in(text.plain)) if name == "looks" else sounds(text)).names() for text in texts]
    vectors = TfidfVectorizer(analyzer=list, sublinear_tf=True, min_df=3, dtype=np.float32)
    matrix = vectors.fit_transform(seen[: len(topics)])
    classifier = LinearSVC(C=1.0, tol=1e-2, max_iter=200, random_state=0).fit(matrix, topics)
    speaks = classifier.coef_.max(axis=0) - classifier.coef_.mean(axis=0)
    kept = np.sort(np.argsort(-speaks, kind="stable")[: int(len(speaks) * KEPT)])
    rows = [row for row, text in enumerate(texts) if name == "sounds" or text.has_characters]
    every = normalize(vectors.transform(seen)[:, kept])
    danger = _fit_danger(every, rows, topics, dangers)
    return {
        "topics": [str(topic) for topic in classifier.classes_],
        "features": [str(feature) for feature in vectors.get_feature_names_out()[kept]],
        "rarity": [round(float(value), 5) for value in vectors.idf_[kept]],
        "bias": [round(float(value), 6) for value in (*classifier.intercept_, *danger.intercept_)],
        "weights": np.ascontiguousarray(np.vstack([classifier.coef_[:, kept], danger.coef_]).T.astype(np.float32)),
    }


def _fit_danger(matrix: Any, rows: list[int], topics: list[str], dangers: list[bool]) -> Any:
    """What tells danger to life from all else. The examples were written close to the border and weigh the more."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    is_danger = np.array([topic == DANGER for topic in topics] + dangers)
    weight = np.where(is_danger, 2.0, 0.3)
    weight[len(topics) :] = 2.0
    return LogisticRegression(C=16, max_iter=2000).fit(matrix[rows], is_danger[rows], sample_weight=weight[rows])


def _write(folder: Path, script: Any, views: dict[str, dict[str, Any]]) -> None:
    import numpy as np

    np.save(folder / "weights.npy", np.vstack([view.pop("weights") for view in views.values()]))
    [topics] = {tuple(view.pop("topics")) for view in views.values()}
    words = {
        "topics": topics,
        "simplified": script.simplified,
        "syllables": script.syllables,
        "known_syllables": sorted(script.known_syllables),
        "views": views,
    }
    (folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
