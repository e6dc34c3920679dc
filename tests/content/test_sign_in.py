"""Signing in: who is right comes in, who guesses waits ever longer, and nobody learns which names there are."""

import statistics
import threading
from datetime import UTC, datetime, timedelta

import argon2
import pyotp
import pytest

from content import audit, passwords, sign_in, staff
from content.sign_in import FREE_FAILURES, PAUSES, Refused, StrangeName, begin_totp, change_password, confirm_totp
from content.staff import Staff
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring

NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)
PASSWORD = "a sentence of the test"
HASH = passwords.hashed(PASSWORD)


@pytest.fixture
def enter(database, keyring):
    """Tries to sign in some time after NOW: his name, or the sentence of the refusal."""
    with database.transaction() as session:
        for name, roles in {"chief": ["admin"], "pen": ["write"]}.items():
            session.add(Staff(name=name, shown_name=name, roles=roles, password_hash=HASH, created_at=NOW))

    def try_(name="pen", password=PASSWORD, code="", after=0.0, ring=keyring):
        with clock.fixed_at(NOW + timedelta(seconds=after)):
            try:
                return sign_in.sign_in(database, ring, name, password, code).name
            except Refused as refused:
                return str(refused)

    return try_


@pytest.fixture
def secret(database, keyring, enter):
    """pen has a second factor, set up a while ago."""
    with database.transaction() as session, clock.fixed_at(NOW - timedelta(hours=1)):
        pen = staff.get_staff(session, "pen")
        made = pyotp.parse_uri(begin_totp(session, keyring, pen)).secret
        confirm_totp(session, keyring, pen, pyotp.TOTP(made).at(NOW - timedelta(hours=1)))
    return made


def code_at(secret, seconds=0.0):
    return pyotp.TOTP(secret).at(NOW + timedelta(seconds=seconds))


def of_pen(database):
    with database.reading() as session:
        return staff.get_staff(session, "pen")


# ── right and wrong ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["pen", " PEN ", "ｐｅｎ"])
def test_who_has_the_password_comes_in(enter, name):
    assert enter(name) == "pen"


@pytest.mark.parametrize(
    ("name", "password"),
    [("pen", "wrong"), ("pen", ""), ("pen", PASSWORD + " "), ("pen", "x" * 100_000), ("nobody", PASSWORD), ("", "")],
)
def test_who_has_not_is_told_the_same_whatever_was_wrong(enter, name, password):
    assert enter(name, password) == "用户名、密码或动态码不对：请核对后再试（再错 4 次会暂停登录）。"


def test_who_was_dismissed_or_never_got_a_password_does_not_come_in(enter, database):
    with database.transaction() as session:
        staff.get_staff(session, "pen").is_active = False
        staff.get_staff(session, "chief").password_hash = ""
    assert enter().startswith("用户名、密码或动态码不对")
    assert enter("chief", "").startswith("用户名、密码或动态码不对")


def test_an_unknown_name_takes_as_long_as_a_known_one(enter):
    def seconds(name, after):
        begun = clock.monotonic()
        enter(name, "wrong", after=after)
        return clock.monotonic() - begun

    taken = [(seconds("pen", half * 43_200), seconds("nobody", half * 43_200)) for half in range(7)]
    known, unknown = zip(*taken, strict=True)
    assert statistics.median(unknown) > statistics.median(known) / 3
    assert statistics.median(unknown) < statistics.median(known) * 3


def test_the_hash_of_nobody_costs_just_what_a_new_one_does():
    assert argon2.extract_parameters(passwords.NOBODYS) == argon2.extract_parameters(passwords.hashed("x"))


def test_a_password_kept_with_old_parameters_is_kept_with_todays_after_signing_in(enter, database):
    old = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with database.transaction() as session:
        staff.get_staff(session, "pen").password_hash = old
    assert enter(password="wrong") != "pen"
    assert of_pen(database).password_hash == old
    assert enter() == "pen"
    assert argon2.extract_parameters(of_pen(database).password_hash) == argon2.extract_parameters(HASH)
    assert enter() == "pen"


