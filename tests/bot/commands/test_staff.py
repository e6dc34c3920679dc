"""staff: accounts on the command line, by the operator of a fresh machine and by administrators afterwards."""

import json
from datetime import timedelta

import pytest

from bot.commands import staff as command
from content import passwords, staff
from content.store import clock
from content.store.db import Database


@pytest.fixture
def fresh(new_operator, database_url, monkeypatch):
    """A machine on which nothing has been prepared, and whose system user is nobody of the staff."""
    monkeypatch.setattr(command.getpass, "getuser", lambda: "operator")
    return new_operator(database_url)


def member(operator, name):
    database = Database(str(operator.settings["database.url"]))
    with database.reading() as session:
        found = staff.get_staff(session, name)
    database.close()
    return found


def test_the_operator_of_a_fresh_machine_adds_members_until_there_is_an_administrator(fresh):
    assert fresh.types("staff", "add", "writer", "--role", "write").code == 0
    ran = fresh.types("staff", "add", "boss", "--role", "review2", "--role", "admin", "--shown-name", "王主任")
    assert ran.code == 0
    assert "还差 1 名管理员" in ran.out
    told = fresh.fails("staff", "add", "third", "--role", "admin")
    assert "operator" in told
    assert "--as" in told
    assert "boss" in told
    assert "管理" in fresh.fails("staff", "add", "third", "--role", "admin", "--as", "writer")
    ran = fresh.types("staff", "add", "third", "--role", "admin", "--as", "boss")
    assert (ran.code, "还差" in ran.out) == (0, False)


def test_the_first_password_is_shown_once_and_works(fresh):
    ran = fresh.types("staff", "add", "writer", "--role", "write", "--json")
    assert ran.json == {
        "name": "writer", "shown_name": "writer", "roles": ["write"], "is_active": True, "has_second_factor": False,
        "must_change_password": True, "locked_until": None, "first_password": ran.json["first_password"],
    }  # fmt: skip
    assert passwords.is_right(member(fresh, "writer").password_hash, ran.json["first_password"])
    assert ran.json["first_password"] not in fresh.types("staff", "list", "--json").out


def test_a_password_from_standard_input_is_not_shown(fresh):
    ran = fresh.types(
        "staff", "add", "writer", "--role", "write", "--password-stdin", stdin="一句好记的话放在这里\n".encode()
    )
    assert "一句好记" not in ran.out
    assert passwords.is_right(member(fresh, "writer").password_hash, "一句好记的话放在这里")
    assert "太短" in fresh.fails("staff", "add", "w2", "--role", "write", "--password-stdin", stdin=b"123\n")
    assert "没有读到" in fresh.fails("staff", "add", "w2", "--role", "write", "--password-stdin", stdin=b"")


@pytest.mark.parametrize(
    "words", [("add", "x"), ("add", "x", "--role", "emperor"), ("add",), ("roles", "x"), ("unlock",), ("nothing",)]
)
def test_what_is_typed_wrongly_is_told_as_wrong_usage(operator, words):
    ran = operator.types("staff", *words)
    assert (ran.code, ran.out) == (2, "")


def test_the_list_says_who_has_which_roles(fresh):
    assert json.loads(fresh.types("staff", "list", "--json").out) == []
    assert "pufa staff add" in fresh.types("staff", "list").out
    fresh.types("staff", "add", "writer", "--role", "write")
    fresh.types("staff", "add", "boss", "--role", "admin")
    assert [(one["name"], one["roles"]) for one in fresh.types("staff", "list", "--json").json] == [
        ("writer", ["write"]), ("boss", ["admin"]),
    ]  # fmt: skip
    assert "boss\tboss\t管理\t首次密码还没改" in fresh.types("staff", "list").out


def test_roles_without_a_name_are_explained(operator):
    lines = operator.types("staff", "roles").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == [str(role) for role in staff.Role]


