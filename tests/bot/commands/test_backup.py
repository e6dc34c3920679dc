"""backup and restore: of one moment while others write, whole or not at all, without keys and secrets."""

import gzip
import json
import os
import re
import shutil
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.command import downgrade
from conftest import new_postgres_database
from makers import Somebody
from sqlalchemy import func, select, text, update

from bot.commands import backup as command
from content import articles, audit, staff
from content.models import Keyword, Material, Revision
from content.store import clock, db, dump
from content.store.db import Database
from content.store.keys import open_keyring
from handlers import citizens, forgetting
from handlers.owing import Owed, OwedState
from scheduler import citizen_messages, housekeeping, posts
from scheduler.models import Publication, State
from tests.handlers.privacy.lived import everything, names_in, raw

BODY = "正文，带一个表情😀和“引号”。\n\n第二段。"


def opened(operator) -> Database:
    return Database(str(operator.settings["database.url"]), patience_seconds=30)


@pytest.fixture
def written(each_operator, tmp_path):
    """An installation in use: two administrators, articles, one push that is approved, pictures, its own files."""
    database = opened(each_operator)
    with database.transaction() as session:
        for name, roles in {"pen": ["write"], "boss": ["review2", "admin"], "second": ["admin"]}.items():
            session.add(staff.Staff(name=name, shown_name=name, roles=roles, created_at=clock.now()))
        session.flush()
        plan(session, 0)
        posts.approve(session, 1, "boss", "同意", True)
        staff.open_session(session, staff.get_staff(session, "boss"))
    database.close()
    open_keyring(tmp_path / "keys.json")
    (tmp_path / "offices.toml").write_bytes(b"# ours\n")
    (tmp_path / "MP_verify_abc123.txt").write_text("abc123")
    (tmp_path / "uploads" / "ab").mkdir(parents=True)
    (tmp_path / "uploads" / "ab" / "picture.jpg").write_bytes(bytes(range(256)) * 40)
    return each_operator


def plan(session, number, due_in=timedelta(days=30)):
    revision = articles.save_draft(
        session, f"article/2026/{number}", title=f"第 {number} 篇", body=BODY, by="pen", base_number=0
    )
    return posts.plan(session, [(revision.material_id, revision.id)], clock.now() + due_in, "publish", {}, "pen")


@pytest.fixture
def empty_machine(request, new_operator, tmp_path, written):
    """Another machine with nothing on it; what it has afterwards is looked at through its own settings."""

    def make(kind="same", name="new"):
        data = tmp_path / name
        data.mkdir()
        was_sqlite = str(written.settings["database.url"]).startswith("sqlite")
        is_sqlite = was_sqlite if kind == "same" else not was_sqlite
        url = (
            f"sqlite:///{data}/pufa.db"
            if is_sqlite
            else new_postgres_database(request.getfixturevalue("postgres_server"))
        )
        made = type(written)(tmp_path / f"{name}.toml", dict(written.settings), written.monkeypatch, written.capsys)
        (data / "model").symlink_to(tmp_path / "model")
        made.configure(database__url=url, server__data=str(data), security__key_file=str(data / "keys.json"))
        return made

    return make


def contents(operator) -> dict[str, list[str]]:
    """Every row of every table, but for what a restore itself adds."""
    database, found = opened(operator), {}
    with database.snapshot() as connection:
        for table in dump._tables(connection):
            rows = [json.dumps([dump._plain(value) for value in row]) for row in connection.execute(select(table))]
            found[table.name] = sorted(row for row in rows if "backup." not in row)
    database.close()
    found["marks"] = []  # the number that every change raises, and the machines
    return found


