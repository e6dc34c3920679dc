import importlib
import multiprocessing
import pkgutil
import shutil

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

import content
import handlers
import scheduler
from content.importers.laws import Statute, put_statute
from content.models import LawArticle, Mark
from content.store import db
from content.store.clock import day
from content.store.db import Base, Database

ARTICLES = {(1, 0): "第一条的话。", (2, 0): "第二条的话。"}
STATUTE = Statute("试行法", "试行法", "2026年", day("2026-01-01"), ARTICLES, "hash")
SECOND_STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade() -> None:
{body}
"""


@pytest.fixture
def empty(database_url):
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def next_step(tmp_path, monkeypatch):
    """Adds one more step behind the newest, with this body."""

    def _add(body: str) -> None:
        head = db.ScriptDirectory(str(db.MIGRATIONS)).get_current_head()
        folder = shutil.copytree(db.MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        (folder / "versions" / "9999_next.py").write_text(SECOND_STEP.format(head=head, body=lines))
        monkeypatch.setattr(db, "MIGRATIONS", folder)

    return _add


def _import_every_model():
    for package in (content, handlers, scheduler):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)


def test_the_migrations_make_exactly_the_tables_of_the_models(database):
    _import_every_model()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_an_empty_database_is_not_current_and_an_upgraded_one_is(empty):
    assert not empty.is_current()
    empty.upgrade()
    assert empty.is_current()


def test_an_upgrade_of_what_is_current_changes_nothing(database):
    with database.transaction() as session:
        session.add(Mark(name="a", value="1"))
    database.upgrade()
    with database.reading() as session:
        assert session.get(Mark, "a").value == "1"


def test_a_database_behind_the_newest_step_is_not_current_until_it_is_upgraded(database, next_step):
    next_step('op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))')
    assert not database.is_current()
    database.upgrade()
    assert database.is_current()
    assert "later" in inspect(database.engine).get_table_names()


def test_a_step_that_fails_half_way_leaves_the_schema_as_it_was(database, next_step):
    next_step('op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))\nraise RuntimeError("broken")')
    with pytest.raises(RuntimeError, match="broken"):
        database.upgrade()
    assert "half" not in inspect(database.engine).get_table_names()
    with database.transaction() as session:  # and the database can be used as before
        session.add(Mark(name="a", value="1"))


def test_a_step_that_rebuilds_a_table_keeps_the_rows_that_hang_on_it(database, next_step):
    with database.transaction() as session:
        put_statute(session, STATUTE)
    next_step('with op.batch_alter_table("laws") as laws:\n    laws.alter_column("title", type_=sa.Text())')
    database.upgrade()
    with database.reading() as session:
        assert len(session.scalars(select(LawArticle)).all()) == 2
    with pytest.raises(Exception, match="(?i)foreign key"), database.transaction() as session:
        session.execute(text("INSERT INTO law_articles VALUES ('没有', 1, 0, '')"))


def test_every_step_can_be_taken_back(database):
    with database.engine.connect().execution_options(pufa_write=True) as connection, connection.begin():
        command.downgrade(db._alembic(connection), "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    assert not database.is_current()


def _upgrade(url, barrier, queue):
    try:
        barrier.wait()
        database = Database(url)
        database.upgrade()
        queue.put(database.is_current())
    except BaseException as error:
        queue.put(repr(error))


def test_processes_that_start_together_migrate_once(database_url):
    context = multiprocessing.get_context("fork")
    barrier, queue = context.Barrier(4), context.Queue()
    processes = [context.Process(target=_upgrade, args=(database_url, barrier, queue)) for _ in range(4)]
    for process in processes:
        process.start()
    assert [queue.get(timeout=30) for _ in processes] == [True] * 4
    for process in processes:
        process.join()
