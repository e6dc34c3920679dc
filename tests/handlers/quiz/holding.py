"""A campaign that is held for a test and gone after it, with papers of made-up participants."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from content import staff
from content.store import clock
from content.store.db import Database
from handlers import citizens
from handlers.quiz import play, register
from handlers.quiz.models import GivenAnswer, HeldCampaign, Participant, Round
from tests.handlers.quiz.campaigns import WRITTEN

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
FROZEN = datetime(2026, 12, 4, 11, 30, tzinfo=UTC)
"""Half an hour before the close."""
CLOSED = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)
RULES = (
    WRITTEN.replace("count = 10\n", "count = 2\n").replace("count = 4\n", "count = 1\n").replace("60", "0")
).replace("minutes = 15", "minutes = 15\nfreeze_minutes = 60\nattempts_a_day = 3")
"""Two questions of 4 points and one of 15; the boards stand still for the last hour."""


@contextmanager
def holding(bureau, written: str = RULES, name: str = "demo") -> Iterator[HeldCampaign]:
    with bureau.database.transaction() as session:
        if staff.find_staff(session, "campaigner") is None:
            staff.add_staff(session, "campaigner", "演示", ["campaigns"], "")
    with clock.fixed_at(NOW):
        with bureau.database.transaction() as session:
            held = register.put_on(session, name, written, bureau.keyring, "campaigner")
        try:
            yield held
        finally:
            _clear(bureau.database)


def _clear(database: Database) -> None:
    with database.transaction() as session:
        for table in (GivenAnswer, Round, Participant, HeldCampaign):
            session.execute(delete(table))


def hands_in(database: Database, held: HeldCampaign, name: str, wrong: int = 0, seconds: int = 60) -> Round:
    """A paper of which so many questions, the last ones, are answered wrongly."""
    with database.transaction() as session:
        played = play.begin_paper(session, held, name, secrets.token_hex(8))
        total = len(played.question_keys)
        with clock.fixed_at(clock.now() + timedelta(seconds=seconds)):
            for place in range(total):
                question = play.open_question(session, played)
                other = "A" if question.answer != "A" else "B"
                play.answer(session, played, question.answer if place < total - wrong else other)
        return played


def name_of(somebody, held: HeldCampaign) -> str:
    return citizens.participant_of(somebody.bureau.keyring, somebody.openid, held.id)