# ── there and back ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["same", "other"])
def test_what_was_backed_up_is_there_again_on_an_empty_machine(written, empty_machine, tmp_path, kind):
    """From either kind of database to the same and to the other one. Of pushes that wait: below."""
    assert written.types("posts", "cancel", 1, "--as", "pen").code == 0
    ran = written.types("backup", tmp_path / "kept")
    assert ran.code == 0
    machine = empty_machine(kind)
    ran = machine.types("restore", tmp_path / "kept")
    assert (ran.code, ran.err) == (0, "")
    assert contents(machine) == contents(written)
    assert (tmp_path / "new" / "offices.toml").read_bytes() == b"# ours\n"
    assert (tmp_path / "new" / "MP_verify_abc123.txt").read_text() == "abc123"
    assert (tmp_path / "new" / "uploads" / "ab" / "picture.jpg").read_bytes() == bytes(range(256)) * 40
    database = opened(machine)
    with database.transaction() as session:  # and work goes on: numbers go on, the chain too, the guard holds
        assert plan(session, 1).id == 2
        assert audit.verify(session) == ""
        assert session.scalar(select(func.count()).select_from(staff.StaffSession)) == 0
    with pytest.raises(Exception, match="append-only"), database.transaction() as session:
        session.execute(text("DELETE FROM audit_entries"))
    database.close()


def test_a_restored_machine_passes_its_check(written, empty_machine, tmp_path, platform):
    shutil.rmtree(tmp_path / "uploads")
    (tmp_path / "offices.toml").unlink()
    written.types("backup", tmp_path / "kept")
    machine = empty_machine()
    machine.configure(
        wechat__app_id="wxtest0000000000", wechat__app_secret="test-secret", wechat__api_base_url=platform.url
    )
    ran = machine.types("restore", tmp_path / "kept")
    assert "pufa check 的结果" in ran.out
    assert [line for line in ran.out.splitlines() if line.startswith("红 ")] == []
    ran = machine.types("check", "--json")
    assert (ran.code, [line for line in ran.json if line["level"] == "红"]) == (0, [])


def test_a_backup_taken_while_posts_are_written_is_of_one_moment(written, empty_machine, tmp_path):
    """Each transaction writes an article, a push, its place in it and two entries of the log: all or none is there."""
    stop, failures, done = threading.Event(), [], [0]

    def write():
        database = opened(written)
        try:
            while not stop.is_set():
                with database.transaction() as session:
                    plan(session, done[0] + 1)
                done[0] += 1
                stop.wait(0.005)
        except BaseException as error:
            failures.append(error)
        finally:
            database.close()

    thread = threading.Thread(target=write)
    thread.start()
    while done[0] < 5 and thread.is_alive():
        stop.wait(0.01)
    kept = []
    for number in range(3):
        before = done[0]
        assert written.types("backup", tmp_path / f"kept{number}").code == 0
        kept.append((before, done[0]))
    stop.set()
    thread.join()
    assert failures == []
    assert kept[-1][1] > kept[0][0]  # others really wrote meanwhile
    for number, (before, after) in enumerate(kept):
        machine = empty_machine(name=f"new{number}")
        assert machine.types("restore", tmp_path / f"kept{number}").code == 0
        database = opened(machine)
        with database.reading() as session:
            pushes = session.scalar(select(func.count()).select_from(Publication)) - 1
            written_articles = session.scalar(select(func.count()).where(Material.kind == "article")) - 1
            log = session.scalar(select(func.count()).where(audit.AuditEntry.act == "post.plan")) - 1
            assert pushes == written_articles == log
            assert before <= pushes <= after + 1
            assert audit.verify(session) == ""
        database.close()


def test_an_older_backup_is_brought_to_todays_schema(written, empty_machine, tmp_path):
    """Rows of the first schema, in which nobody was staff."""
    database = opened(written)
    with database.transaction() as session:
        session.add(Keyword(word="老词", topic="matter/wages"))
        session.execute(text("DELETE FROM publication_items"))
    with database.engine.connect().execution_options(pufa_write=True) as connection, connection.begin():
        downgrade(db._alembic(connection), "0001")
    database.close()
    assert written.types("backup", tmp_path / "kept").code == 0
    machine = empty_machine()
    assert machine.types("restore", tmp_path / "kept").code == 0
    database = opened(machine)
    assert database.is_current()
    with database.reading() as session:
        assert session.get(Keyword, "老词").topic == "matter/wages"
        assert session.scalar(select(func.count()).where(Revision.written_by == "")) > 50
    database.close()