# ── pauses ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["pen", "nobody"])
def test_wrong_tries_are_paused_ever_longer_for_real_names_and_others_alike(enter, name):
    after = 0.0
    for left in range(FREE_FAILURES - 1, 0, -1):
        assert f"再错 {left} 次" in enter(name, "wrong")
    for number, pause in enumerate((*PAUSES, PAUSES[-1]), FREE_FAILURES):
        until = f"{clock.in_beijing(NOW + timedelta(seconds=after) + pause):%H:%M:%S}"
        told = enter(name, "wrong", after=after)
        assert f"{number} 次" in told
        assert until in told
        assert "管理员" in told
        assert until in enter(name, PASSWORD, after=after + pause.total_seconds() - 1)  # the right one waits too
        after += pause.total_seconds()
    assert list(PAUSES) == sorted(PAUSES)


def test_a_try_during_a_pause_makes_it_no_longer(enter):
    for _ in range(FREE_FAILURES):
        enter(password="wrong")
    for _ in range(20):
        enter(password="wrong", after=30)
    assert enter(after=61) == "pen"


def test_who_comes_in_begins_anew(enter, database):
    for _ in range(FREE_FAILURES - 1):
        enter(password="wrong")
    assert enter() == "pen"
    assert of_pen(database).failures == 0
    assert "再错 4 次" in enter(password="wrong")


def test_an_administrator_unlocks_at_once_and_the_log_tells_both(enter, database):
    for _ in range(FREE_FAILURES):
        enter(password="wrong")
    with database.transaction() as session:
        staff.unlock(session, "pen", "chief")
        acts = [(entry.staff_name, entry.act) for entry in audit.entries(session, thing="staff:pen")]
    assert acts == [("chief", "staff.unlock"), ("", "staff.locked")]
    assert enter(after=1) == "pen"


def test_one_persons_pause_is_nobody_elses(enter):
    for _ in range(FREE_FAILURES):
        enter("nobody", "wrong")
        enter("pen", "wrong")
    assert enter("chief") == "chief"
    assert "再错 4 次" in enter("somebody", "wrong")


def test_names_that_nobody_has_are_forgotten_after_a_day(enter, database):
    for number in range(5):
        enter(f"nobody{number}", "wrong")
    enter("another", "wrong", after=86_401)
    with database.reading() as session:
        assert session.query(StrangeName).count() == 1


def test_guesses_at_the_same_moment_are_each_counted(enter, database_url, keyring, database):
    """Twelve at once, as workers on several machines would try: no more than the free ones are compared."""
    told: list[str] = []

    def guess():
        own = Database(database_url, patience_seconds=30)
        try:
            sign_in.sign_in(own, keyring, "pen", "wrong", "")
        except Refused as refused:
            told.append(str(refused))
        finally:
            own.close()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 12
    assert sum("不对" in sentence for sentence in told) == FREE_FAILURES
    assert of_pen(database).failures == FREE_FAILURES


# ── the second factor ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_with_a_second_factor_the_password_alone_is_not_enough(enter, secret):
    for wrong in ("", "000000" if code_at(secret) != "000000" else "111111", "abcdef", "１２"):
        assert enter(code=wrong).startswith("用户名、密码或动态码不对")
    assert enter(code=code_at(secret)) == "pen"


def test_a_code_without_the_password_is_not_enough_and_is_not_used_up(enter, secret):
    assert enter(password="wrong", code=code_at(secret)) != "pen"
    assert enter(code=code_at(secret)) == "pen"


@pytest.mark.parametrize("typed", ["{} {}", "{}{}", " {}　{} "])
def test_a_code_may_be_typed_as_the_phone_shows_it(enter, secret, typed):
    code = code_at(secret)
    assert enter(code=typed.format(code[:3], code[3:])) == "pen"


@pytest.mark.parametrize(("off", "comes_in"), [(-61, False), (-30, True), (30, True), (61, False)])
def test_a_phone_may_be_half_a_minute_wrong(enter, secret, off, comes_in):
    assert (enter(code=code_at(secret, off)) == "pen") is comes_in


def test_no_code_is_taken_twice_nor_an_older_one_afterwards(enter, secret):
    assert enter(code=code_at(secret, 30)) == "pen"
    for old in (30, 0, -30):
        assert enter(code=code_at(secret, old)) != "pen"
    assert enter(code=code_at(secret, 60), after=60) == "pen"


