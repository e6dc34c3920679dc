"""audit: whoever holds the printed heads can prove from a terminal whether the log is still what it was."""

import csv
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from content import audit
from content.store import clock
from content.store.db import Database


@pytest.fixture
def kept(each_operator):
    """An installation with acts of yesterday and today; the printed heads of both days."""
    database, heads = Database(str(each_operator.settings["database.url"])), []
    now = clock.now()
    for day in (now - timedelta(days=1), now):
        with clock.fixed_at(day), database.transaction() as session:
            audit.record(session, "zhao", "post.plan", "post:1")
            heads.append(audit.record(session, "zhao", "post.cancel", "post:1").digest)
    yield each_operator, database, heads
    database.close()


def tamper(database, entry_id):
    """As somebody who owns the database can: without its guard."""
    with database.transaction() as session:
        if database.is_sqlite:
            for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
        session.execute(update(audit.AuditEntry).where(audit.AuditEntry.id == entry_id).values(thing="post:9"))


def test_a_log_that_is_whole_says_so(kept):
    operator, _, heads = kept
    assert "4 条操作记录首尾相连" in operator.types("audit", "verify").out
    told = operator.types("audit", "verify", "--json").json
    assert (told["is_whole"], told["entries"], told["head"]) == (True, 4, heads[1])


def test_a_log_that_was_changed_ends_with_1_and_names_the_entry(kept):
    operator, database, _ = kept
    tamper(database, 2)
    assert "第 2 条" in operator.fails("audit", "verify")
    ran = operator.types("audit", "verify", "--json")
    assert (ran.code, ran.json["is_whole"]) == (1, False)


def test_the_head_of_a_day_is_printed_and_agrees_with_the_paper(kept):
    operator, _, heads = kept
    yesterday = clock.today() - timedelta(days=1)
    assert operator.types("audit", "head", "--day", yesterday).out.strip().endswith(heads[0])
    assert operator.types("audit", "head", "--json").json["head"] == heads[1]
    ran = operator.types("audit", "head", "--day", yesterday, "--head", heads[0][:12].upper())
    assert (ran.code, "与纸上一致：第 2 条" in ran.out) == (0, True)


def test_a_head_on_paper_that_does_not_agree_is_told_in_one_sentence(kept):
    operator, database, heads = kept
    assert "没有纸上的这个校验码" in operator.fails("audit", "head", "--head", "0123456789ab")
    assert "核对纸上的日期" in operator.fails("audit", "head", "--head", heads[0])
    tamper(database, 1)
    assert "第 1 条" in operator.fails("audit", "head", "--head", heads[1])


@pytest.mark.parametrize("words", [("--head", "xyz"), ("--head", "0" * 7), ("--day", "昨天")])
def test_what_is_no_head_and_no_day_is_wrong_usage(operator, words):
    assert operator.types("audit", "head", *words).code == 2


def test_the_whole_log_can_be_taken_away(kept, tmp_path):
    operator, _, heads = kept
    assert operator.types("audit", "export", tmp_path / "log.csv").code == 0
    rows = list(csv.reader((tmp_path / "log.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 5 and rows[-1][-1] == heads[1]
    assert operator.types("audit", "export", tmp_path / "log.csv").code == 2  # nothing is overwritten
