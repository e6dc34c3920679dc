"""A desk with staff, a cover and a played platform; the time stands two days before the push.

The schema is made once a session and copied for each test: there are many tests here, and each wants both databases.
"""

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import new_postgres_database
from sqlalchemy import create_engine, text

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
def postgres_pattern(postgres_server: str) -> str:
    url = new_postgres_database(postgres_server)
    _made(url)
    return url.rpartition("/")[2]


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
    pattern, server = request.getfixturevalue("postgres_pattern"), request.getfixturevalue("postgres_server")
    name = f"pufa_{secrets.token_hex(6)}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {pattern}"))
        yield f"{server}/{name}"
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


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
