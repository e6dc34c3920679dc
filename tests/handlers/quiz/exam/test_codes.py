"""Codes: shown once, good once, and nobody learns from a refusal which numbers exist."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from content import audit
from content.store import clock
from handlers import tries
from handlers.quiz import seats
from handlers.quiz.exam import codes
from handlers.quiz.exam.codes import Entry, Refusal
from handlers.quiz.exam.models import EntryCode
from handlers.quiz.models import Participant
from handlers.tries import WrongTries
from tests.handlers.quiz.exams import NOW, PEOPLE

HERE = "192.0.2.7"


@pytest.fixture
def issue(exam):
    def made(*numbers: str) -> list[str]:
        people = [exam.person(number) for number in numbers]
        handed = codes.issue(exam.session, exam.keyring, exam.held, people, "organiser", "演示局")
        return [one.code for one in handed]

    return made


@pytest.fixture
def enter(exam):
    def tried(number: str, code: str, address: str = HERE) -> Entry:
        return codes.enter(exam.session, exam.keyring, exam.held, number, code, address)

    return tried


def test_a_code_has_ten_signs_that_cannot_be_mistaken_and_only_its_digest_is_kept(exam, issue):
    made = issue("A001", "A002", "A003")
    assert len(set(made)) == 3
    for code in made:
        assert len(code) == 11 and code[5] == "-" and not set(code) & set("0O1IL")
    rows = exam.session.scalars(select(EntryCode).where(EntryCode.campaign_id == exam.held.id)).all()
    kept = audit.entries(exam.session, act="exam.codes", limit=1)[0]
    for code in made:
        assert not any(code.replace("-", "") in f"{row.digest}{row.participant}" for row in rows)
        assert code not in str(kept.detail)
    assert kept.detail["count"] == 3 and kept.staff_name == "organiser"


def test_who_brings_number_and_code_has_a_seat_and_stands_in_his_unit(exam, issue, enter):
    [code] = issue("A001")
    entry = enter("A001", code)
    seat = seats.find(exam.session, entry.token)
    assert seat and seat.participant == exam.person("A001").participant
    joined = exam.session.get_one(Participant, (exam.held.id, seat.participant))
    assert joined.unit_id == exam.person("A001").unit_id


@pytest.mark.parametrize("typed", ["{code} ", " {code}", "{plain}", "{lower}"])
def test_a_code_is_taken_however_it_is_typed(exam, issue, enter, typed):
    [code] = issue("A001")
    said = typed.format(code=code, plain=code.replace("-", ""), lower=code.lower())
    assert enter("ａ001 ", said).token


def test_a_code_binds_one_browser_and_no_second_one(issue, enter, exam):
    [code] = issue("A001")
    first = enter("A001", code)
    assert enter("A001", code) == Entry(refusal=Refusal.WRONG)
    assert seats.find(exam.session, first.token)


def test_a_tap_that_comes_twice_binds_the_same_browser_once(exam, issue):
    [code] = issue("A001")
    fresh, other = seats.new_token(), seats.new_token()
    entries = [
        codes.enter(exam.session, exam.keyring, exam.held, "A001", code, HERE, given) for given in (fresh, fresh, other)
    ]
    assert entries == [Entry(fresh), Entry(fresh), Entry(refusal=Refusal.WRONG)]


def test_a_new_code_makes_the_old_one_void_and_moves_the_seat_to_the_other_phone(issue, enter, exam):
    [old] = issue("A001")
    first = enter("A001", old)
    [unused], [new] = issue("A001"), issue("A001")
    assert enter("A001", unused).refusal is Refusal.WRONG
    second = enter("A001", new)
    assert seats.find(exam.session, second.token) and seats.find(exam.session, first.token) is None


def test_a_code_is_good_for_its_owner_only(issue, enter):
    code, _ = issue("A001", "A002")
    assert enter("A002", code).refusal is Refusal.WRONG


def test_a_number_nobody_has_is_answered_and_locked_like_a_wrong_code(issue, enter):
    issue("A001")
    for number in ("A001", "Z999"):
        told = [enter(number, "AAAAA-AAAAA", f"{number}-{place}").refusal for place in range(7)]
        assert told == [Refusal.WRONG] * 5 + [Refusal.LOCKED] * 2


def test_wrong_tries_of_somebody_else_never_keep_out_who_brings_the_right_code(issue, enter):
    codes_of = dict(zip(("A001", "A002"), issue("A001", "A002"), strict=True))
    for number in codes_of:
        told = [enter(number, "AAAAA-AAAAA", "203.0.113.9").refusal for _ in range(7)]
        assert told == [Refusal.WRONG] * 5 + [Refusal.LOCKED] * 2
    for number, code in codes_of.items():
        assert enter(number, code).token


def test_after_a_quarter_of_an_hour_wrong_codes_are_looked_at_again(issue, enter):
    issue("A001")
    for _ in range(5):
        enter("A001", "AAAAA-AAAAA")
    with clock.fixed_at(NOW + tries.PAUSE - timedelta(seconds=1)):
        assert enter("A001", "AAAAA-AAAAA").refusal is Refusal.LOCKED
    with clock.fixed_at(NOW + tries.PAUSE):
        assert enter("A001", "AAAAA-AAAAA").refusal is Refusal.WRONG


def test_a_new_code_begins_the_count_anew(issue, enter):
    for _ in range(5):
        enter("A001", "AAAAA-AAAAA")
    issue("A001")
    assert enter("A001", "AAAAA-AAAAA").refusal is Refusal.WRONG


def test_one_address_cannot_try_number_after_number(issue, enter, monkeypatch):
    monkeypatch.setattr(tries, "OF_AN_ADDRESS", 20)
    [code] = issue("A001")
    told = [enter(f"Z{place}", "AAAAA-AAAAA").refusal for place in range(tries.OF_AN_ADDRESS)]
    assert told == [Refusal.WRONG] * tries.OF_AN_ADDRESS
    assert enter("Z999", "AAAAA-AAAAA").refusal is Refusal.LOCKED
    assert enter("A001", code).token  # the whole town may have this address


def test_a_colleagues_wrong_codes_do_not_lock_the_office_out(issue, enter):
    [code] = issue("A002")
    for _ in range(6):
        enter("A001", "AAAAA-AAAAA")
    assert enter("A002", code).token


def test_who_was_left_out_gets_no_code_and_cannot_come_in(exam, issue, enter):
    [code] = issue("B001")
    exam.takes_in(PEOPLE[:4], drops=1)
    assert enter("B001", code).refusal is Refusal.WRONG
    assert issue("B001") == []


def test_states_tell_who_has_a_code_and_who_has_used_it(exam, issue, enter):
    code, _ = issue("A001", "A002")
    enter("A001", code)
    found = codes.states(exam.session, exam.held)
    numbers = ("A001", "A002", "A003")
    assert [found.get(exam.person(number).participant) for number in numbers] == ["used", "unused", None]


def test_wrong_tries_say_nothing_of_a_person_and_are_forgotten_in_a_day(exam, enter):
    enter("A001", "AAAAA-AAAAA")
    rows = exam.session.scalars(select(WrongTries)).all()
    assert rows and not any("A001" in row.of or HERE in row.of for row in rows)
    with clock.fixed_at(NOW + tries.KEPT + timedelta(seconds=1)):
        tries.purge(exam.session)
    assert exam.session.scalars(select(WrongTries)).all() == []
