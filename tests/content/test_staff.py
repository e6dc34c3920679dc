"""Staff: roles, who may change them, two administrators, and sign-ins that end."""

from datetime import UTC, datetime, timedelta

import pytest

from content import audit, passwords, staff
from content.staff import (
    IDLE_LIMIT,
    LONGEST_SESSION,
    SENTENCES,
    NotAllowed,
    NotFound,
    Role,
    Staff,
    find_session,
    open_session,
    require,
    roles_of,
)
from content.store import clock

NOW = datetime(2026, 11, 25, 1, tzinfo=UTC)


def put(database, **roles: list[str]) -> None:
    """Members without passwords, which take their time."""
    with database.transaction() as session:
        for name, held in roles.items():
            session.add(Staff(name=name, shown_name=name.title(), roles=held, created_at=clock.now()))


@pytest.fixture
def staffed(database):
    put(database, chief=["admin"], deputy=["admin", "review2"], pen=["write"])
    return database


@pytest.fixture
def do(staffed):
    """One act in a transaction of its own."""

    def act(what, *words, **named):
        with staffed.transaction() as session:
            return what(session, *words, **named)

    return act


def standing(database, name):
    with database.reading() as session:
        return staff.get_staff(session, name)


# ── adding ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_while_there_is_no_administrator_whoever_owns_the_machine_adds_members(database):
    with database.transaction() as session:
        staff.add_staff(session, "writer", "", ["write"], "root")
        boss, password = staff.add_staff(session, "boss", "王主任", ["admin", "review2"], "root")
        assert (boss.shown_name, boss.roles, boss.must_change_password) == ("王主任", ["review2", "admin"], True)
        assert passwords.is_right(boss.password_hash, password)
        assert password not in boss.password_hash
        with pytest.raises(NotAllowed, match="--as.*boss"):
            staff.add_staff(session, "third", "", ["write"], "root")
        with pytest.raises(NotAllowed, match="管理"):
            staff.add_staff(session, "third", "", ["write"], "writer")
        third, _ = staff.add_staff(session, "third", "", ["write"], "boss")
        assert third.shown_name == "third"


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 33, "../x", "<b>", "a\nb", "-x", "a/b", "a@b"])
def test_a_name_that_could_not_be_typed_or_shown_is_refused(do, name):
    with pytest.raises(NotAllowed, match="用户名"):
        do(staff.add_staff, name, "某", ["write"], "chief")


@pytest.mark.parametrize("name", ["zhang.san", "张三", "z-3", "Ｚhang"])
def test_names_in_letters_and_characters_are_taken(do, name):
    member, _ = do(staff.add_staff, name, "", ["write"], "chief")
    assert do(require, name.upper(), Role.WRITE).id == member.id


def test_however_it_is_typed_a_name_is_one_person(do):
    for name in ("PEN", " pen ", "ｐｅｎ"):
        with pytest.raises(NotAllowed, match="已经有"):
            do(staff.add_staff, name, "", ["write"], "chief")


@pytest.mark.parametrize("roles", [[], ["root"], ["write", "Admin"]])
def test_roles_that_do_not_exist_or_none_at_all_are_refused(do, roles):
    for act in (
        lambda: do(staff.add_staff, "new", "", roles, "chief"),
        lambda: do(staff.set_roles, "pen", roles, "chief"),
    ):
        with pytest.raises(NotAllowed, match="角色"):
            act()


def test_every_role_has_a_sentence():
    assert set(SENTENCES) == set(Role)
    assert all("：" in sentence for sentence in SENTENCES.values())


@pytest.mark.parametrize("password", ["short", "penpenpen-pen", "aaaaaaaaaaaa", "password123", "1212121212", "x" * 129])
def test_a_first_password_of_the_operators_choice_must_be_a_good_one(do, password):
    with pytest.raises(NotAllowed, match="密码"):
        do(staff.reset, "pen", "chief", first_password=password)


