"""Export then import changes nothing, whatever was written in a question."""

from functools import partial
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.importers.library import sync_library
from content.models import Question
from content.questions import files, looking, reading, shelf
from content.questions.holds import NONE
from content.questions.written import clean

NASTY = [
    *"=+-@'\"\\~#{}:%[]/<>&_1、；\n　对",
    "_x0041_",
    "->",
    "=%50%",
    "A. ",
    "ANSWER: A",
    "//",
    "####",
    "[html]",
    "\\n",
]
SIGNS = st.characters(exclude_categories=("Cs", "Cc", "Cn"))
TEXT = st.lists(st.sampled_from(NASTY) | SIGNS, min_size=1, max_size=15).map("".join)
WORDS = TEXT.map(lambda text: clean(f"题{text}")) | TEXT.map(clean).filter(bool)
OPTION = TEXT.map(clean).filter(bool)
BASIS = st.lists(
    st.sampled_from(["《宪法》第一条", "《宪法》序言第九自然段、《宪法》第五十二条", "《刑法》第二百条"]),
    min_size=1, max_size=3, unique=True,
)  # fmt: skip


@st.composite
def questions(draw):
    kind = draw(st.sampled_from(["single", "multiple", "judge"]))
    options = ["对", "错"]
    if kind != "judge":
        options = draw(st.lists(OPTION, min_size=2, max_size=5, unique_by=partial(normalize, "NFKC")))
    letters = "ABCDE"[: len(options)]
    right = draw(st.sets(st.sampled_from(letters), min_size=2 if kind == "multiple" else 1,
                         max_size=len(letters) if kind == "multiple" else 1))  # fmt: skip
    scenario = draw(st.none() | st.sampled_from(["s1", "s2"]))
    return {
        "subject": draw(st.sampled_from(["labour", "constitution", "本局类别"])), "kind": kind, "text": draw(WORDS),
        "options": options, "answer": "".join(sorted(right)), "explanation": draw(st.just("") | WORDS),
        "basis": draw(BASIS), "difficulty": draw(st.integers(1, 3)), "scenario": scenario,
        "scenario_text": f"故事{scenario}，\n第二行：{{完}}。" if scenario else None,
    }  # fmt: skip


KEYS = st.text(st.sampled_from("abc-]\\:[9中"), min_size=1, max_size=8)


@pytest.mark.parametrize("form", files.FORMS)
def test_what_was_exported_and_comes_in_again_changes_nothing(database, form):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(KEYS, questions(), min_size=1, max_size=4))
    def holds(bank):
        with database.reading() as session:
            stored = {str((words["kind"], words["text"], words["options"])): Question(key=key, retired=False, **words)
                      for key, words in bank.items()}  # fmt: skip
            session.add_all(stored.values())
            session.flush()
            data, left_out = files.write(shelf.find(session, shelf.Wanted()), form)
            if len(left_out) == len(stored):
                return
            run = looking.look(session, reading.read(data, f"题.{form}"), NONE)
        told = [(row.key, row.sentences, row.changes) for row in run.rows if row.verdict != "same"]
        assert told == []
        assert {row.key for row in run.rows} == {one.key for one in stored.values()} - set(left_out)

    holds()


@pytest.mark.parametrize("form", files.FORMS)
def test_the_shipped_bank_comes_back_as_it_is(database, form):
    with database.transaction() as session:
        sync_library(session)
        bank = shelf.find(session, shelf.Wanted())
        data, left_out = files.write(bank, form)
        run = looking.look(session, reading.read(data, f"题.{form}"), NONE)
    assert {row.verdict for row in run.rows} == {"same"} and len(run.rows) == len(bank) - len(left_out)
    assert (len(left_out) == 0) == (form != "aiken")