def test_administrators_change_roles_unlock_reset_dismiss_and_bring_back(fresh):
    fresh.types("staff", "add", "pen", "--role", "write")
    fresh.types("staff", "add", "boss", "--role", "admin")
    as_boss = ("--as", "boss")
    assert "初审" in fresh.types("staff", "roles", "pen", "--role", "review1", *as_boss).out
    assert fresh.types("staff", "unlock", "pen", *as_boss).code == 0
    told = fresh.types("staff", "reset", "pen", "--json", *as_boss).json
    assert passwords.is_right(member(fresh, "pen").password_hash, told["first_password"])
    assert fresh.types("staff", "deactivate", "pen", *as_boss).code == 0
    assert not member(fresh, "pen").is_active
    assert "停用" in fresh.fails("staff", "unlock", "boss", "--as", "pen")
    assert fresh.types("staff", "activate", "pen", *as_boss).code == 0
    assert member(fresh, "pen").is_active
    assert "没有名叫" in fresh.fails("staff", "unlock", "nobody", *as_boss)


def test_a_locked_out_administrator_is_let_in_again_on_the_machine(fresh):
    fresh.types("staff", "add", "boss", "--role", "admin")
    database = Database(str(fresh.settings["database.url"]))
    with database.transaction() as session:
        staff.get_staff(session, "boss").failures = 9
    database.close()
    assert fresh.types("staff", "unlock", "boss", "--as", "boss").code == 0
    assert member(fresh, "boss").failures == 0


def test_the_last_but_one_administrator_goes_only_on_purpose(fresh):
    fresh.types("staff", "add", "a", "--role", "admin")
    fresh.types("staff", "add", "b", "--role", "admin", "--as", "a")
    assert "--leaves-one-admin" in fresh.fails("staff", "deactivate", "b", "--as", "a")
    assert fresh.types("staff", "deactivate", "b", "--as", "a", "--leaves-one-admin").code == 0


def test_the_system_user_acts_where_a_member_has_his_name(fresh):
    fresh.types("staff", "add", "operator", "--role", "admin")
    assert fresh.types("staff", "add", "pen", "--role", "write").code == 0


# ── what they are for ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def planned(fresh, tmp_path):
    """A push that writer has planned on a machine where nothing else was done before."""
    fresh.types("staff", "add", "writer", "--role", "write")
    fresh.types("staff", "add", "boss", "--role", "review2", "--role", "admin")
    file = tmp_path / "article.md"
    file.write_text('+++\ntitle = "国家宪法日"\n+++\n学宪法，讲宪法。\n', encoding="utf-8")
    at = (clock.in_beijing(clock.now()) + timedelta(days=3)).strftime("%Y-%m-%d 10:00")
    ran = fresh.types("posts", "add", file, "--at", at, "--as", "writer", "--json")
    assert (ran.code, ran.json["state"]) == (0, "in_review")
    return str(ran.json["id"])


def refused(operator, number, by, why):
    ran = operator.types("posts", "approve", number, "--as", by)
    assert (ran.code, ran.out) == (1, "")
    assert why in ran.err.splitlines()[-1]


def test_one_writes_and_another_approves_from_a_fresh_machine_on(fresh, planned):
    refused(fresh, planned, "writer", "writer")
    assert fresh.types("posts", "approve", planned, "--as", "boss", "--json").json["state"] == "scheduled"


def test_where_the_secrecy_check_is_separate_it_must_be_written(fresh, planned):
    fresh.configure(review__secrecy="separate")
    refused(fresh, planned, "boss", "保密审查")
    ran = fresh.types("posts", "approve", planned, "--as", "boss", "--secrecy-checked", "--json")
    assert ran.json["state"] == "scheduled"


def test_as_many_people_review_as_the_settings_say(fresh, planned):
    fresh.configure(review__people=2)
    refused(fresh, planned, "boss", "初审")
    fresh.types("staff", "add", "first", "--role", "review1", "--as", "boss")
    assert fresh.types("posts", "approve", planned, "--as", "first", "--json").json["state"] == "in_review"
    assert fresh.types("posts", "approve", planned, "--as", "boss", "--json").json["state"] == "scheduled"


@pytest.mark.parametrize("words", [("--role", "write", "review1"), ("--role", "write,review1")], ids=" ".join)
def test_several_roles_are_named_at_once(fresh, words):
    assert fresh.types("staff", "add", "writer", *words, "--json").json["roles"] == ["write", "review1"]
    ran = fresh.types("staff", "add", "other", "--role", "write", "nonsense")
    assert (ran.code, "没有角色 nonsense" in ran.err) == (2, True)