# ── never twice ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_push_whose_time_came_after_the_backup_waits_for_a_person(written, empty_machine, tmp_path):
    written.types("backup", tmp_path / "kept")
    machine = empty_machine()
    with clock.fixed_at(clock.now() + timedelta(days=30, minutes=1)):
        ran = machine.types("restore", tmp_path / "kept")
    assert "有 1 条审核通过的推送" in ran.out
    told = machine.types("posts", "show", 1, "--json").json
    assert told["state"] == State.OVERDUE
    assert "后台核对" in told["trouble"]


def test_a_push_of_later_goes_out_at_its_time_once_a_person_has_looked(written, empty_machine, tmp_path):
    """The lost machine may have sent it ahead of its time."""
    written.types("backup", tmp_path / "kept")
    machine = empty_machine()
    assert "有 1 条审核通过的推送" in machine.types("restore", tmp_path / "kept").out
    told = machine.types("posts", "show", 1, "--json").json
    assert (told["state"], "到公众号后台核对" in told["trouble"]) == (State.UNCERTAIN, True)
    words = ("posts", "decide", 1, "--not-sent", "--opinion", "后台没有", "--as", "boss", "--json")
    again = machine.types(*words).json
    assert (again["state"], again["due_at"]) == (State.SCHEDULED, told["due_at"])
    assert again["approvals"][0]["is_valid"]


# ── refused ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_machine_in_use_is_not_overwritten_unless_asked_for(written, tmp_path):
    written.types("backup", tmp_path / "kept")
    database = opened(written)
    with database.transaction() as session:
        plan(session, 7)
    database.close()
    before = contents(written)
    assert "--replace" in written.fails("restore", tmp_path / "kept")
    assert contents(written) == before
    assert written.types("restore", tmp_path / "kept", "--replace").code == 0
    assert len(contents(written)["publications"]) == 1


def test_a_machine_that_was_only_set_up_counts_as_empty(written, empty_machine, tmp_path):
    written.types("backup", tmp_path / "kept")
    machine = empty_machine()
    assert machine.types("db", "upgrade").code == 0
    assert machine.types("restore", tmp_path / "kept").code == 0
    machine = empty_machine(name="third")
    (tmp_path / "third" / "offices.toml").write_text("# somebody else's")
    assert "offices.toml" in machine.fails("restore", tmp_path / "kept")


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _reword(path: Path, old: str, new: str) -> None:
    text_ = path.read_text(encoding="utf-8")
    assert re.search(old, text_)
    path.write_text(re.sub(old, new, text_), encoding="utf-8")


def _repack(path: Path) -> None:
    lines = gzip.decompress(path.read_bytes()).decode()
    assert "正文" in lines
    path.write_bytes(gzip.compress(lines.replace("正文", "错文").encode()))


DAMAGE = {
    "a flipped bit in a table": lambda kept: _flip(kept / "database" / "revisions.jsonl.gz"),
    "a table cut short": lambda kept: os.truncate(kept / "database" / "revisions.jsonl.gz", 500),
    "a changed row, packed again": lambda kept: _repack(kept / "database" / "revisions.jsonl.gz"),
    "a table gone": lambda kept: (kept / "database" / "staff.jsonl.gz").unlink(),
    "a picture changed": lambda kept: (kept / "data" / "uploads" / "ab" / "picture.jpg").write_bytes(b"x"),
    "no manifest": lambda kept: (kept / "manifest.json").unlink(),
    "half a manifest": lambda kept: os.truncate(kept / "manifest.json", 300),
    "other counts": lambda kept: _reword(kept / "manifest.json", r'"revisions": \d+', '"revisions": 3'),
    "a way outside": lambda kept: _reword(kept / "manifest.json", "data/offices.toml", "data/../../offices.toml"),
    "made by a later program": lambda kept: _reword(kept / "manifest.json", r'"step": "\d+"', '"step": "9999"'),
    "an empty folder": lambda kept: [shutil.rmtree(kept), kept.mkdir()],
    "nothing at all": shutil.rmtree,
}


