"""A campaign's file out of a form and back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.store import clock
from handlers.quiz.campaign import BadCampaign, doubts_of, read_campaign
from handlers.quiz.desk import writing
from tests.handlers.quiz.campaigns import WRITTEN

EXAM = WRITTEN[: WRITTEN.index("[draw]")] + (
    "[exam]\npass_points = 60\nattempts = 2\nmakeup_opens_at = 2026-12-10T08:00:00+08:00\n"
    "makeup_closes_at = 2026-12-11T08:00:00+08:00\n"
)


@pytest.mark.parametrize("written", [WRITTEN, EXAM, WRITTEN[: WRITTEN.index("[draw]")]])
def test_a_file_that_went_through_the_form_promises_the_same(written):
    assert read_campaign(writing.as_toml(*writing.as_fields(written))) == read_campaign(written)


@given(st.dictionaries(st.sampled_from(["title", "who", "minutes", "opens_at", "draw_lottery", "sort"]), st.text()))
def test_whatever_is_typed_the_file_can_be_read_and_says_what_was_typed(fields):
    typed = {"sort": "draw", **fields}
    back, _, _ = writing.as_fields(writing.as_toml(typed, [], [{"name": fields.get("title", ""), "count": "1"}]))
    assert "title" in back
    with pytest.raises(BadCampaign):
        read_campaign(writing.as_toml(typed, [], []))


@pytest.mark.parametrize("typed", ["2026-13-01T08:00", "2026-12-01T25:00", "0000-00-00 00:00", "\x7f", "明天"])
def test_a_moment_that_there_is_not_stays_as_it_was_typed(typed):
    fields, _, _ = writing.as_fields(writing.as_toml({"title": "x", "opens_at": typed, "minutes": typed}, [], []))
    assert fields["opens_at"] == fields["minutes"] == typed.replace("\x7f", "")


def test_what_is_no_file_gives_an_empty_form():
    assert writing.as_fields("= broken") == ({}, [], [])


def test_the_sample_can_be_held_as_it_stands_and_with_a_draw_or_an_exam():
    for now in (
        datetime(2026, 11, 26, tzinfo=UTC),
        datetime(2026, 12, 4, tzinfo=UTC),
        datetime(2031, 1, 1, tzinfo=UTC),
    ):
        with clock.fixed_at(now):
            text = writing.sample()
        plain = read_campaign(text)
        assert plain.opens_at > now and plain.full_marks == 100 and not plain.draw and not plain.exam
        draw, exam = (_uncommented(text, name) for name in ("[draw]", "[exam]"))
        assert doubts_of(read_campaign(draw)) == [] and read_campaign(draw).draw.claim_days == 30
        assert read_campaign(exam).exam.makeup_attempts == 1
        assert writing.strangers(text) == []


def _uncommented(text: str, name: str) -> str:
    """As one who takes the # away from the lines of one part."""
    lines = text.split("\n")
    first = lines.index(f"# {name}")
    last = next((at for at in range(first, len(lines)) if not lines[at].startswith("# ")), len(lines))
    return "\n".join([*lines[:first], *(line[2:] for line in lines[first:last]), *lines[last:]])
