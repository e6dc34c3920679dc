"""The trained part."""

import json

import numpy as np
import pytest

from content import repository
from handlers.understanding import training
from handlers.understanding.features import JOINT, Seen
from handlers.understanding.model import VIEWS, Classifier, View, load

WORDS = View(features=["工资", "离婚", "的"], rarity=[2.0, 2.0, 1.0], bias=[0.0, 0.5])
WORDS_WEIGHTS = np.array([[1.0, -1.0], [-1.0, 1.0], [0.1, 0.1]], np.float32)
CLASSIFIER = Classifier([WORDS], WORDS_WEIGHTS)


def seen(*units: str) -> list[Seen]:
    return [Seen(list(units), [])]


def test_what_was_seen_speaks_for_its_topic():
    assert CLASSIFIER.score(seen("工资"))[0] > CLASSIFIER.score(seen("工资"))[1]
    assert CLASSIFIER.score(seen("离婚"))[1] > CLASSIFIER.score(seen("离婚"))[0]


@pytest.mark.parametrize("units", [[], ["没见过"]])
def test_where_nothing_known_was_seen_only_the_bias_speaks(units):
    assert list(CLASSIFIER.score(seen(*units))) == [0.0, 0.5]


def test_saying_a_thing_often_weighs_more_but_not_that_often():
    once, ten = (CLASSIFIER.score(seen(*["工资"] * times, "离婚"))[0] for times in (1, 10))
    assert once < ten < CLASSIFIER.score(seen("工资"))[0]


def test_contributions_add_up_to_the_score():
    units = seen("工资", "离婚", "的", "的", "没见过")
    told = CLASSIFIER.contributions(units, 0)
    assert sum(share for _, share in told) == pytest.approx(float(CLASSIFIER.score(units)[0]))
    assert [name for name, _ in told][0] == "工资" and {name for name, _ in told} == {"工资", "离婚", "的"}


def test_two_neighbours_are_seen_where_they_stand_in_this_order():
    view = View([f"欠{JOINT}薪", f"薪{JOINT}水"], rarity=[1.0, 1.0], bias=[0.0])
    pairs = Classifier([view], np.array([[1.0], [-1.0]], np.float32))
    assert pairs.score(seen("欠", "薪"))[0] == 1.0
    assert pairs.score(seen("薪", "欠"))[0] == pairs.score(seen("欠", "了", "薪"))[0] == 0.0
    assert [name for name, _ in pairs.contributions(seen("欠", "薪", "水"), 0)] == ["欠薪", "薪水"]


def test_a_second_view_adds_its_own_word_and_the_length_of_each_is_one():
    syllables = View(features=["gong ", "zi ", f"gong {JOINT}zi "], rarity=[1.0, 1.0, 2.0], bias=[0.25, 0.0])
    weights = np.array([[2.0, 0.0], [2.0, 0.0], [3.0, 1.0]], np.float32)
    both = Classifier([syllables, WORDS], np.vstack([weights, WORDS_WEIGHTS]))
    heard, read = seen("gong ", "zi "), seen("的", "工资")
    alone = Classifier([syllables], weights).score(heard)
    assert list(both.score(heard)) == list(alone)
    assert list(both.score([*heard, *read])) == pytest.approx(list(alone + CLASSIFIER.score(read)))


def test_the_model_knows_exactly_the_closed_list_of_topics(model):
    assert sorted(load(model).topics) == sorted(repository.topics())


def test_the_model_is_named_after_what_it_was_made_from(model, tmp_path, monkeypatch):
    assert training.model_folder(tmp_path).name == model.name
    monkeypatch.setattr(training, "FORM", "another")
    assert training.model_folder(tmp_path).name != model.name


def test_a_model_that_is_there_is_not_built_again(model):
    before = (model / "words.json").stat().st_mtime_ns
    assert training.ensure(model.parent.parent) == model
    assert (model / "words.json").stat().st_mtime_ns == before


def test_every_line_the_model_learns_from_belongs_to_a_topic_and_to_one_only():
    lines = training.utterances()
    assert {topic for _, topic in lines} == set(repository.topics())
    topics: dict[str, set[str]] = {}
    for words, topic in lines:
        topics.setdefault(words, set()).add(topic)
    assert [words for words, named in topics.items() if len(named) > 1] == []


def test_the_models_files_fit_together(model):
    words = json.loads((model / "words.json").read_text(encoding="utf-8"))
    weights = np.load(model / "weights.npy", mmap_mode="r")
    assert weights.shape == (sum(len(view["features"]) for view in words["views"].values()), len(words["topics"]) + 1)
    assert weights.dtype == np.float32 and list(words["views"]) == list(VIEWS)


def test_a_training_that_fails_is_told_in_one_sentence_and_kept_in_a_file(tmp_path, monkeypatch, capfd):
    (tmp_path / "sklearn.py").write_text("raise RuntimeError('the library is spoilt')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(training.NotTrained, match="training.log") as told:
        training.ensure(tmp_path / "data")
    assert "Traceback" not in str(told.value) + capfd.readouterr().err
    assert "the library is spoilt" in (tmp_path / "data" / "model" / "training.log").read_text()
