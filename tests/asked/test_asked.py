"""Real ways to ask, written apart from what the library learns from: how many are understood, how sure we may be."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from bot import wiring
from bot.config import make_config
from content import repository
from content.store.db import Database
from handlers.desk import Bureau, Desk
from handlers.router import hear
from handlers.understanding import training

HERE = Path(__file__).parent
KINDS = {"dialect", "plain", "long", "keyword", "typo", "pinyin", "traditional", "voice", "mixed", "foreign"}
BINS = 10
OVERALL, EVERY_KIND, CALIBRATION_ERROR = 0.95, 0.90, 0.05

LINES = [
    (path.stem, *line.split("\t"))
    for path in sorted(HERE.rglob("*.tsv"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
LEARNED = {words.strip() for words, _ in training.utterances()}


@pytest.fixture(scope="module")
def bureau(model, tmp_path_factory) -> Bureau:
    folder = tmp_path_factory.mktemp("asked")
    (folder / "model").mkdir()
    (folder / "model" / model.name).symlink_to(model)
    url = f"sqlite:///{folder}/pufa.db"
    keys = str(folder / "keys.json")
    config = make_config({"database.url": url, "server.data": str(folder), "security.key_file": keys})
    wiring.prepare(config)
    database = Database(url)
    yield wiring.open_bureau(config, database, "")
    database.close()


@pytest.fixture(scope="module")
def heard(bureau) -> list[tuple[str, str, float, bool]]:
    """(kind, words, confidence, right) of every line that the library has not learned, by what the router hears."""
    desk = Desk(bureau, "o-asked", "asked")
    found = []
    for kind, words, topic in LINES:
        if words.strip() not in LEARNED:
            understood = hear(words, desk)
            found.append((kind, words, understood.confidence, understood.topic == topic))
    return found


def share(rights: list[bool]) -> float:
    return sum(rights) / len(rights)


def test_every_line_has_words_and_a_topic_of_the_closed_list():
    assert len(LINES) >= 1500 and {kind for kind, *_ in LINES} == KINDS
    assert all(len(line) == 3 and line[1].strip() and line[2] in repository.topics() for line in LINES)


def test_every_topic_is_asked_for_in_every_kind_but_foreign():
    asked = defaultdict(set)
    for kind, _, topic in LINES:
        asked[kind].add(topic)
    assert asked.pop("foreign") == {"talk/unknown"}
    for kind, topics in asked.items():
        assert topics == set(repository.topics()) - {"talk/unknown"}, kind


def test_no_line_is_one_the_library_has_learned():
    assert [words for _, words, _ in LINES if words.strip() in LEARNED] == []


def test_no_line_stands_there_twice():
    counts = Counter(words.strip() for _, words, _ in LINES)
    assert [words for words, number in counts.items() if number > 1] == []


def test_nearly_all_are_understood(heard):
    assert share([right for *_, right in heard]) >= OVERALL


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nearly_all_of_every_kind_are_understood(heard, kind):
    missed = [words for found, words, _, right in heard if found == kind and not right]
    assert share([right for found, _, _, right in heard if found == kind]) >= EVERY_KIND, missed


def test_the_confidence_is_how_often_it_is_right(heard):
    bins = defaultdict(list)
    for _, _, confidence, right in heard:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    gaps = [
        abs(sum(confidence for confidence, _ in lines) - sum(right for _, right in lines)) for lines in bins.values()
    ]
    assert sum(gaps) / len(heard) <= CALIBRATION_ERROR