def test_of_two_with_the_same_code_at_the_same_moment_one_comes_in(enter, secret, database_url, keyring):
    came: list[str] = []

    def go():
        own = Database(database_url, patience_seconds=30)
        try:
            came.append(sign_in.sign_in(own, keyring, "pen", PASSWORD, code_at(secret)).name)
        except Refused:
            pass
        finally:
            own.close()

    with clock.fixed_at(NOW):
        threads = [threading.Thread(target=go) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert came == ["pen"]


def test_a_second_factor_holds_only_when_a_first_code_of_it_was_typed(enter, database, keyring):
    with database.transaction() as session, clock.fixed_at(NOW):
        pen = staff.get_staff(session, "pen")
        address = begin_totp(session, keyring, pen)
        assert begin_totp(session, keyring, pen) == address  # a page loaded twice shows the same picture
        with pytest.raises(Refused, match="动态码不对"):
            confirm_totp(session, keyring, pen, "abc")
    assert enter() == "pen"
    secret = pyotp.parse_uri(address).secret
    with database.transaction() as session, clock.fixed_at(NOW):
        confirm_totp(session, keyring, staff.get_staff(session, "pen"), code_at(secret))
    assert enter() != "pen"
    assert enter(code=code_at(secret)) != "pen"  # the one it was set up with is used
    assert enter(code=code_at(secret, 30)) == "pen"


def test_a_new_phone_is_set_up_while_the_old_one_still_holds(enter, secret, database, keyring):
    with database.transaction() as session, clock.fixed_at(NOW):
        new = pyotp.parse_uri(begin_totp(session, keyring, staff.get_staff(session, "pen"))).secret
    assert new != secret
    assert enter(code=code_at(secret)) == "pen"
    with database.transaction() as session, clock.fixed_at(NOW):
        confirm_totp(session, keyring, staff.get_staff(session, "pen"), code_at(new))
    assert enter(code=code_at(secret, 60), after=60) != "pen"
    assert enter(code=code_at(new, 60), after=60) == "pen"


def test_the_secret_is_not_readable_in_the_database(database, secret):
    kept = of_pen(database)
    assert kept.totp_encrypted
    assert secret not in str(vars(kept))


def test_with_another_key_file_the_way_back_is_told_to_who_has_the_password(enter, secret):
    other = Keyring((b"another key of 32 bytes exactly!",))
    assert "pufa staff reset" in enter(code="123456", ring=other)
    assert "pufa staff reset" not in enter(password="wrong", code="123456", ring=other)


# ── one's own password ────────────────────────────────────────────────────────────────────────────────────────────────


def change(database, old, new):
    with clock.fixed_at(NOW):
        change_password(database, "pen", old, new)


def test_a_new_password_holds_and_ends_every_sign_in(enter, database):
    with database.transaction() as session:
        pen = staff.get_staff(session, "pen")
        pen.must_change_password = True
        token = staff.open_session(session, pen)
    change(database, PASSWORD, "another good sentence")
    with database.reading() as session:
        assert staff.find_session(session, token) is None
    assert not of_pen(database).must_change_password
    assert enter() != "pen"
    assert enter(password="another good sentence") == "pen"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("wrong", "another good sentence", "现在的密码不对"),
        (PASSWORD, PASSWORD, "一样"),
        (PASSWORD, "short", "太短"),
        (PASSWORD, "pen-pen-pen-pen", "猜到"),
        (PASSWORD, "zzzzzzzzzzzzzz", "猜到"),
        (PASSWORD, "x" * 129, "太长"),
    ],
)
def test_a_bad_new_password_or_a_wrong_old_one_changes_nothing(enter, database, old, new, why):
    with pytest.raises(Refused, match=why):
        change(database, old, new)
    assert of_pen(database).password_hash == HASH


def test_wrong_passwords_of_somebody_signed_in_are_counted_like_those_at_the_sign_in(enter, database):
    with clock.fixed_at(NOW):
        for _ in range(FREE_FAILURES):
            with pytest.raises(Refused, match="现在的密码不对"):
                sign_in.prove(database, "pen", "wrong")
        with pytest.raises(Refused, match="暂停"):
            sign_in.prove(database, "pen", PASSWORD)
    assert enter() != "pen"
    with clock.fixed_at(NOW + PAUSES[0]):
        sign_in.prove(database, "pen", PASSWORD)
    assert of_pen(database).failures == 0
