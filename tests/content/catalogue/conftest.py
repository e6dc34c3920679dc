"""Members of staff, and entries as they write them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from catalogued import words

from content.catalogue import entries
from content.staff import Staff
from content.store import clock
from content.store.db import Database

PEOPLE = {
    "pen": ["write"],
    "other": ["write", "review1"],
    "second": ["review2"],
    "seal": ["publish"],
    "looker": ["audit"],
}
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
Put = Callable[..., int]


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with clock.fixed_at(NOW):
        yield


@pytest.fixture
def staffed(database: Database) -> Database:
    with database.transaction() as session:
        for name, roles in PEOPLE.items():
            session.add(Staff(name=name, shown_name=name.title(), roles=roles, created_at=clock.now()))
    return database


@pytest.fixture
def put(staffed: Database) -> Put:
    """An entry, published unless told otherwise; its id."""

    def made(*given: str, is_published: bool = True, **more: Any) -> int:
        with staffed.transaction() as session:
            entry = entries.save(session, None, words(*given, **more), "pen", 0)
            if is_published:
                entries.publish(session, [(entry.id, entry.newest_number)], "second")
            return entry.id

    return made
