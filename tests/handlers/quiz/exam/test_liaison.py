"""A liaison comes in by his own link and PIN, sees his unit and those below, and nobody else."""

from datetime import timedelta

import pytest

from content import audit
from content.staff import NotAllowed, NotFound, Staff
from content.store import clock
from handlers import tries
from handlers.quiz.exam import entitlement, liaison, overrides, roster, units
from handlers.quiz.exam.codes import Refusal
from handlers.quiz.exam.models import OverrideKind
from handlers.quiz.exam.overrides import Wish
from tests.handlers.quiz.exams import NOW

HERE = "192.0.2.8"


def unit_of(exam, path: str):
    return next(unit for unit in units.all_units(exam.session, exam.held) if unit.path == path)


@pytest.fixture
def appoint(exam):
    def made(path: str = "演示局") -> liaison.Appointed:
        unit = unit_of(exam, path)
        return liaison.appoint(exam.session, exam.keyring, exam.held, unit.id, "周九", "organiser")

    return made


@pytest.fixture
def enter(exam):
    def tried(link: str, pin: str, address: str = HERE) -> liaison.Entry:
        return liaison.enter(exam.session, exam.keyring, link, pin, address)

    return tried


def test_link_and_pin_let_him_in_for_some_hours(exam, appoint, enter):
    made = appoint()
    entry = enter(made.link, made.pin)
    assert liaison.find(exam.session, entry.token).id == made.liaison.id
    with clock.fixed_at(NOW + liaison.SIGNED_IN_FOR - timedelta(seconds=1)):
        assert liaison.find(exam.session, entry.token)
    with clock.fixed_at(NOW + liaison.SIGNED_IN_FOR):
        assert liaison.find(exam.session, entry.token) is None
    liaison.leave(exam.session, entry.token)
    assert liaison.find(exam.session, entry.token) is None


def test_neither_link_nor_pin_nor_name_is_kept_in_clear(appoint):
    made = appoint()
    row = made.liaison
    kept = f"{row.link_digest}{row.who}"
    assert made.link not in kept and "周九" not in kept and row.pin_digest != made.pin and len(row.pin_digest) == 32


def test_the_pin_alone_and_the_link_alone_let_nobody_in(appoint, enter):
    made, other = appoint(), appoint("演示委")
    for link, pin in ((made.link, other.pin), ("x" * 32, made.pin), ("", made.pin), (made.link, "")):
        assert enter(link, pin) == liaison.Entry(refusal=Refusal.WRONG)


@pytest.mark.parametrize("is_known", [True, False])
def test_after_five_wrong_pins_even_the_right_one_waits(appoint, enter, is_known):
    made = appoint()
    link, wrong = (made.link if is_known else "x" * 32), "000000" if made.pin != "000000" else "111111"
    told = [enter(link, wrong).refusal for _ in range(6)]
    assert told == [Refusal.WRONG] * 5 + [Refusal.LOCKED]
    if is_known:
        assert enter(link, made.pin).refusal is Refusal.LOCKED
        with clock.fixed_at(NOW + tries.PAUSE):
            assert enter(link, made.pin).token


def test_revoked_he_is_out_at_once_and_his_link_leads_nowhere(exam, appoint, enter):
    made = appoint()
    entry = enter(made.link, made.pin)
    liaison.revoke(exam.session, exam.held, made.liaison.id, "organiser")
    assert liaison.find(exam.session, entry.token) is None
    assert liaison.find_by_link(exam.session, made.link) is None
    assert enter(made.link, made.pin).refusal is Refusal.WRONG


def test_a_new_link_ends_the_old_one(exam, appoint, enter):
    made = appoint()
    entry = enter(made.link, made.pin)
    renewed = liaison.renew(exam.session, exam.keyring, exam.held, made.liaison.id, "organiser")
    assert liaison.find(exam.session, entry.token) is None and enter(made.link, made.pin).refusal
    assert enter(renewed.link, made.pin).refusal or made.pin == renewed.pin
    assert enter(renewed.link, renewed.pin).token


