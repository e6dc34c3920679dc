"""A desk with staff, a cover and a played platform; the time stands two days before the push.

The schema is made once a session, and copied or emptied for each test: there are many tests here, and each wants both
databases.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import new_postgres_database
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from content.store import clock
from content.store.db import Database
from tests.scheduler import making
from tests.scheduler.making import BEFORE, Desk
from tests.scheduler.played import Played


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pattern") / "pufa.db"
    _made(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def emptied_postgres(postgres_server: str) -> Iterator[Callable[[], str]]:
    """The address of one database that is as it was made, each time it is asked for: to make one takes far longer."""
    url = new_postgres_database(postgres_server)
    _made(url)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda: _emptied(connection, url)
    engine.dispose()


def _emptied(connection: Connection, url: str) -> str:
    """Whoever is left from the test before is thrown out; the guard of the audit log is off for the emptying."""
    connection.execute(
        text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
             "AND pid <> pg_backend_pid()")
    )  # fmt: skip
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    large = set(connection.scalars(text(f"{tables} AND pg_relation_size(oid) > 200000")).all())
    names = set(connection.scalars(text(tables)).all()) - {"alembic_version"}
    emptying = [
        f'TRUNCATE "{name}" CASCADE;' for name in large
    ]  # what was deleted in it would slow down all that follow
    emptying += [f'DELETE FROM "{name}";' for name in names - large]  # noqa: S608 - names of our own tables
    connection.execute(text("SET session_replication_role = replica"))
    connection.execute(text(f"DO $$ BEGIN {' '.join(emptying)} END $$"))
    connection.execute(text("SET session_replication_role = DEFAULT"))
    connection.execute(text("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"))
    with Session(connection) as session:  # its statements are kept one by one
        making.add_people(session)
    return url


def _made(url: str) -> None:
    made = Database(url)
    made.upgrade()
    with made.transaction() as session:
        making.add_people(session)
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with staff in it."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_pattern"), tmp_path / "pufa.db")
        yield f"sqlite:///{tmp_path}/pufa.db"
        return
    yield request.getfixturevalue("emptied_postgres")()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def played(tmp_path: Path) -> Played:
    return Played(tmp_path / "played.db")


@pytest.fixture
def bare_desk(database: Database, played: Played, tmp_path: Path) -> Desk:
    """In the real time."""
    desk = Desk(database, played, tmp_path / "uploads")
    with database.transaction() as session:
        desk.cover = making.cover(session, desk.uploads)
    return desk


@pytest.fixture
def desk(bare_desk: Desk) -> Iterator[Desk]:
    with clock.fixed_at(BEFORE):
        yield bare_desk