@pytest.mark.parametrize("how", list(DAMAGE))
def test_what_is_damaged_is_refused_and_nothing_is_changed(written, empty_machine, tmp_path, how):
    written.types("backup", tmp_path / "kept")
    DAMAGE[how](tmp_path / "kept")
    machine = empty_machine()
    machine.fails("restore", tmp_path / "kept")
    assert contents(machine) == {"marks": []}
    assert not (tmp_path / "new" / "offices.toml").exists()
    before = contents(written)
    written.fails("restore", tmp_path / "kept", "--replace")
    assert contents(written) == before


def test_a_fault_that_shows_only_while_rows_are_put_in_leaves_the_machine_as_it_was(written, tmp_path):
    """The digests fit, yet the rows do not: as after a fault of the memory when the backup was made."""
    written.types("backup", tmp_path / "kept")
    rows = tmp_path / "kept" / "database" / "staff.jsonl.gz"
    rows.write_bytes(gzip.compress(gzip.decompress(rows.read_bytes()) + b'[1, "half'))
    words = json.loads((tmp_path / "kept" / "manifest.json").read_text())
    words.pop("seal")
    words["files"]["database/staff.jsonl.gz"] = command.backups._digest(rows)
    (tmp_path / "kept" / "manifest.json").write_text(json.dumps(words | {"seal": command.backups._seal(words)}))
    before = contents(written)
    assert "staff" in written.fails("restore", tmp_path / "kept", "--replace")
    assert contents(written) == before
    database = opened(written)
    with database.transaction() as session:
        audit.record(session, "", "post.plan", "post:1")  # and it can be used as before
    database.close()


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_made(written, tmp_path):
    (tmp_path / "kept").mkdir()
    assert written.types("backup", tmp_path / "kept").code == 0  # an empty folder will do
    assert "换一个" in written.fails("backup", tmp_path / "kept")
    (tmp_path / "file").write_text("x")
    written.fails("backup", tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []


def test_a_backup_of_a_machine_without_a_database_is_refused(empty_machine, tmp_path):
    machine = empty_machine()
    assert "pufa db upgrade" in machine.fails("backup", tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_key_and_no_secret_is_in_a_backup_and_others_cannot_read_it(written, tmp_path):
    mail = {"alerts__mail_host": "mail.example", "alerts__mail_from": "a@b.example", "alerts__mail_to": ["a@b.example"]}
    written.configure(wechat__app_secret="secret-of-the-account", alerts__mail_password="secret-of-the-mail", **mail)
    assert written.types("backup", tmp_path / "kept").code == 0
    keys = json.loads((tmp_path / "keys.json").read_text())["masters"]
    forbidden = [*keys, "secret-of-the-account", "secret-of-the-mail", str(written.settings["wechat.token"])]
    for path in (tmp_path / "kept").rglob("*"):
        if path.is_file():
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            assert not [secret for secret in forbidden if secret.encode() in data], path
            assert "keys" not in path.name
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
    assert 'mail_host = "mail.example"' in (tmp_path / "kept" / "settings.toml").read_text()


def test_whether_the_keys_are_the_same_is_told(written, empty_machine, tmp_path):
    written.types("backup", tmp_path / "kept")
    told = "本机没有备份时用的密钥"
    assert told in empty_machine(name="without").types("restore", tmp_path / "kept").out
    machine = empty_machine(name="with")
    shutil.copy(tmp_path / "keys.json", tmp_path / "with" / "keys.json")
    assert told not in machine.types("restore", tmp_path / "kept").out


def test_both_are_in_the_audit_log(written, empty_machine, tmp_path):
    written.types("backup", tmp_path / "kept")
    machine = empty_machine()
    machine.types("restore", tmp_path / "kept")
    for operator, act in ((written, "backup.make"), (machine, "backup.restore")):
        database = opened(operator)
        with database.reading() as session:
            assert audit.entries(session)[0].act == act
        database.close()


# ── whoever has been erased since ─────────────────────────────────────────────────────────────────────────────────────


def erased(operator, keyring, openid="o-demo-erased") -> None:
    database = opened(operator)
    with database.transaction() as session:
        forgetting.erase(session, citizens.find_person(session, keyring, openid), forgetting.WORDS)
    database.close()


@pytest.fixture
def followed(written, tmp_path):
    """A citizen who stands in the backup, and has himself erased afterwards; the keys."""
    keyring, database = open_keyring(tmp_path / "keys.json"), opened(written)
    with database.transaction() as session:
        citizens.follow(session, keyring, "o-demo-erased", "")
    database.close()
    assert written.types("backup", tmp_path / "kept").code == 0
    erased(written, keyring)
    return keyring


def citizens_of(operator) -> int:
    database = opened(operator)
    with database.reading() as session:
        found = session.scalar(select(func.count()).select_from(citizens.Citizen))
    database.close()
    return int(found or 0)


def test_a_backup_that_is_put_back_on_its_machine_does_not_bring_back_who_was_erased(written, followed, tmp_path):
    (tmp_path / "broken").write_text("{")
    assert "删除登记" in written.fails("restore", tmp_path / "kept", "--replace", "--erased", tmp_path / "broken")
    ran = written.types("restore", tmp_path / "kept", "--replace")
    assert ran.code == 0 and "又删了一遍：1 处" in ran.out and citizens_of(written) == 0


def test_nor_on_another_machine_that_is_given_a_later_backup_with_the_register(
    written, followed, empty_machine, tmp_path
):
    assert written.types("backup", tmp_path / "later").code == 0
    machine = empty_machine()
    shutil.copy(tmp_path / "keys.json", tmp_path / "new" / "keys.json")
    ran = machine.types("restore", tmp_path / "kept", "--erased", tmp_path / "later")
    assert ran.code == 0 and "又删了一遍：1 处" in ran.out and citizens_of(machine) == 0


def test_where_the_keys_come_later_the_scheduler_makes_up_for_it(written, followed, empty_machine, tmp_path):
    assert written.types("privacy", "register", "--out", tmp_path / "register").code == 0
    machine = empty_machine()
    ran = machine.types("restore", tmp_path / "kept", "--erased", tmp_path / "register")
    assert ran.code == 0 and "还没有再删一遍" in ran.out and citizens_of(machine) == 1
    database = opened(machine)
    assert housekeeping.erase_again(database, followed) == 1 and housekeeping.erase_again(database, followed) == 0
    database.close()
    assert citizens_of(machine) == 0


def known_to(memory, database) -> bytes:
    """Everything in Redis, once the scheduler has told it what it should know."""
    assert housekeeping.warm_memory(database, memory)
    citizen_messages.mark(database, memory)
    keys = memory.client.keys("*")
    return b" ".join(keys + [memory.client.dump(key) or b"" for key in keys])


def test_neither_the_database_nor_a_file_nor_redis_has_him_again(written, one_bureau, memory, tmp_path):
    keyring, database = open_keyring(tmp_path / "keys.json"), opened(written)
    person = everything(Somebody(replace(one_bureau, database=database, keyring=keyring)))
    with database.transaction() as session:
        session.execute(update(Owed).values(state=OwedState.HELD))
    assert names_in(raw(database), person) == {"id", "pseudonym", "nickname", "words"}
    assert names_in(known_to(memory, database), person) == {"pseudonym"}
    database.close()
    assert written.types("backup", tmp_path / "kept").code == 0
    erased(written, keyring, person.openid)
    memory.client.flushall()  # Redis is in no backup: it begins empty
    assert written.types("restore", tmp_path / "kept", "--replace").code == 0
    database = opened(written)
    with clock.fixed_at(clock.now() + timedelta(minutes=3)):
        assert housekeeping.scour(database)
    assert names_in(raw(database), person) == names_in(known_to(memory, database), person) == set()
    database.close()
    own = [path.read_bytes() for path in (tmp_path / "uploads").rglob("*") if path.is_file()]
    assert own and names_in(b" ".join(own), person) == set()
