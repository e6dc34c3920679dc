"""Who a citizen is, and where the openid ends."""

import secrets

import pytest
from sqlalchemy import select

from content.store.keys import Keyring
from handlers import citizens
from handlers.citizens import Citizen


@pytest.fixture
def openid() -> str:
    return f"o{secrets.token_hex(10)}"


@pytest.fixture
def session(bureau):
    with bureau.database.reading() as opened:
        yield opened


def row(session, citizen_id) -> Citizen:
    return session.scalars(select(Citizen).where(Citizen.id == citizen_id)).one()


def test_a_citizen_is_made_once_and_found_again(session, bureau, openid):
    first = citizens.get_or_add_citizen_id(session, bureau.keyring, openid)
    assert citizens.get_or_add_citizen_id(session, bureau.keyring, openid) == first
    assert citizens.find_citizen_id(session, citizens.pseudonym_of(bureau.keyring, openid)) == first


def test_the_openid_stands_nowhere_in_the_clear_and_can_be_read_with_the_key(session, bureau, openid):
    found = row(session, citizens.follow(session, bureau.keyring, openid, ""))
    shown = " ".join(str(getattr(found, column.key)) for column in Citizen.__table__.columns)
    assert openid not in shown
    assert bureau.keyring.decrypt("openid", found.openid_encrypted) == openid


def test_the_name_behind_this_file_says_nothing_of_the_openid(session, bureau, openid):
    first = citizens.get_or_add_citizen_id(session, bureau.keyring, openid)
    citizens.forget(session, first)
    assert citizens.get_or_add_citizen_id(session, bureau.keyring, openid) != first


def test_another_installation_has_another_pseudonym_for_the_same_person(bureau, openid):
    here, there = bureau.keyring, Keyring((secrets.token_bytes(32),))
    assert citizens.pseudonym_of(here, openid) != citizens.pseudonym_of(there, openid)
    assert citizens.pseudonym_of(here, openid) == citizens.pseudonym_of(here, openid)


def test_a_rotated_key_changes_nobodys_pseudonym(bureau, openid):
    rotated = Keyring((secrets.token_bytes(32), *bureau.keyring.masters))
    assert citizens.pseudonym_of(rotated, openid) == citizens.pseudonym_of(bureau.keyring, openid)


def test_answering_before_following_is_no_following(session, bureau, openid):
    found = row(session, citizens.get_or_add_citizen_id(session, bureau.keyring, openid))
    assert not found.is_following and found.followed_at is None


def test_who_was_seen_before_keeps_his_name_when_he_follows(session, bureau, openid):
    seen = citizens.get_or_add_citizen_id(session, bureau.keyring, openid)
    assert citizens.follow(session, bureau.keyring, openid, "hall-3") == seen
    session.expire_all()
    assert row(session, seen).scene == "hall-3" and row(session, seen).is_following
