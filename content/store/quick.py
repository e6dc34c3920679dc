"""Single statements by the driver itself, for the few that every message waits for. Everything else uses sessions.

One statement is one transaction. SQL is written with `?`; moments go in through `moment` and come out through
`when`, JSON through `structure`: SQLite keeps both as text.
"""

import json
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

Row = Sequence[Any]


class Quick:
    """Of one process; every thread has a connection of its own on SQLite, one of the pool's on PostgreSQL."""

    def __init__(self, engine: Engine, turn: Callable[[], AbstractContextManager[object]]) -> None:
        self._engine = engine
        self._turn = turn
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._mine = threading.local()
        self._opened: list[Any] = []

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
            with self._turn():
                changed: int = self._connection().execute(sql, values).rowcount
            return changed
        with self._engine.begin() as connection:
            return connection.exec_driver_sql(_for_postgresql(sql), tuple(values)).rowcount

    def moment(self, value: datetime) -> Any:
        bare = value.astimezone(UTC).replace(tzinfo=None)
        return f"{bare:%Y-%m-%d %H:%M:%S}.{bare.microsecond:06}" if self.is_sqlite else bare

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
