import string

import pytest

from content import phrases
from content.phrases import LIBRARY, say
from content.render import TEXT_BYTES


def _blanks(key: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrases._phrases()[key]) if name}


def test_a_phrase_is_said_with_its_blanks_filled():
    assert say("left_talk", name="宪法知识竞答") == "好的，已经退出。想再来，回复“宪法知识竞答”就行。"


def test_words_with_braces_in_a_blank_stay_as_they_are():
    assert "{0} {name}" in say("left_talk", name="{0} {name}")


def test_a_phrase_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        say("no such phrase")


def test_a_blank_that_is_not_filled_is_an_error_and_never_reaches_a_citizen():
    with pytest.raises(KeyError):
        say("left_talk")
    with pytest.raises(KeyError):
        say("left_talk", nome="x")


@pytest.mark.parametrize("key", sorted(phrases.all_keys()))
def test_every_phrase_can_be_said_fits_a_message_and_has_no_rough_edges(key):
    said = say(key, **dict.fromkeys(_blanks(key), "某某"))
    assert said
    assert said == said.strip()
    assert len(said.encode()) < TEXT_BYTES / 2
    assert "{" not in said


def test_what_is_said_when_something_fails_always_names_a_way_to_people():
    for key in (
        "trouble",
        "still_working",
        "one_at_a_time",
        "did_you_mean",
        "page_failed",
        "page_missing",
        "ask_12348",
    ):
        assert "12348" in say(key)
    assert "110" in say("trouble")
    assert "110" in say("welcome")


def test_a_key_given_twice_is_an_error(monkeypatch, tmp_path):
    (tmp_path / "phrases").mkdir()
    for name in ("a", "b"):
        (tmp_path / "phrases" / f"{name}.toml").write_text('same = "x"', encoding="utf-8")
    monkeypatch.setattr(phrases, "LIBRARY", tmp_path)
    with pytest.raises(ValueError, match="same"):
        phrases._phrases.__wrapped__()


def test_the_library_lies_beside_the_code():
    assert (LIBRARY / "topics.toml").exists()