# ── what roles allow ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_of_the_roles_asked_for_is_enough_and_others_are_not(do):
    assert do(require, "deputy", Role.REVIEW2, Role.PUBLISH).name == "deputy"
    assert do(require, "pen").name == "pen"
    with pytest.raises(NotAllowed, match="初审.*签发|签发.*初审"):
        do(require, "pen", Role.REVIEW1, Role.PUBLISH)
    with pytest.raises(NotAllowed, match="--as"):
        do(require, "nobody", Role.WRITE)


def test_an_administrator_has_no_other_role_by_that(do):
    for role in set(Role) - {Role.ADMIN}:
        with pytest.raises(NotAllowed):
            do(require, "chief", role)


def test_a_role_that_a_later_version_has_is_no_role_here(database):
    put(database, odd=["write", "emperor"])
    assert roles_of(standing(database, "odd")) == {Role.WRITE}


# ── changing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_changes_or_dismisses_himself(do, staffed):
    put(staffed, third=["admin"])
    with pytest.raises(NotAllowed, match="自己"):
        do(staff.set_roles, "chief", ["admin", "publish"], "chief")
    with pytest.raises(NotAllowed, match="自己"):
        do(staff.deactivate, "Chief", "chief")


def test_only_an_administrator_changes_others(do):
    for act, *words in (
        (staff.set_roles, "chief", ["write"]), (staff.deactivate, "chief"), (staff.activate, "chief"),
        (staff.unlock, "chief"), (staff.reset, "chief"), (staff.add_staff, "new", "", ["write"]),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            do(act, *words, "pen")


def test_the_last_but_one_administrator_goes_only_on_purpose_and_the_last_never(do, staffed):
    for act in (
        lambda **how: do(staff.deactivate, "deputy", "chief", **how),
        lambda **how: do(staff.set_roles, "deputy", ["review2"], "chief", **how),
    ):
        with pytest.raises(NotAllowed, match="先任命另一名"):
            act()
    do(staff.deactivate, "deputy", "chief", leaves_one_admin=True)
    with staffed.reading() as session:
        assert staff.admins_missing(session) == 1
    with pytest.raises(NotAllowed, match="停用"):  # and the dismissed one cannot take revenge
        do(staff.deactivate, "chief", "deputy", leaves_one_admin=True)
    do(staff.activate, "deputy", "chief")
    with staffed.reading() as session:
        assert staff.admins_missing(session) == 0


def test_of_three_administrators_one_may_go(do, staffed):
    put(staffed, third=["admin"])
    do(staff.set_roles, "third", ["write"], "chief")
    assert roles_of(standing(staffed, "third")) == {Role.WRITE}


def test_whoever_is_not_there_cannot_be_changed(do):
    with pytest.raises(NotFound, match="没有名叫"):
        do(staff.set_roles, "nobody", ["write"], "chief")


def test_a_reset_gives_a_new_password_and_takes_the_second_factor_and_the_lock(do, staffed):
    with staffed.transaction() as session:
        pen = staff.get_staff(session, "pen")
        pen.totp_encrypted, pen.totp_last_step, pen.failures = "x", 9, 7
        pen.locked_until = clock.now() + timedelta(hours=1)
    password = do(staff.reset, "pen", "chief")
    pen = standing(staffed, "pen")
    assert passwords.is_right(pen.password_hash, password)
    assert pen.must_change_password
    assert (pen.totp_encrypted, pen.totp_last_step, pen.failures, pen.locked_until) == ("", 0, 0, None)


def test_every_change_is_in_the_audit_log_and_no_password_is(do, staffed):
    password = do(staff.add_staff, "new", "", ["write"], "chief")[1]
    do(staff.set_roles, "new", ["review1"], "chief")
    reset = do(staff.reset, "new", "deputy")
    do(staff.unlock, "new", "deputy")
    do(staff.deactivate, "new", "deputy")
    do(staff.activate, "new", "chief")
    with staffed.reading() as session:
        kept = audit.entries(session, thing="staff:new")
    acts = [(entry.staff_name, entry.act) for entry in reversed(kept)]
    assert acts == [
        ("chief", "staff.add"), ("chief", "staff.roles"), ("deputy", "staff.reset"), ("deputy", "staff.unlock"),
        ("deputy", "staff.deactivate"), ("chief", "staff.activate"),
    ]  # fmt: skip
    assert kept[-2].detail == {"before": ["write"], "after": ["review1"]}
    assert not any(secret in str(entry.detail) for secret in (password, reset) for entry in kept)


# ── sign-ins that go on ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def signed_in(staffed):
    """A sign-in of pen's, and who it is at a later moment."""
    with staffed.transaction() as session, clock.fixed_at(NOW):
        token = open_session(session, staff.get_staff(session, "pen"))

    def at(later, what=token):
        with staffed.transaction() as session, clock.fixed_at(NOW + later):
            member = find_session(session, what)
            if member and staff.is_sign_of_life_due(session, what):
                staff.note_sign_of_life(session, what)
            return member.name if member else None

    return at


def test_a_sign_in_goes_on_for_thirty_minutes_without_a_sign_of_life(signed_in):
    assert signed_in(IDLE_LIMIT - timedelta(seconds=1)) == "pen"
    assert signed_in(2 * IDLE_LIMIT - timedelta(seconds=2)) == "pen"  # each one counts anew
    assert signed_in(3 * IDLE_LIMIT) is None


def test_and_for_twelve_hours_at_most(signed_in):
    moment = timedelta()
    while moment < LONGEST_SESSION - IDLE_LIMIT:
        moment += IDLE_LIMIT / 2
        assert signed_in(moment) == "pen"
    assert signed_in(LONGEST_SESSION - timedelta(seconds=1)) == "pen"
    assert signed_in(LONGEST_SESSION) is None


@pytest.mark.parametrize("token", ["", "x", "a" * 43])
def test_a_token_that_was_never_given_is_nobody(signed_in, token):
    assert signed_in(timedelta(), token) is None


def test_the_database_does_not_hold_what_a_cookie_needs(staffed):
    with staffed.transaction() as session:
        token = open_session(session, staff.get_staff(session, "pen"))
        kept = session.query(staff.StaffSession).one()
        assert token not in (kept.digest, str(vars(kept)))
        assert find_session(session, kept.digest) is None


@pytest.mark.parametrize(
    ("act", "words"),
    [(staff.set_roles, ("pen", ["review1"])), (staff.deactivate, ("pen",)), (staff.reset, ("pen",))],
)
def test_a_change_of_roles_a_dismissal_and_a_reset_end_every_sign_in(do, signed_in, act, words):
    assert signed_in(timedelta()) == "pen"
    do(act, *words, "chief")
    assert signed_in(timedelta()) is None


def test_signing_out_ends_one_sign_in_and_no_other(staffed):
    with staffed.transaction() as session:
        pen = staff.get_staff(session, "pen")
        here, there = open_session(session, pen), open_session(session, pen)
        staff.end_session(session, here)
        assert find_session(session, here) is None
        assert find_session(session, there) is pen


def test_a_sign_of_life_is_due_once_a_minute_and_never_of_somebody_who_signed_out(staffed):
    with staffed.transaction() as session, clock.fixed_at(NOW):
        token = open_session(session, staff.get_staff(session, "pen"))
    with staffed.transaction() as session, clock.fixed_at(NOW + staff.SEEN_EVERY):
        assert staff.is_sign_of_life_due(session, token)
        staff.note_sign_of_life(session, token)
        session.expire_all()
        assert not staff.is_sign_of_life_due(session, token)
        staff.end_session(session, token)
        staff.note_sign_of_life(session, token)
        assert find_session(session, token) is None


def test_old_sign_ins_do_not_pile_up(staffed):
    for hours in (0, 13, 26):
        with staffed.transaction() as session, clock.fixed_at(NOW + timedelta(hours=hours)):
            open_session(session, staff.get_staff(session, "pen"))
            assert session.query(staff.StaffSession).count() == 1
