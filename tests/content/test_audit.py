"""The audit chain: every act in order, nothing changed or removed unnoticed, by whomever."""

import ast
import csv
import io
import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from conftest import ROOT
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from content import audit
from content.audit import AuditEntry, act_names, find_by_head, head, head_of_day, record, verify
from content.store import clock
from content.store.db import Database
from scheduler.models import State

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)


@pytest.fixture
def chain(database):
    """Five acts of one day, and their digests."""
    with database.transaction() as session, clock.fixed_at(NOON):
        return [
            record(session, "lin", "post.plan", f"post:{n}", title="宪法日", n=n, when=NOON).digest for n in range(5)
        ]


def spoil(database, statement: str) -> None:
    """As whoever owns the database can: the guard is taken off first."""
    with database.engine.connect().execution_options(pufa_write=True) as connection, connection.begin():
        if database.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_entries_no_update"))
            connection.execute(text("DROP TRIGGER audit_entries_no_delete"))
        else:
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        connection.execute(text(statement))


def check(database) -> str:
    with database.reading() as session:
        return verify(session)


def test_each_entry_holds_the_digest_of_the_one_before(database, chain):
    with database.reading() as session:
        kept = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [entry.previous for entry in kept] == ["", *chain[:-1]]
        assert head(session) == chain[-1]
        assert verify(session) == ""
        assert len(set(chain)) == 5


def test_an_empty_log_is_whole_and_has_no_head(database):
    with database.reading() as session:
        assert (verify(session), head(session), head_of_day(session, clock.today())) == ("", "", "")


@pytest.mark.parametrize(
    ("change", "first_broken"),
    [
        ("UPDATE audit_entries SET staff_name = 'zhao' WHERE id = 3", 3),
        ("UPDATE audit_entries SET thing = 'post:9' WHERE id = 2", 2),
        ("UPDATE audit_entries SET act = 'post.draft' WHERE id = 1", 1),
        ("UPDATE audit_entries SET detail = '{}' WHERE id = 4", 4),
        ("UPDATE audit_entries SET at = '2026-11-24 04:00:00.000000' WHERE id = 5", 5),
        ("UPDATE audit_entries SET digest = substr(previous, 1, 63) || 'x' WHERE id = 3", 3),
        ("DELETE FROM audit_entries WHERE id = 1", 2),
        ("DELETE FROM audit_entries WHERE id = 3", 4),
    ],
)
def test_the_first_entry_that_was_tampered_with_is_named(database, chain, change, first_broken):
    spoil(database, change)
    assert f"第 {first_broken} 条" in check(database)


def test_a_chain_computed_anew_is_whole_but_does_not_hold_the_head_on_paper(database, chain):
    spoil(database, "DELETE FROM audit_entries")
    with database.transaction() as session:
        record(session, "lin", "post.plan", "post:0")
        assert verify(session) == ""
        assert not find_by_head(session, chain[-1][:16])


def test_a_head_on_paper_is_found_by_its_first_letters_as_printed(database, chain):
    with database.reading() as session:
        assert find_by_head(session, f" {chain[2][:16].upper()} ")
        assert not find_by_head(session, chain[2][:7])  # too short to prove anything
        assert not find_by_head(session, "%" * 16)
        assert not find_by_head(session, "")


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_entries SET staff_name = 'x' WHERE id = 1", "DELETE FROM audit_entries WHERE id = 5"],
)
def test_the_database_itself_refuses_to_change_or_remove_an_entry(database, chain, change):
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text(change))
    with database.reading() as session:
        assert head(session) == chain[-1]
    assert check(database) == ""


def test_nothing_of_an_act_that_was_taken_back_stays_in_the_log(database, chain):
    with pytest.raises(RuntimeError), database.transaction() as session:
        record(session, "lin", "post.plan", "post:6")
        raise RuntimeError
    with database.transaction() as session:
        record(session, "lin", "post.plan", "post:7")
    with database.reading() as session:
        assert [entry.thing for entry in audit.entries(session, limit=2)] == ["post:7", "post:4"]
    assert check(database) == ""


