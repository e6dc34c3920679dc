"""What is kept of an exam for a time only goes with the others."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from content.store import clock
from handlers import tries
from handlers.tries import WrongTries
from scheduler import housekeeping

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


def test_wrong_tries_of_yesterday_go_and_those_of_now_stay(database):
    for at, name in ((NOW - tries.KEPT - timedelta(seconds=1), "old"), (NOW, "new")):
        with clock.fixed_at(at), database.transaction() as session:
            tries.count(session, name)
    with clock.fixed_at(NOW):
        housekeeping.purge(database)
    with database.reading() as session:
        assert session.scalars(select(WrongTries.of)).all() == ["new"]
