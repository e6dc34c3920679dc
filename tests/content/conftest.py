"""Small parts for the tests of `content`."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from content.store.memory import Memory

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file in the test's folder and gives its path."""

    def _write(name: str, text: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return _write


@pytest.fixture
def raw(memory: Memory) -> Iterator[redis.Redis]:
    """The same Redis as `memory`'s, looked at from outside."""
    yield memory.client
    memory.client.close()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """tests' own connection to the test's SQLite database."""
    connection = sqlite3.connect(tmp_path / "pufa.db")
    yield connection
    connection.close()
