"""What waits for the demonstration's staff: visibly made up, added once, gathered like any other week."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.demo import visitors
from content.importers.library import sync_library
from content.repository import topics
from content.store import clock
from content.store.keys import open_keyring
from handlers.talk import tickets
from handlers.talk.models import Ticket
from scheduler import learning

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def test_messages_and_a_week_of_misses_wait_for_the_staff(database, tmp_path):
    keyring = open_keyring(tmp_path / "keys.json")
    with clock.fixed_at(NOW):
        with database.transaction() as session:
            sync_library(session)
        for _ in range(2):
            visitors.seed(database, keyring)
        assert learning.look_back(database, NOW) == 5 and learning.look_back(database, NOW) == 0
    with database.reading() as session:
        found = session.scalars(select(Ticket)).all()
        assert len(found) == 2 and all("演示" in tickets.words_of(one, keyring) for one in found)
        assert all(one.topic in topics() for one in found) and found[1].answer_number