def test_he_sees_his_unit_and_those_below_and_nobody_else(exam, appoint):
    made = appoint("演示局/办公室")
    paths = [unit.path for unit in liaison.units_of(exam.session, exam.held, made.liaison)]
    assert paths == ["演示局/办公室"]
    above = appoint("演示局")
    assert len(liaison.units_of(exam.session, exam.held, above.liaison)) == 3
    for number, sees in (("A001", True), ("A003", False), ("A004", False), ("B001", False)):
        person = exam.person(number)
        if sees:
            assert liaison.person_of(exam.session, exam.keyring, exam.held, made.liaison, person.participant) == person
        else:
            with pytest.raises(NotFound):
                liaison.person_of(exam.session, exam.keyring, exam.held, made.liaison, person.participant)
            with pytest.raises(NotFound):
                liaison.unit_of(exam.session, exam.held, made.liaison, person.unit_id)


def test_a_unit_whose_name_begins_alike_is_another_unit(exam):
    exam.takes_in([("演示局", "A004", "赵六", ""), ("演示局二处", "A009", "吴十", "")], drops=4)
    made = liaison.appoint(exam.session, exam.keyring, exam.held, unit_of(exam, "演示局").id, "周九", "organiser")
    assert exam.person("A009").unit_id not in {
        unit.id for unit in liaison.units_of(exam.session, exam.held, made.liaison)
    }


def test_what_he_asks_for_waits_for_staff_and_bears_his_number(exam, appoint):
    made = appoint()
    participant = exam.person("A003").participant
    wish = Wish(OverrideKind.EXCUSED, "演示原因")
    asked = liaison.ask(exam.session, exam.keyring, exam.held, made.liaison, participant, wish)
    assert entitlement.find(exam.session, exam.held, participant).outcome == "absent"
    assert asked.asked_by == f"联络员{made.liaison.id}号"
    overrides.decide(exam.session, exam.held, asked.id, True, "organiser")
    assert entitlement.find(exam.session, exam.held, participant).outcome == "excused"
    with pytest.raises(NotFound):
        liaison.ask(exam.session, exam.keyring, exam.held, made.liaison, exam.person("B001").participant, wish)


def test_units_and_liaisons_of_another_exam_are_not_found(exam, make_exam, appoint):
    other = make_exam()
    with pytest.raises(NotFound):
        liaison.appoint(exam.session, exam.keyring, other.held, unit_of(exam, "演示局").id, "周九", "organiser")
    with pytest.raises(NotFound):
        liaison.renew(exam.session, exam.keyring, other.held, appoint().liaison.id, "organiser")


def test_only_who_may_hold_campaigns_appoints(exam, appoint):
    made = appoint()
    exam.session.add(Staff(name="writer", shown_name="演示", roles=["write"], created_at=NOW))
    exam.session.flush()
    with pytest.raises(NotAllowed):
        liaison.appoint(exam.session, exam.keyring, exam.held, made.liaison.unit_id, "周九", "writer")
    with pytest.raises(NotAllowed):
        liaison.revoke(exam.session, exam.held, made.liaison.id, "writer")


@pytest.mark.parametrize("name", ["", "  ", "长" * 33])
def test_a_liaison_has_a_name(exam, name):
    with pytest.raises(roster.NotTaken):
        liaison.appoint(exam.session, exam.keyring, exam.held, unit_of(exam, "演示局").id, name, "organiser")


def test_every_appointment_is_in_the_log(exam, appoint):
    made = appoint()
    liaison.renew(exam.session, exam.keyring, exam.held, made.liaison.id, "approver")
    liaison.revoke(exam.session, exam.held, made.liaison.id, "organiser")
    kept = audit.entries(exam.session, thing=f"campaign:{exam.held.id}/liaison:{made.liaison.id}")
    assert [(entry.act, entry.staff_name) for entry in kept] == [
        ("exam.liaison_revoke", "organiser"), ("exam.liaison_renew", "approver"), ("exam.liaison", "organiser"),
    ]  # fmt: skip
