"""What citizens really say to each question of the legal-aid interview: short, in dialect, with typos, as a voice is
written, about somebody else, about what has not come yet. An answer is kept as it is meant or it is asked
again.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from content.store import clock
from handlers.guided import flow as flows
from handlers.guided.reading import read

FLOW = flows.load("legal-aid")
ASKED, SKIPPED = "?", "-"
"""How the table writes: asked again, skipped."""
SAID = [line.split("\t") for line in Path(__file__).with_name("said.tsv").read_text(encoding="utf-8").splitlines()]


def taken(name: str, said: str) -> str:
    value = read(FLOW.questions[name], said, clock.today()).value
    if value is None:
        return ASKED
    return ",".join(value) if isinstance(value, list) else value or SKIPPED


@pytest.mark.parametrize("name", [name for name in FLOW.questions if any(row[0] == name for row in SAID)])
def test_an_answer_is_kept_as_it_is_meant_or_asked_again(name):
    rows = [(said, meant, taken(name, said)) for one, said, meant in SAID if one == name]
    assert [row for row in rows if row[1] != row[2]] == []


def test_every_expression_can_be_read_and_every_option_that_is_named_exists():
    for question in (one for name in flows.names() for one in flows.load(name).questions.values()):
        named = [value for one in question.either for value in one.of]
        named += [value for one in question.options for value in (*one.yields, *filter(None, [one.older]))]
        assert set(named) <= set(question.values), question.name
        for form in (form for one in (*question.either, *question.options) for form in one.forms):
            assert re.compile(form).search("") is None, (question.name, form)


def test_the_table_holds_every_question_with_options_and_mostly_answers_that_are_taken():
    of_question = Counter(name for name, _, _ in SAID)
    assert all(of_question[name] >= 7 for name, question in FLOW.questions.items() if question.options)
    assert len(SAID) > 500 and sum(meant == ASKED for _, _, meant in SAID) < len(SAID) / 2
