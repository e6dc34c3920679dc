"""Databases for the tests: a private PostgreSQL, one in it that is made as new for each test, and ways back to how one
was before.
"""

import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, text
from sqlalchemy.orm import Session

from content.store.db import Database

Fill = Callable[[Session], object]
OPTIONS = "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"


@contextmanager
def private_server(initdb: Path, port: int) -> Iterator[str]:
    """A PostgreSQL of our own on this port; its address."""
    folder = Path(f"/tmp/pufa-pg-{secrets.token_hex(4)}")  # noqa: S108 - a socket's path must be short
    folder.mkdir(mode=0o700)
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    run = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run([*as_user, initdb, "-D", folder / "d", "-U", "pufa", "-A", "trust", "-E", "UTF8"], **run)
    control = [*as_user, initdb.parent / "pg_ctl", "-D", folder / "d"]
    try:
        subprocess.run([*control, "-w", "-o", f"-p {port} -k {folder} {OPTIONS}", "start"], **run)
        yield f"postgresql+pg8000://pufa@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run | {"check": False})
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def without_tls() -> Iterator[None]:
    """A server of our own speaks no TLS, and to get ready for asking takes longer than all else about connecting."""

    def settled(dialect: Dialect, _record: object, _given: object, options: dict[str, object]) -> None:
        if dialect.driver == "pg8000":
            options.setdefault("ssl_context", False)

    event.listen(Engine, "do_connect", settled)
    yield
    event.remove(Engine, "do_connect", settled)


def new_postgres_database(server: str, like: str = "") -> str:
    """The address of a new database: an empty one, or a copy of that of this name."""
    name = f"pufa_{secrets.token_hex(6)}"
    pattern = f"TEMPLATE {like}" if like else "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} {pattern}"))
    engine.dispose()
    return f"{server}/{name}"


def name_of(url: str) -> str:
    return url.rsplit("/", 1)[1]


def make(url: str, fill: Fill | None = None) -> str:
    """The newest schema, and in it what `fill` writes."""
    made = Database(url)
    made.upgrade()
    if fill:
        with made.transaction() as session:
            fill(session)
    made.close()
    return url


TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
SHAPE = """
SELECT md5(string_agg(part, '|' ORDER BY part)) FROM (
  SELECT concat('class ', relname, relkind) FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat('column ', relname, ' ', attname, atttypid, attnotnull) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT concat('constraint ', conname, ' ', conrelid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat('trigger ', tgname, ' ', tgrelid, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT concat('function ', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS parts (part)"""


class Recycled:
    """One database that is as it was made each time it is asked for: to make one takes far longer. Where a test has
    changed the schema, another is made.
    """

    def __init__(self, server: str, fill: Fill | None = None) -> None:
        self._server, self._fill = server, fill
        self._pattern = name_of(make(new_postgres_database(server)))
        self._start()
        self._shape = self._looked_at()
        for name in self._connection.scalars(text(TABLES)).all():
            filled = self._connection.scalar(text(f'SELECT EXISTS (SELECT 1 FROM "{name}")'))  # noqa: S608 - our own
            assert name == "alembic_version" or not filled, f"a migration fills {name}: emptying would lose it"

    def fresh(self) -> str:
        if self._looked_at() != self._shape:
            self.close()
            self._start()
        self._empty()
        return self._url

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def _start(self) -> None:
        self._url = new_postgres_database(self._server, self._pattern)
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._connection: Connection = self._engine.connect()

    def _looked_at(self) -> str:
        return str(self._connection.scalar(text(SHAPE)))

    def _empty(self) -> None:
        """Whoever is left from the test before is thrown out; the guard of the audit log is off for the emptying."""
        connection = self._connection
        connection.execute(
            text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() "
                 "AND pid <> pg_backend_pid()")
        )  # fmt: skip
        large = set(connection.scalars(text(f"{TABLES} AND pg_relation_size(oid) > 200000")).all())
        names = set(connection.scalars(text(TABLES)).all()) - {"alembic_version"}
        # what was deleted in a large one would slow down all that follow
        emptying = [f'TRUNCATE "{name}" CASCADE;' for name in sorted(large & names)]
        emptying += [f'DELETE FROM "{name}";' for name in sorted(names - large)]  # noqa: S608 - names of our own tables
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(f"DO $$ BEGIN {' '.join(emptying)} END $$"))
        connection.execute(text("SET session_replication_role = DEFAULT"))
        connection.execute(text("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"))
        if self._fill:
            with Session(connection) as session:  # its statements are kept one by one
                self._fill(session)


class SqliteAsItWas:
    """A file that programs go on using becomes again what it was when this was made."""

    def __init__(self, file: Path) -> None:
        self._file, self._kept = file, file.with_suffix(".kept")
        _copy(file, self._kept)

    def restore(self) -> None:
        _copy(self._kept, self._file)


def _copy(file: Path, to: Path) -> None:
    source, target = sqlite3.connect(file), sqlite3.connect(to, timeout=20)
    source.backup(target)
    target.close()
    source.close()


class PostgresAsItWas:
    """The same of a database there."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with self._engine.connect() as connection:
            names = set(connection.scalars(text(TABLES)).all()) - {"alembic_version"}
            connection.execute(text("CREATE SCHEMA kept"))
            steps = []
            for name in sorted(names):
                connection.execute(text(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"'))
                steps.append(f'DELETE FROM "{name}"; INSERT INTO "{name}" SELECT * FROM kept."{name}";')  # noqa: S608
        self._steps = " ".join(steps)

    def restore(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(text("SET session_replication_role = replica"))  # the guard of the audit log is off
            connection.execute(text(f"DO $$ BEGIN {self._steps} END $$"))
            connection.execute(text("SET session_replication_role = DEFAULT"))
        self._engine.dispose()
