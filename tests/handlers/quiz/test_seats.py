"""One browser at a time plays for a participant; a link binds one browser; no token stands in SQL."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from content.store import clock
from handlers.quiz import play, seats
from handlers.quiz.models import HeldCampaign
from handlers.quiz.seats import LinkUsed
from tests.handlers.quiz.campaigns import WRITTEN

START = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def session(bureau):
    """A transaction that nobody keeps; somebody and somebody else have joined."""
    with bureau.database.reading() as opened, clock.fixed_at(START + timedelta(hours=1)):
        held = HeldCampaign(
            id="demo", title="演示", rules=WRITTEN, opens_at=START, closes_at=START + timedelta(days=2),
            commitment="", secret="", created_by="", created_at=START,
        )  # fmt: skip
        opened.add(held)
        for name in ("somebody", "other"):
            play.join(opened, held, name)
        yield opened


def kept(session) -> list[str]:
    """Every value of every seat in SQL."""
    return [str(value) for row in session.execute(text("SELECT * FROM quiz_seats")) for value in row]


def test_a_seat_is_found_by_its_token_and_only_its_digest_is_kept(session):
    token = seats.bind(session, "demo", "somebody", "link-1")

    assert seats.find(session, token).participant == "somebody"
    assert not any(token in value or "link-1" in value for value in kept(session))


@pytest.mark.parametrize("token", ["", "forged", "演示", "x" * 5000])
def test_a_forged_token_holds_no_seat(session, token):
    seats.bind(session, "demo", "somebody", "link-1")

    assert seats.find(session, token) is None


def test_another_browser_ends_the_earlier_seat_of_this_participant_and_of_nobody_else(session):
    first = seats.bind(session, "demo", "somebody", "link-1")
    others = seats.bind(session, "demo", "other", "link-2")

    second = seats.bind(session, "demo", "somebody", "link-3")

    assert seats.find(session, first) is None
    assert seats.find(session, second).participant == "somebody"
    assert seats.find(session, others).participant == "other"


def test_the_bound_browser_may_open_its_link_again_and_a_stranger_may_not(session):
    token = seats.bind(session, "demo", "somebody", "link-1")

    assert seats.bind(session, "demo", "somebody", "link-1", token) == token
    for strange in ("", "forged"):
        with pytest.raises(LinkUsed):
            seats.bind(session, "demo", "somebody", "link-1", strange)
    assert seats.find(session, token)


def test_a_used_link_does_not_win_the_seat_back_from_the_other_phone(session):
    first = seats.bind(session, "demo", "somebody", "link-1")
    second = seats.bind(session, "demo", "somebody", "link-2")

    with pytest.raises(LinkUsed):
        seats.bind(session, "demo", "somebody", "link-1", first)
    assert seats.find(session, second)


def test_a_tap_that_comes_twice_binds_the_same_browser(session):
    fresh = seats.new_token()

    assert seats.bind(session, "demo", "somebody", "link-1", fresh=fresh) == fresh
    assert seats.bind(session, "demo", "somebody", "link-1", fresh=fresh) == fresh
    assert seats.find(session, fresh)


@pytest.mark.parametrize("chosen", ["short", "x" * 44, "演示" * 30, ""])
def test_a_token_that_is_none_of_ours_is_not_taken(session, chosen):
    assert seats.bind(session, "demo", "somebody", "link-1", fresh=chosen) != chosen


def test_a_token_that_holds_a_seat_gets_no_second_one(session):
    fresh = seats.new_token()
    seats.bind(session, "demo", "somebody", "link-1", fresh=fresh)

    others = seats.bind(session, "demo", "other", "link-2", fresh=fresh)

    assert others != fresh
    assert seats.find(session, fresh).participant == "somebody"


def test_a_token_is_looked_up_without_a_session(database):
    with database.transaction() as session:
        held = HeldCampaign(
            id="demo", title="演示", rules=WRITTEN, opens_at=START, closes_at=START + timedelta(days=2),
            commitment="", secret="", created_by="", created_at=START,
        )  # fmt: skip
        session.add(held)
        play.join(session, held, "somebody")
        first = seats.bind(session, "demo", "somebody")
        second = seats.bind(session, "demo", "somebody")

    assert seats.look_up(database, first) == seats.Sitter("demo", "somebody", has_ended=True)
    assert seats.look_up(database, second) == seats.Sitter("demo", "somebody", has_ended=False)
    for forged in ("", "forged", "演示", seats.new_token()):
        assert seats.look_up(database, forged) is None


def test_somebody_without_a_link_is_bound_as_often_as_he_comes(session):
    first = seats.bind(session, "demo", "somebody")
    second = seats.bind(session, "demo", "somebody")

    assert first != second
    assert seats.find(session, second)
    assert seats.find(session, first) is None


def test_a_seat_that_signed_off_is_none_any_more(session):
    token = seats.bind(session, "demo", "somebody")

    seats.end(session, "demo", "somebody")
    seats.end(session, "demo", "somebody")

    assert seats.find(session, token) is None
