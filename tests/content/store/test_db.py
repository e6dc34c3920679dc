import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, OperationalError, StatementError

from content.models import Law, LawArticle, Mark, Material
from content.store.db import Database

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def _marks(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {mark.name: mark.value for mark in session.scalars(select(Mark))}


def test_a_transaction_keeps_everything(database):
    with database.transaction() as session:
        session.add_all([Mark(name="a", value="1"), Mark(name="b", value="2")])
    assert _marks(database) == {"a": "1", "b": "2"}


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_transaction_that_fails_keeps_nothing(database, failure):
    with pytest.raises(failure), database.transaction() as session:
        session.add(Mark(name="a", value="1"))
        session.flush()
        raise failure
    assert _marks(database) == {}


def test_what_is_written_while_reading_is_thrown_away(database):
    with database.reading() as session:
        session.add(Mark(name="a", value="1"))
        session.flush()
    assert _marks(database) == {}


def test_all_questions_of_one_reading_see_one_moment(database):
    with database.reading() as session:
        assert session.scalars(select(Mark.name)).all() == []
        with database.transaction() as other:
            other.add(Mark(name="a", value="1"))
        assert session.scalars(select(Mark.name)).all() == []
    assert _marks(database) == {"a": "1"}


def test_what_was_loaded_can_be_used_after_the_transaction(database):
    with database.transaction() as session:
        mark = Mark(name="a", value="1")
        session.add(mark)
    assert mark.value == "1"


def test_moments_come_back_aware_in_utc_whatever_zone_they_were_given_in(database):
    beijing_noon = NOON.astimezone(timezone(timedelta(hours=8)))
    with database.transaction() as session:
        session.add(Material(kind="article", slug="a", published_at=beijing_noon))
    with database.reading() as session:
        found = session.scalar(select(Material.published_at))
        stored = session.execute(text("SELECT CAST(published_at AS VARCHAR) FROM materials")).scalar_one()
    assert found == NOON
    assert found.tzinfo is UTC
    assert stored.startswith("2026-11-23 04:00:00")
    assert "+" not in stored


def test_microseconds_of_a_moment_survive(database):
    moment = NOON.replace(microsecond=123456)
    with database.transaction() as session:
        session.add(Material(kind="article", slug="a", published_at=moment))
    with database.reading() as session:
        assert session.scalar(select(Material.published_at).where(Material.published_at == moment)) == moment


def test_a_naive_moment_is_refused(database):
    with pytest.raises(StatementError, match="naive"), database.transaction() as session:
        session.add(Material(kind="article", slug="a", published_at=NOON.replace(tzinfo=None)))


def test_foreign_keys_are_enforced_and_articles_go_with_their_law(database):
    with pytest.raises(DatabaseError), database.transaction() as session:
        session.add(LawArticle(law_short="没有的法", number=1, text=""))
    with database.transaction() as session:
        session.add(Law(short="法", title="法", version="1", effective_on=NOON.date(), content_hash=""))
        session.flush()
        session.add(LawArticle(law_short="法", number=1, text="一"))
    with database.transaction() as session:
        session.execute(text("DELETE FROM laws"))
    with database.reading() as session:
        assert session.scalars(select(LawArticle)).all() == []


def test_sqlite_writes_ahead_of_its_file_and_to_the_disk(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/deep/er/pufa.db")  # the folder is made
    with database.reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
    database.close()


def test_a_file_that_another_process_is_writing_for_the_first_time_is_waited_for(tmp_path):
    other = sqlite3.connect(tmp_path / "pufa.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # not ahead of its file yet: SQLite refuses the change without any patience
    other.execute("CREATE TABLE first (id INTEGER)")
    release = threading.Timer(0.3, other.execute, ("COMMIT",))
    release.start()
    database = Database(f"sqlite:///{tmp_path}/pufa.db")
    with database.reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    release.join()
    database.close()
    other.close()


# ── writers queue ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_one(database: Database, times: int) -> None:
    for _ in range(times):
        with database.transaction() as session:
            mark = session.get(Mark, "n", with_for_update=True)
            mark.value = str(int(mark.value) + 1)


def test_two_threads_that_read_and_write_queue_and_lose_nothing(database):
    with database.transaction() as session:
        session.add(Mark(name="n", value="0"))
    threads = [threading.Thread(target=_add_one, args=(database, 25)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _marks(database) == {"n": "50"}


WRITER = """
import sys
from content.models import Mark
from content.store.db import Database
database = Database(sys.argv[1])
for _ in range(25):
    with database.transaction() as session:
        mark = session.get(Mark, "n", with_for_update=True)
        mark.value = str(int(mark.value) + 1)
"""


def test_two_processes_that_read_and_write_queue_and_lose_nothing(database):
    with database.transaction() as session:
        session.add(Mark(name="n", value="0"))
    command = [sys.executable, "-c", WRITER, database.url]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    for writer in writers:
        _, complaint = writer.communicate(timeout=30)
        assert writer.returncode == 0, complaint.decode()
    assert _marks(database) == {"n": "50"}


@pytest.fixture
def impatient(tmp_path):
    made = Database(f"sqlite:///{tmp_path}/pufa.db", patience_seconds=0.05)
    made.upgrade()
    yield made
    made.close()


def test_sqlite_takes_the_write_lock_before_anything_is_read(impatient, sqlite_file):
    with impatient.transaction() as session:
        session.scalars(select(Mark)).all()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            sqlite_file.execute("PRAGMA busy_timeout=0")
            sqlite_file.execute("BEGIN IMMEDIATE")


def test_a_writer_gives_up_when_its_patience_ends_and_readers_never_wait(impatient, sqlite_file):
    sqlite_file.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), impatient.transaction():
        pytest.fail("two writers at once")
    assert _marks(impatient) == {}
    sqlite_file.rollback()
    with impatient.transaction() as session:  # the connection that waited in vain can be used again
        session.add(Mark(name="a", value="1"))
    assert _marks(impatient) == {"a": "1"}


def test_a_reader_does_not_stop_a_writer_and_sees_one_state(impatient):
    with impatient.reading() as reader:
        assert reader.get(Mark, "a") is None
        with impatient.transaction() as writer:
            writer.add(Mark(name="a", value="1"))
        assert reader.scalars(select(Mark)).all() == []
    assert _marks(impatient) == {"a": "1"}
