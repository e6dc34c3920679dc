"""Custom messages to single citizens: pushed at most once, and never lost."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from content.store.keys import open_keyring
from handlers import citizens, owing
from handlers.citizens import pseudonym_of
from handlers.owing import OwedState
from scheduler import citizen_messages
from scheduler.platform import Later, Never, Unknown

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def keyring(tmp_path):
    return open_keyring(tmp_path / "keys.json")


class Phone:
    """Takes messages, or answers as it was told to."""

    def __init__(self, *answers: Exception) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, str]] = []

    def push(self, receiver: str, text: str) -> None:
        self.got.append((receiver, text))
        if self.answers:
            raise self.answers.pop(0)


@pytest.fixture
def him(database, keyring):
    return new_citizen(database, keyring, "答复")


def new_citizen(database, keyring, text):
    """Whoever is owed a message: (how WeChat calls him, his pseudonym)."""
    name = f"o{secrets.token_hex(8)}"
    with database.transaction() as session:
        citizen_id = citizens.get_or_add_citizen_id(session, keyring, name)
        owing.open_window(session, citizen_id, pseudonym_of(keyring, name))
        owing.owe_citizen(session, citizen_id, "k1", text, keyring)
    return name, pseudonym_of(keyring, name)


def told_with_the_next_reply(database, keyring, him, message="m1"):
    with database.transaction() as session:
        return owing.take(session, keyring, him[1], message, 1500)[0]


def state(database):
    with database.reading() as session:
        return owing.find_by_key(session, "k1").state


def send(database, keyring, phone, minutes=0):
    now = max(NOW + timedelta(minutes=minutes), datetime.now(UTC)) + timedelta(minutes=minutes)
    return citizen_messages.send_due(database, keyring, phone and phone.push, now)


def test_it_is_pushed_once(database, keyring, him):
    phone = Phone()
    for minutes in (0, 1, 300):
        assert send(database, keyring, phone, minutes) == []
    assert phone.got == [(him[0], "答复")] and state(database) == OwedState.SENT
    assert told_with_the_next_reply(database, keyring, him) == []
    with database.reading() as session:
        assert owing.left(session, citizens.find_citizen_id(session, him[1])).messages == 4


@pytest.mark.parametrize("code", [45015, 45047, 48001, 48002, 43004])
def test_what_wechat_refuses_goes_out_with_the_next_reply(database, keyring, him, code):
    phone = Phone(Never("微信不允许再发。", code))
    assert len(send(database, keyring, phone)) == 1
    assert send(database, keyring, phone, 600) == [] and len(phone.got) == 1
    assert told_with_the_next_reply(database, keyring, him) == ["答复"]


def test_without_an_account_it_goes_out_with_the_next_reply(database, keyring, him):
    assert len(send(database, keyring, None)) == 1
    assert told_with_the_next_reply(database, keyring, him) == ["答复"]


@pytest.mark.parametrize("error", [Unknown("没有应答。"), RuntimeError("broken")])
def test_what_may_have_arrived_is_never_said_again_by_itself(database, keyring, him, error):
    phone = Phone(error)
    for minutes in (0, 5, 600):
        assert send(database, keyring, phone, minutes) == []
    assert len(phone.got) == 1 and told_with_the_next_reply(database, keyring, him) == []
    with database.reading() as session:
        assert [row.key for row in owing.uncertain(session)] == ["k1"]


def test_a_scheduler_that_died_on_the_way_leaves_a_doubt_and_no_second_message(database, keyring, him):
    with database.transaction() as session:
        row = owing.find_by_key(session, "k1")
        row.state, row.next_try_at = OwedState.SENDING, NOW - timedelta(seconds=1)
    phone = Phone()
    send(database, keyring, phone)
    assert phone.got == [] and state(database) == OwedState.UNCERTAIN


def test_busy_is_tried_again_after_a_while_and_then_left_to_the_next_reply(database, keyring, him):
    phone = Phone(*[Later("太快。", 45011, seconds=60)] * 9)
    assert send(database, keyring, phone) == [] == send(database, keyring, phone)
    assert len(phone.got) == 1
    held = [send(database, keyring, phone, minutes) for minutes in (10, 100, 1000, 10000)]
    assert [len(one) for one in held] == [0, 0, 0, 1] and len(phone.got) == 5


def test_what_a_reply_has_told_is_not_pushed(database, keyring, him):
    assert told_with_the_next_reply(database, keyring, him) == ["答复"]
    phone = Phone()
    send(database, keyring, phone)
    assert phone.got == []


def test_two_schedulers_push_one_message(database, keyring, him):
    inner = Phone()

    class Meanwhile(Phone):
        def push(self, receiver, text):
            super().push(receiver, text)
            send(database, keyring, inner)

    phone = Meanwhile()
    send(database, keyring, phone)
    assert len(phone.got) == 1 and inner.got == []


def test_redis_is_told_who_is_owed_something(database, keyring, him, memory):
    held = send(database, keyring, None)
    assert citizen_messages.mark(database, memory, held) == 1
    begun = memory.begin("m1", him[1])
    assert begun.late == b"owed"
    memory.client.flushall()
    citizen_messages.mark(database, memory)
    assert memory.client.get(f"late:{him[1]}") == b"owed"


def test_a_late_reply_keeps_its_place_before_what_is_owed(database, keyring, him, memory):
    memory.client.set(f"late:{him[1]}", b"<xml/>")
    send(database, keyring, None)
    citizen_messages.mark(database, memory)
    assert memory.client.get(f"late:{him[1]}") == b"<xml/>"


def test_a_reply_at_the_moment_of_the_push_does_not_tell_it_as_well(database, keyring, him):
    told = []

    class Meanwhile(Phone):
        def push(self, receiver, text):
            super().push(receiver, text)
            told.extend(told_with_the_next_reply(database, keyring, him))

    send(database, keyring, phone := Meanwhile())
    assert len(phone.got) == 1 and told == [] and state(database) == OwedState.SENT
