"""Every article that the self-test cites exists, and says what is claimed of it: compared with short excerpts that were
taken from the laws by hand and stand in a table beside this file.
"""

import re
import tomllib
from collections.abc import Iterator

import pytest

from content import citations
from content.citations import Citation, citations_in
from content.phrases import LIBRARY
from tests.handlers.legal_aid.cases import lines

FILES = ("legal_aid.toml", "interviews/legal-aid.toml", "phrases/legal_aid.toml")
ARTICLES = {
    Citation(law, int(number)): ([one.split("|") for one in claims.split(";")], excerpt)
    for law, number, claims, excerpt in lines("articles.tsv")
}
_IN_BRACKETS = re.compile(r"（《[^》]*》[^）]*）")


def _sentences(told: object) -> Iterator[str]:
    """A period's words belong together: what it is, what is said without a day, and its article."""
    if isinstance(told, dict):
        if "law" in told and ("open" in told or "what" in told):
            yield f"{told.get('what', '')}{told.get('open', '')}（{told['law']}）"
        else:
            for each in told.values():
                yield from _sentences(each)
    elif isinstance(told, list):
        for each in told:
            yield from _sentences(each)
    elif isinstance(told, str):
        yield told


SENTENCES = [
    sentence
    for file in FILES
    for sentence in _sentences(tomllib.loads((LIBRARY / file).read_text(encoding="utf-8")))
    if any(citations_in(sentence))
]


def test_every_article_that_is_cited_stands_in_the_table_and_no_other():
    assert {one for sentence in SENTENCES for one in citations_in(sentence)} == set(ARTICLES)


@pytest.mark.parametrize("cited", ARTICLES, ids=str)
def test_an_article_exists_and_its_excerpt_says_what_the_table_claims(cited):
    claims, excerpt = ARTICLES[cited]
    assert citations.is_known(cited)
    assert [claim[0] for claim in claims if claim[0] not in excerpt] == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_says_of_its_article_what_the_excerpt_says(sentence):
    said = _IN_BRACKETS.sub("", sentence)
    for cited in citations_in(sentence):
        claims, _excerpt = ARTICLES[cited]
        assert any(words in said for claim in claims for words in claim), cited
