"""Once a week: what was not understood is gathered, and what staff made of earlier weeks is measured."""

from datetime import datetime

from content.store import clock
from content.store.db import Database
from handlers import misses


def look_back(database: Database, now: datetime) -> int:
    """For the week that is over, once; how many gatherings were made."""
    monday = misses.monday_of(clock.in_beijing(now).date()) - misses.WEEK
    with database.transaction() as session:
        made = misses.gather_week(session, monday)
    with database.transaction() as session:
        misses.measure(session, monday)
    return made