def test_many_at_once_make_one_chain(database, database_url):
    """Eight threads with a connection each, as eight processes would have."""
    failures: list[BaseException] = []

    def work(name: str) -> None:
        own = Database(database_url, patience_seconds=30)
        try:
            for number in range(12):
                with own.transaction() as session:
                    record(session, name, "post.change", f"post:{number}")
        except BaseException as error:
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=work, args=(f"p{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reading() as session:
        assert len(audit.entries(session, limit=1000)) == 96
    assert check(database) == ""


def test_the_head_of_a_day_is_its_last_entry_in_beijing(database):
    with database.transaction() as session:
        with clock.fixed_at(datetime(2026, 11, 25, 15, 59, 59, 999999, tzinfo=UTC)):
            late = record(session, "lin", "post.plan", "post:1").digest
        with clock.fixed_at(datetime(2026, 11, 25, 16, 0, tzinfo=UTC)):  # midnight there
            record(session, "lin", "post.plan", "post:2")
        assert head_of_day(session, clock.day("2026-11-24")) == ""
        assert head_of_day(session, clock.day("2026-11-25")) == late
        assert head_of_day(session, clock.day("2026-11-26")) == head(session)
        assert head_of_day(session, clock.day("2026-12-31")) == head(session)  # a quiet day has the last head


def test_entries_are_found_by_thing_person_act_and_page(database):
    with database.transaction() as session:
        for number, (by, act) in enumerate([("a", "post.plan"), ("b", "post.plan"), ("a", "posts.freeze")]):
            with clock.fixed_at(NOON + timedelta(hours=number)):
                record(session, by, act, f"post:{number % 2}")
        ids = {
            "all": [entry.id for entry in audit.entries(session)],
            "thing": [entry.id for entry in audit.entries(session, thing="post:0")],
            "by": [entry.id for entry in audit.entries(session, by="a")],
            "noun": [entry.id for entry in audit.entries(session, act="post")],
            "act": [entry.id for entry in audit.entries(session, act="posts.freeze")],
            "page": [entry.id for entry in audit.entries(session, before=2)],
            "since": [entry.id for entry in audit.entries(session, since=NOON + timedelta(hours=1))],
        }
    assert ids == {
        "all": [3, 2, 1], "thing": [3, 1], "by": [3, 1], "noun": [2, 1], "act": [3], "page": [1], "since": [3, 2]
    }  # fmt: skip


def test_the_export_has_every_entry_with_its_chinese_name_and_runs_no_formula(database, chain):
    with database.transaction() as session:
        record(session, "", "post.overdue", '=HYPERLINK("http://evil")')
        rows = list(csv.reader(io.StringIO(audit.export_csv(session).removeprefix("\ufeff"))))
        assert len(list(audit.export_rows(session))) == 7
    assert rows[0] == list(audit.COLUMNS)
    assert rows[1][1:5] == ["2026-11-25 12:00:00", "lin", "安排推送（post.plan）", "post:0"]
    assert rows[6][2:5] == ["程序", "推送过期未发（post.overdue）", '\'=HYPERLINK("http://evil")']
    assert [row[7] for row in rows[1:6]] == chain


def test_the_chain_holds_whatever_is_recorded(database):
    with database.transaction() as session:
        record(
            session,
            "林某某",
            "post.change",
            "material:article/2026/宪法",
            小数=0.1,
            none=None,
            deep={"b": [1], "a": "😀"},
        )
        record(session, "x" * 50, "post.change", "y" * 500, 中文="\n\u2028\x7f")
    assert check(database) == ""
    with database.reading() as session:
        newest = audit.entries(session)[0]
        assert (len(newest.staff_name), len(newest.thing)) == (32, 160)


def test_every_act_that_the_program_records_has_a_chinese_name():
    said: set[str] = set()
    for path in (path for name in ("content", "handlers", "scheduler", "bot") for path in (ROOT / name).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_record = isinstance(node, ast.Call) and re.search(r"(^|\.)record$", ast.unparse(node.func))
            if is_record and len(node.args) >= 4 and isinstance(node.args[2], ast.Constant):
                said.add(node.args[2].value)
    said |= {f"post.{state}" for state in State}
    assert said >= {"staff.add", "post.plan"}
    assert said - set(act_names()) == set()
