"""The database: SQLite by default, PostgreSQL by URL. Owns the engine, `Base` and the one place that commits.

SQLite: WAL, synchronous=FULL, foreign keys on, deleted bytes overwritten, write transactions begin IMMEDIATE so that
two writers queue instead of failing half-way. Times are stored as UTC and handed out aware.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, DateTime, Dialect, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from content.store import clock
from content.store.quick import Quick

MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE_SECONDS = 5.0
GLANCE_SECONDS = 0.01
UPGRADE_PATIENCE_SECONDS = 60
SCOUR_PATIENCE_MS = 200
UPGRADE_LOCK = 0x70756661
_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
"""As SQLite has it anyway."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC without a zone (the same bytes on SQLite and PostgreSQL)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must not be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    type_annotation_map = {datetime: Moment}


class Database:
    """An engine and the ways to use it. One per process."""

    def __init__(self, url: str, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _make_engine(url, patience_seconds)
        self._writing = threading.Lock()
        self.quick = Quick(self.engine, self._turn)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Everything inside is kept, or nothing. On SQLite the write lock is taken at once."""
        with self._turn(), Session(self.engine, expire_on_commit=False) as session:
            if self.is_sqlite:
                session.connection(execution_options={"pufa_write": True})
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def _turn(self) -> AbstractContextManager[object]:
        """SQLite's own waiting is by chance: this worker's threads queue up instead."""
        return self._writing if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is thrown away: nothing changed inside is kept. All its questions see one moment."""
        with Session(self.engine, expire_on_commit=False) as session:
            if not self.is_sqlite:
                session.execute(_ONE_MOMENT)
            yield session

    def upgrade(self) -> None:
        """Creates or migrates the schema to the newest step."""
        with (
            self.engine.connect().execution_options(pufa_write=True) as connection,
            _changing_tables(connection, self.is_sqlite),
            connection.begin(),
        ):
            if not self.is_sqlite:  # two processes that start together migrate once
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
            command.upgrade(_alembic(connection), "head")

    def rebuild(self, step: str, fill: Callable[[Connection], None]) -> None:
        """Drops everything, makes the schema of this step, fills it and goes on to the newest: all of it or nothing."""
        with (
            self.engine.connect().execution_options(pufa_write=True) as connection,
            _changing_tables(connection, self.is_sqlite),
            connection.begin(),
        ):
            if not self.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
            command.downgrade(_alembic(connection), "base")
            command.upgrade(_alembic(connection), step)
            fill(connection)
            command.upgrade(_alembic(connection), "head")

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one moment, however long it reads and whoever writes meanwhile."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    def step(self) -> str:
        """The step at which the schema stands; empty where there is none."""
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""

    def is_current(self) -> bool:
        if (path := _file_of(self.url)) and not path.exists():  # an open connection would not notice
            return False
        head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == head

    def scour(self, tables: Iterable[str]) -> bool:
        """What was deleted leaves the disk as well: the log beside the file, or the dead rows of these tables. False
        where somebody still reads it: try again later. Never on a citizen's way.
        """
        if self.is_sqlite:
            return _truncate_log(self.engine)
        _vacuum(self.engine, f"VACUUM {', '.join(sorted(tables))}")
        return True

    def close(self) -> None:
        self.quick.close()
        self.engine.dispose()


def take_turns(session: Session, what: str) -> None:
    """Lets nobody else past here with the same `what` until this transaction ends. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(what))))


@contextmanager
def _changing_tables(connection: Connection, is_sqlite: bool) -> Iterator[None]:
    """SQLite changes a table by dropping the old one, and that would delete all rows that hang on it. Whoever comes
    while another process is at it waits until that is done.
    """
    if not is_sqlite:
        yield
        return
    raw: Any = connection.connection.driver_connection
    patience = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute("PRAGMA foreign_keys=OFF")  # inside of a transaction it would do nothing
    raw.execute(f"PRAGMA busy_timeout={UPGRADE_PATIENCE_SECONDS * 1000}")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute(f"PRAGMA busy_timeout={patience}")


def _alembic(connection: Any) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _file_of(url: str) -> Path | None:
    """Where a SQLite database lies; None for one in memory or a server."""
    made = make_url(url)
    is_file = made.get_backend_name() == "sqlite" and made.database not in (None, "", ":memory:")
    return Path(str(made.database)) if is_file else None


def _make_engine(url: str, patience_seconds: float) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10, pool_timeout=patience_seconds)
    if path := _file_of(url):
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": patience_seconds, "check_same_thread": False})
    event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we write BEGIN ourselves
    _journal_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _journal_ahead(connection: Any) -> None:
    """Beside another process that makes the same new file, SQLite refuses this at once, however patient it is told to
    be. Raises sqlite3.OperationalError where it goes on for longer.
    """
    until = clock.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if clock.monotonic() > until:
                raise
            time.sleep(GLANCE_SECONDS)


def _truncate_log(engine: Engine) -> bool:
    """Gives up soon: while it waits for readers, writers wait for it."""
    pooled = engine.raw_connection()
    try:
        raw: Any = pooled.driver_connection
        patience = raw.execute("PRAGMA busy_timeout").fetchone()[0]
        raw.execute(f"PRAGMA busy_timeout={SCOUR_PATIENCE_MS}")
        busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        raw.execute(f"PRAGMA busy_timeout={patience}")
    finally:
        pooled.close()
    return not busy


def _vacuum(engine: Engine, statement: str) -> None:
    """Outside of any transaction, also of the one that asking whether the server is there has begun."""
    pooled = engine.raw_connection()
    try:
        raw: Any = pooled.driver_connection
        raw.rollback()
        raw.autocommit = True
        try:
            raw.cursor().execute(statement)
        finally:
            raw.autocommit = False
    finally:
        pooled.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("pufa_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
