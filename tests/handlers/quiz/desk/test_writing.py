"""A campaign's file out of a form and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.quiz.campaign import BadCampaign, read_campaign
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
