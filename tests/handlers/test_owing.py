"""What citizens are owed: once, whole, in order, and to the one who is meant."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from content.store import clock
from handlers import citizens, owing
from handlers.citizens import pseudonym_of
from handlers.owing import Owed, OwedState, Window

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def somebody(database, keyring):
    """(citizen_id, pseudonym)."""
    name = f"o{secrets.token_hex(8)}"
    with database.transaction() as session:
        return citizens.get_or_add_citizen_id(session, keyring, name), pseudonym_of(keyring, name)


def owe(database, citizen_id, key, text="答复", keyring=None):
    with database.transaction() as session:
        return owing.owe_citizen(session, citizen_id, key, text, keyring)


def take(database, keyring, pseudonym, message="m1", most_bytes=1500):
    with database.transaction() as session:
        return owing.take(session, keyring, pseudonym, message, most_bytes)


def test_a_message_is_owed_once_by_its_key(database, somebody):
    assert owe(database, somebody[0], "ticket:1:1")
    assert not owe(database, somebody[0], "ticket:1:1", "别的话")


def test_it_is_told_with_one_reply_and_again_only_with_the_same(database, keyring, somebody):
    owe(database, somebody[0], "ticket:1:1", "先说的")
    owe(database, somebody[0], "ticket:1:2", "后说的")
    assert take(database, keyring, somebody[1], "m1") == (["先说的", "后说的"], 0)
    assert take(database, keyring, somebody[1], "m1") == (["先说的", "后说的"], 0)
    assert take(database, keyring, somebody[1], "m2") == ([], 0)


def test_nobody_else_is_told(database, keyring, somebody):
    owe(database, somebody[0], "ticket:1:1")
    assert take(database, keyring, pseudonym_of(keyring, "o-another")) == ([], 0)


def test_what_does_not_fit_waits_whole_and_in_order(database, keyring, somebody):
    owe(database, somebody[0], "k1", "短")
    owe(database, somebody[0], "k2", "长" * 400)
    owe(database, somebody[0], "k3", "后")
    assert take(database, keyring, somebody[1], "m1", 100) == (["短"], 2)
    assert take(database, keyring, somebody[1], "m2", 1500) == (["长" * 400, "后"], 0)


def test_with_a_keyring_the_words_are_not_readable_in_the_database(database, keyring, somebody):
    owe(database, somebody[0], "ticket:1:1", "您的欠条有效", keyring)
    with database.reading() as session:
        assert "欠条" not in session.scalars(select(Owed.text)).one()
    assert take(database, keyring, somebody[1]) == (["您的欠条有效"], 0)


def test_what_is_being_pushed_or_has_been_is_not_told_as_well(database, keyring, somebody):
    for number, state in enumerate((OwedState.SENDING, OwedState.SENT, OwedState.UNCERTAIN)):
        owe(database, somebody[0], f"k{number}")
        with database.transaction() as session:
            owing.find_by_key(session, f"k{number}").state = state
    assert take(database, keyring, somebody[1]) == ([], 0)


def test_five_messages_in_48_hours_after_he_has_written(database, somebody):
    with clock.fixed_at(NOW), database.transaction() as session:
        assert owing.left(session, somebody[0]) is None
        owing.open_window(session, *somebody)
        for _ in range(2):
            owing.note_sent(session, somebody[0])
        assert owing.left(session, somebody[0]) == owing.Left(3, NOW + timedelta(hours=48))
        owing.owe_citizen(session, somebody[0], "k-waits", "答复")
        assert owing.left(session, somebody[0]) == owing.Left(2, NOW + timedelta(hours=48))
        owing.find_by_key(session, "k-waits").state = OwedState.SENT
    with clock.fixed_at(NOW + timedelta(hours=47)), database.transaction() as session:
        owing.note_heard(session, {somebody[1], "nobody-we-wait-for"})
        session.expire_all()
        assert owing.left(session, somebody[0]) == owing.Left(5, NOW + timedelta(hours=95))
    with clock.fixed_at(NOW + timedelta(hours=96)), database.transaction() as session:
        assert owing.left(session, somebody[0]) is None
        owing.purge(session)
        assert session.scalars(select(Window)).all() == []


def test_words_that_were_told_are_let_go_when_no_retry_can_come(database, keyring, somebody):
    with clock.fixed_at(NOW):
        owe(database, somebody[0], "k1")
        take(database, keyring, somebody[1])
    for hours, kept in ((0.5, "答复"), (1.5, "")):
        with clock.fixed_at(NOW + timedelta(hours=hours)), database.transaction() as session:
            owing.purge(session)
            assert session.scalars(select(Owed.text)).one() == kept


def test_whoever_is_forgotten_is_owed_nothing(database, keyring, somebody):
    owe(database, somebody[0], "k1")
    with database.transaction() as session:
        owing.open_window(session, *somebody)
        owing.forget(session, somebody[0])
        assert session.scalars(select(Owed)).all() == [] == session.scalars(select(Window)).all()


def test_a_person_decides_once_about_what_may_have_arrived(database, keyring, somebody):
    owe(database, somebody[0], "k1")
    with database.transaction() as session:
        assert not owing.decide(session, "k1", False)
        owing.find_by_key(session, "k1").state = OwedState.UNCERTAIN
    with database.transaction() as session:
        assert owing.decide(session, "k1", False) and not owing.decide(session, "k1", True)
        assert owing.held_pseudonyms(session) == [somebody[1]] and owing.is_owed(session, somebody[1])
    assert take(database, keyring, somebody[1]) == (["答复"], 0)


def test_what_is_too_long_for_a_message_is_cut_behind_a_sentence_and_can_be_told(database, keyring, somebody):
    owe(database, somebody[0], "k1", "一句话。" * 400)
    told, left = take(database, keyring, somebody[1], "m1", 1800)
    assert left == 0 and told[0].endswith("一句话。…") and len(told[0].encode()) <= owing.MOST_BYTES
