"""A desk with staff, a cover and a played platform; the time stands two days before the push.

The schema is made once a session, and copied or emptied for each test: there are many tests here, and each wants both
databases.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import databases
import pytest
from databases import Recycled

from content.store import clock
from content.store.db import Database
from tests.scheduler import making
from tests.scheduler.making import BEFORE, Desk
from tests.scheduler.played import Played


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pattern") / "pufa.db"
    databases.make(f"sqlite:///{file}", making.add_people)
    return file


@pytest.fixture(scope="session")
def staffed_postgres(postgres_server: str) -> Iterator[Recycled]:
    made = Recycled(postgres_server, making.add_people)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with staff in it."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_pattern"), tmp_path / "pufa.db")
        yield f"sqlite:///{tmp_path}/pufa.db"
        return
    yield request.getfixturevalue("staffed_postgres").fresh()


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
