"""Single statements by the driver itself, for the few that every message waits for. Everything else uses sessions.

One statement is one transaction; on SQLite those of several threads may share one. SQL is written with `?`; moments go
in through `moment` and come out through `when`, JSON through `structure`: SQLite keeps both as text.
"""

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

Row = Sequence[Any]


@dataclass(eq=False, slots=True)
class _Write:
    sql: str
    values: Row
    changed: int | None = None
    error: sqlite3.Error | None = None


class Quick:
    """Of one process; every thread has a connection of its own on SQLite, one of the pool's on PostgreSQL."""

    def __init__(self, engine: Engine, turn: Callable[[], AbstractContextManager[object]]) -> None:
        self._engine = engine
        self._turn = turn
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._mine = threading.local()
        self._opened: list[Any] = []
        self._waiting: deque[_Write] = deque()

    def row(self, sql: str, values: Row) -> Row | None:
        """The first row of a question."""
        rows = self.rows(sql, values)
        return rows[0] if rows else None

    def rows(self, sql: str, values: Row) -> list[Row]:
        if self.is_sqlite:
            found: list[Row] = self._connection().execute(sql, values).fetchall()
            return found
        with self._engine.connect() as connection:
            return list(connection.exec_driver_sql(_for_postgresql(sql), tuple(values)).all())

    def write(self, sql: str, values: Row) -> int:
        """How many rows it changed; it is durable when this returns."""
        if self.is_sqlite:
            return self._write_together(_Write(sql, values))
        with self._engine.begin() as connection:
            return connection.exec_driver_sql(_for_postgresql(sql), tuple(values)).rowcount

    def _write_together(self, mine: "_Write") -> int:
        """What this worker's threads want to write at one moment goes to the disk at once: waiting for it is what
        costs. Whoever gets the turn writes for all who wait.
        """
        self._waiting.append(mine)
        with self._turn():
            if mine.changed is None and mine.error is None:
                together = [self._waiting.popleft() for _ in range(len(self._waiting))]
                try:
                    _write_all(self._connection(), together)
                except sqlite3.Error as error:
                    for write in together:
                        write.error = error
        if mine.error is not None:
            raise OperationalError(mine.sql, None, mine.error)
        return mine.changed or 0

    def moment(self, value: datetime) -> Any:
        bare = value.astimezone(UTC).replace(tzinfo=None)
        return bare.isoformat(" ", "microseconds") if self.is_sqlite else bare

    def close(self) -> None:
        for connection in self._opened:
            connection.close()
        self._opened.clear()

    def _connection(self) -> Any:
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            pooled = self._engine.raw_connection()  # tuned as every other
            connection = self._mine.connection = pooled.driver_connection
            pooled.detach()
            self._opened.append(connection)
        return connection


def _write_all(connection: Any, writes: Sequence[_Write]) -> None:
    """All of them in one transaction; one that SQLite refuses does not take the others with it."""
    if len(writes) == 1:  # a transaction of its own, with one wait instead of three
        writes[0].changed = connection.execute(writes[0].sql, writes[0].values).rowcount
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for write in writes:
            try:
                changed = connection.execute(write.sql, write.values).rowcount
            except sqlite3.IntegrityError as error:
                write.error = error
            else:
                write.changed = changed
        connection.execute("COMMIT")
    except sqlite3.Error:
        for write in writes:
            write.changed = None
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def when(value: Any) -> datetime | None:
    """A moment as a row has it."""
    if value is None:
        return None
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC)


def structure(value: Any) -> Any:
    """JSON as a row has it."""
    return json.loads(value) if isinstance(value, str) else value


def _for_postgresql(sql: str) -> str:
    return sql.replace("?", "%s")
