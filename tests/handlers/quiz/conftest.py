"""A campaign that is open, and somebody in front of it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete

from content import staff
from content.store import clock
from handlers.quiz import register
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from tests.handlers.quiz.campaigns import SMALL

OPEN = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def put_on(bureau):
    """Puts a campaign on; it is gone when the test is over."""
    with bureau.database.transaction() as session:
        if staff.find_staff(session, "campaigner") is None:
            staff.add_staff(session, "campaigner", "演示", ["campaigns"], "")

    def act(name: str = "demo", written: str = SMALL, by: str = "campaigner") -> HeldCampaign:
        with bureau.database.transaction() as session:
            return register.put_on(session, name, written, bureau.keyring, by)

    with clock.fixed_at(OPEN):
        yield act
    with bureau.database.transaction() as session:
        for table in (GivenAnswer, Round, HeldCampaign):
            session.execute(delete(table))


@pytest.fixture
def player(put_on, somebody):
    put_on()
    return somebody
