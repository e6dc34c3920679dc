"""Every table of one moment as lines of JSON, and back: the same for SQLite and PostgreSQL, across them, and from an
older schema, whose rows are put into that schema before it is migrated. Knows no file's place and decides nothing.

A dump of a table is gzip: a line of column names, then a line of values for each row.
"""

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Date, DateTime, LargeBinary, MetaData, Table, func, insert, select, text

from content.store.db import MIGRATIONS, Database

FLEETING = frozenset({
    "alembic_version", "staff_sessions", "strange_names", "exam_liaison_sessions", "exam_wrong_tries",
    "exam_roster_files", "trace_keys",
})  # fmt: skip
"""Neither kept nor restored: who is signed in, which unknown names and wrong codes were tried, rosters that nobody has
taken in, and the keys that lead from a log to a citizen: what an erasure destroys must not lie in a backup.
"""
SUFFIX = ".jsonl.gz"
_BATCH = 500
Progress = Callable[[str], None]


class Damaged(Exception):
    """A dump cannot be read or does not fit the schema; the message names the table."""


def write_tables(database: Database, folder: Path, tell: Progress) -> dict[str, int]:
    """A file for each table; how many rows each has. All of one moment, while others go on writing."""
    counts: dict[str, int] = {}
    with database.snapshot() as connection:
        for table in _tables(connection):
            tell(f"数据表 {table.name}")
            counts[table.name] = _write(connection, table, folder / f"{table.name}{SUFFIX}")
    return counts


def read_tables(database: Database, folder: Path, step: str, counts: Mapping[str, int], tell: Progress) -> None:
    """Puts everything into the place of what is there; all of it or nothing. Raises Damaged."""

    def fill(connection: Connection) -> None:
        tables = _tables(connection)
        if unknown := sorted(set(counts) - {table.name for table in tables}):
            raise Damaged(f"备份里的数据表 {unknown[0]} 不属于它自己的数据库版本：这份备份不完整，请换一份。")
        for table in tables:
            if table.name in counts:
                tell(f"数据表 {table.name}")
                _read(connection, table, folder / f"{table.name}{SUFFIX}", counts[table.name])
        _check_references(connection, database.is_sqlite)

    database.rebuild(step, fill)


def is_known_step(step: str) -> bool:
    """Can this program's schema be brought from there to the newest?"""
    return any(found.revision == step for found in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def rows_in(database: Database) -> dict[str, int]:
    """How many rows each table has; empty where there are no tables."""
    with database.snapshot() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in _tables(connection)
        }


def _tables(connection: Connection) -> list[Table]:
    """As the database itself has them, parents before children."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name not in FLEETING]


def _write(connection: Connection, table: Table, file: Path) -> int:
    columns = list(table.columns)
    rows = connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*table.primary_key.columns))
    count = 0
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=6) as out:
        out.write(json.dumps([column.name for column in columns]) + "\n")
        for row in rows:
            out.write(json.dumps([_plain(value) for value in row], ensure_ascii=False) + "\n")
            count += 1
    return count


def _read(connection: Connection, table: Table, file: Path, expected: int) -> None:
    count = 0
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            columns = [table.columns[name] for name in json.loads(next(lines))]
            rows = (_row(columns, json.loads(line)) for line in lines)
            while batch := list(islice(rows, _BATCH)):
                connection.execute(insert(table), batch)
                count += len(batch)
    except (OSError, EOFError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise Damaged(f"备份里的数据表 {table.name} 读不出来：这份备份已损坏，请换一份。") from error
    if count != expected:
        raise Damaged(f"备份里的数据表 {table.name} 应有 {expected} 行，实有 {count} 行：这份备份已损坏，请换一份。")
    _go_on_counting(connection, table)


def _row(columns: list[Column[Any]], values: list[Any]) -> dict[str, Any]:
    return {column.name: _typed(column, value) for column, value in zip(columns, values, strict=True)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(column.type, LargeBinary) else value


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows from a counter of its own."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        counter = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        newest = connection.scalar(select(func.max(column))) if counter else None
        if counter and newest is not None:
            connection.execute(select(func.setval(counter, newest)))


def _check_references(connection: Connection, is_sqlite: bool) -> None:
    """SQLite was filled without looking at them."""
    if is_sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise Damaged("备份里的数据表互相对不上：这份备份已损坏，请换一份。")
