"""Talks of several turns."""

import secrets
from datetime import timedelta

import pytest

from content.store import clock
from handlers import citizens, conversation


@pytest.fixture
def session(bureau):
    with bureau.database.reading() as opened:
        yield opened


@pytest.fixture
def citizen_id(session, bureau) -> str:
    return citizens.get_or_add_citizen_id(session, bureau.keyring, f"o{secrets.token_hex(8)}")


def test_answers_are_kept_by_name_and_added_to(session, citizen_id):
    talk = conversation.begin(session, citizen_id, "quiz", {"round": "r1"})
    conversation.remember(session, talk, {"place": 2})
    session.expire_all()
    assert conversation.find_open(session, citizen_id).answers == {"round": "r1", "place": 2}


def test_a_new_talk_takes_the_place_of_the_open_one(session, citizen_id):
    conversation.begin(session, citizen_id, "quiz", {"round": "r1"})
    conversation.begin(session, citizen_id, "other", {"step": "a"})
    found = conversation.find_open(session, citizen_id)
    assert (found.kind, found.answers) == ("other", {"step": "a"})


def test_a_talk_that_was_left_is_gone(session, citizen_id):
    conversation.begin(session, citizen_id, "quiz", {})
    conversation.leave(session, citizen_id)
    assert conversation.find_open(session, citizen_id) is None
    conversation.leave(session, citizen_id)


def test_a_talk_ends_after_a_week_of_silence_and_every_turn_begins_the_week_anew(session, citizen_id):
    start = clock.now()
    with clock.fixed_at(start):
        talk = conversation.begin(session, citizen_id, "quiz", {})
    with clock.fixed_at(start + timedelta(days=6)):
        conversation.remember(session, talk, {"place": 2})
    for days, is_open in ((12, True), (13, False)):
        with clock.fixed_at(start + timedelta(days=days)):
            assert (conversation.find_open(session, citizen_id) is not None) is is_open


def test_what_ended_by_itself_gives_way_to_a_new_talk(session, citizen_id):
    conversation.begin(session, citizen_id, "quiz", {"round": "old"})
    with clock.fixed_at(clock.now() + timedelta(days=8)):
        assert conversation.find_open(session, citizen_id) is None
        conversation.begin(session, citizen_id, "quiz", {"round": "new"})
        assert conversation.find_open(session, citizen_id).answers == {"round": "new"}


def test_only_talks_past_their_time_are_purged(session, bureau, citizen_id):
    conversation.begin(session, citizen_id, "quiz", {})
    other = citizens.get_or_add_citizen_id(session, bureau.keyring, f"o{secrets.token_hex(8)}")
    with clock.fixed_at(clock.now() + timedelta(days=6)):
        conversation.begin(session, other, "quiz", {})
    with clock.fixed_at(clock.now() + timedelta(days=8)):
        assert citizen_id not in conversation.open_citizen_ids(session)
        conversation.purge(session)
        session.expire_all()
        assert session.get(conversation.Conversation, citizen_id) is None
        assert other in conversation.open_citizen_ids(session)
