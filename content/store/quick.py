"""Single statements by the driver itself, for the few that every message waits for. Everything else uses sessions.

One statement is one transaction; on SQLite what several threads of a worker write at one moment is one statement, since
each costs a wait for the disk, and several turns of the interpreter. Questions are written with `?`; moments go in
through `moment` and come out through `when`, JSON through `structure`: SQLite keeps both as text.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from itertools import chain, groupby
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError

Row = Sequence[Any]
_MOMENT_SIGNS = len("2026-11-26 08:00:00.000000")


@dataclass(frozen=True, eq=False)
class Statement:
    """What is done with each row of values that comes in; at most one row is changed for each, and rows of one moment
    do not touch one another's.
    """

    columns: Mapping[str, str]
    """The values by name, in order, with their types on PostgreSQL."""
    sql: str
    """INSERT … SELECT … FROM {given} g …, or UPDATE … FROM {given} g WHERE …"""
    lock: str = ""
    """What stands in place of {lock} on PostgreSQL; SQLite has one writer anyway."""

    @cache  # noqa: B019 - statements are constants
    def on_sqlite(self, rows: int) -> str:
        """Takes the values of so many rows, one after another."""
        names = ", ".join(f"column{place} AS {name}" for place, name in enumerate(self.columns, start=1))
        row = f"({', '.join('?' for _ in self.columns)})"
        return self._of(f"(SELECT {names} FROM (VALUES {', '.join([row] * rows)}))", lock="")  # noqa: S608 - names of ours

    @cached_property
    def on_postgresql(self) -> str:
        """Takes one row's values."""
        values = ", ".join(f"CAST(%s AS {type_}) AS {name}" for name, type_ in self.columns.items())
        return self._of(f"(SELECT {values})", self.lock)

    def _of(self, given: str, lock: str) -> str:
        return self.sql.replace("{given}", given).replace("{lock}", lock)


def _locked() -> Any:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False, slots=True)
class _Write:
    statement: Statement
    values: Row
    is_over: bool = False
    is_done: bool | None = None
    error: sqlite3.Error | None = None
    called: Any = field(default_factory=_locked)
    """Let go where it is over, or its thread is to lead."""


class Quick:
    """Of one process; every thread has a connection of its own on SQLite, one of the pool's on PostgreSQL."""

    def __init__(self, engine: Engine, turn: Callable[[], AbstractContextManager[object]]) -> None:
        self._engine = engine
        self._turn = turn
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._mine = threading.local()
        self._writing: Any = None
        self._opened: list[Any] = []
        self._waiting: list[_Write] = []
        self._gathering = threading.Lock()
        self._is_led = False

    def row(self, sql: str, values: Row) -> Row | None:
        """The first row of a question."""
        rows = self.rows(sql, values)
        return rows[0] if rows else None

    def rows(self, sql: str, values: Row) -> list[Row]:
        if self.is_sqlite:
            found: list[Row] = self._connection().execute(sql, values).fetchall()
            return found
        with self._engine.connect() as connection:
            return list(connection.exec_driver_sql(sql.replace("?", "%s"), tuple(values)).all())

    def write(self, statement: Statement, values: Row) -> bool | None:
        """Whether it changed its row; then it is durable when this returns. None where that is not known, since one of
        those written with it changed nothing: look. Raises IntegrityError and OperationalError.
        """
        if self.is_sqlite:
            return self._write_together(_Write(statement, values))
        with self._engine.begin() as connection:
            return connection.exec_driver_sql(statement.on_postgresql, tuple(values)).rowcount == 1

    def _write_together(self, mine: "_Write") -> bool | None:
        """One of those who wait writes for all of them; who comes meanwhile waits for the next."""
        with self._gathering:
            self._waiting.append(mine)
            leads, self._is_led = not self._is_led, True
        if not leads:
            mine.called.acquire()
        if not mine.is_over:
            self._lead()
        if mine.error is not None:
            is_integrity = isinstance(mine.error, sqlite3.IntegrityError)
            raise (IntegrityError if is_integrity else OperationalError)(mine.statement.sql, None, mine.error)
        return mine.is_done

    def _lead(self) -> None:
        """Whatever happens, everybody it writes for is let go, and one of those who came meanwhile leads on."""
        together: list[_Write] = []
        try:
            with self._turn():
                with self._gathering:
                    together, self._waiting = self._waiting, []
                together.sort(key=lambda write: id(write.statement))
                for _, alike in groupby(together, key=lambda write: id(write.statement)):
                    _write_all(self._writer(), list(alike))
        finally:
            for write in together:
                if not write.is_over:
                    write.is_over, write.error = True, sqlite3.OperationalError("the writer was interrupted")
            with self._gathering:
                self._is_led = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].called.release()
            for write in together:
                write.called.release()

    def moment(self, value: datetime) -> Any:
        """As a row has it: without its zone, which is UTC."""
        there = value.astimezone(UTC)
        if self.is_sqlite:
            return there.isoformat(" ", "microseconds")[:_MOMENT_SIGNS]
        return there.replace(tzinfo=None)

    def close(self) -> None:
        for connection in self._opened:
            connection.close()
        self._opened.clear()

    def _connection(self) -> Any:
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = self._open()
        return connection

    def _writer(self) -> Any:
        """The same for whoever leads: SQLite drops what a connection has read when another one writes."""
        if self._writing is None:
            self._writing = self._open()
        return self._writing

    def _open(self) -> Any:
        pooled = self._engine.raw_connection()  # tuned as every other
        connection = pooled.driver_connection
        pooled.detach()
        self._opened.append(connection)
        return connection


def _write_all(connection: Any, writes: Sequence[_Write]) -> None:
    """All of them in one statement; one that SQLite refuses does not take the others with it."""
    values = tuple(chain.from_iterable(write.values for write in writes))
    error: sqlite3.Error | None = None
    changed = 0
    try:
        changed = connection.execute(writes[0].statement.on_sqlite(len(writes)), values).rowcount
    except sqlite3.IntegrityError as refused:
        if len(writes) > 1:
            for write in writes:
                _write_all(connection, [write])
            return
        error = refused
    except sqlite3.Error as failed:
        error = failed
    is_done = True if changed == len(writes) else None if changed else False
    for write in writes:
        write.is_over, write.is_done, write.error = True, is_done, error


def when(value: Any) -> datetime | None:
    """A moment as a row has it."""
    if value is None:
        return None
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC)


def structure(value: Any) -> Any:
    """JSON as a row has it."""
    return json.loads(value) if isinstance(value, str) else value
