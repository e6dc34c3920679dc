"""Statements by the driver: durable when they return, alone or together with those of other threads."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from content.models import Mark
from content.store.quick import Statement, structure, when

PAIR = {"name": "TEXT", "value": "TEXT"}
PUT = Statement(PAIR, "INSERT INTO marks (name, value) SELECT g.name, g.value FROM {given} g")
CHANGE = Statement(PAIR, "UPDATE marks AS m SET value = g.value FROM {given} g WHERE m.name = g.name")


def marks(database) -> dict[str, str]:
    with database.reading() as session:
        return {mark.name: mark.value for mark in session.scalars(select(Mark).where(Mark.name.like("quick%")))}


def test_what_was_written_is_there_for_everybody_and_counted(database):
    assert database.quick.write(PUT, ("quick", "1")) is True
    assert database.quick.write(CHANGE, ("nobody", "2")) is False
    assert database.quick.write(CHANGE, ("quick", "1")) is True
    assert marks(database) == {"quick": "1"}
    assert tuple(database.quick.row("SELECT value FROM marks WHERE name = ?", ("quick",)) or ()) == ("1",)
    assert database.quick.row("SELECT value FROM marks WHERE name = ?", ("nobody",)) is None


def test_many_threads_at_once_write_everything_once(database):
    with ThreadPoolExecutor(8) as threads:
        changed = list(threads.map(lambda number: database.quick.write(PUT, (f"quick{number}", "x")), range(200)))
    assert changed == [True] * 200 and len(marks(database)) == 200


def test_a_statement_that_is_refused_does_not_take_those_of_others_with_it(database):
    database.quick.write(PUT, ("quick0", "first"))

    def put(number: int) -> bool:
        try:
            database.quick.write(PUT, (f"quick{number}", "second"))
        except (IntegrityError, DBAPIError):
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(put, [*range(50), 0]))
    assert done == [False, *[True] * 49, False]
    assert len(marks(database)) == 50 and marks(database)["quick0"] == "first"


def test_nobody_is_told_of_a_change_that_was_not_made(database):
    for number in range(25):
        database.quick.write(PUT, (f"quick{number}", "first"))
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda number: database.quick.write(CHANGE, (f"quick{number}", "2")), range(50)))
    assert not [number for number, is_done in enumerate(told) if is_done and number >= 25]
    assert [is_done for is_done in told[:25] if is_done is False] == []
    assert set(marks(database).values()) == {"2"}


@pytest.mark.parametrize("micros", [0, 1, 999_999])
def test_moments_and_structures_are_read_as_sessions_write_them(database, micros):
    moment = datetime(2026, 12, 4, 8, 0, 0, micros, tzinfo=UTC)
    kept = database.quick.moment(moment)
    assert when(kept) == moment and when(None) is None
    assert structure('{"a": [1]}') == {"a": [1]} == structure({"a": [1]})
