"""The demonstration's exam: alive from the first start, visibly made up, added once."""

from datetime import UTC, datetime, timedelta

from bot.demo import officials, officials_exam
from content.importers.library import sync_library
from content.store import clock
from content.store.keys import open_keyring
from handlers.quiz import register
from handlers.quiz.campaign import Phase
from handlers.quiz.exam import overrides, report, roster
from handlers.quiz.models import HeldCampaign

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def test_an_exam_is_open_with_people_who_have_sat_it_and_something_to_approve(database, tmp_path):
    keyring = open_keyring(tmp_path / "keys.json")
    with clock.fixed_at(NOW):
        with database.transaction() as session:
            sync_library(session)
        officials.seed(database, keyring)
        for _ in range(2):
            officials_exam.seed(database, keyring)
        with database.reading() as session:
            held = session.get_one(HeldCampaign, officials_exam.CAMPAIGN)
            total = report.completion(session, held)[1]
            people = roster.people(session, keyring, held)
            states = sorted(one.state for one in overrides.listing(session, held))
    assert (total.due, total.sat, total.excused) == (officials_exam.PEOPLE - 1, officials_exam.SAT, 1)
    assert 0 < total.passed < total.sat and states == ["approved", "asked"]
    assert all(person.name.startswith("演示") for person in people)
    with clock.fixed_at(NOW + timedelta(days=60)):
        officials_exam.seed(database, keyring)
        with database.reading() as session:
            assert register.phase_of(session.get_one(HeldCampaign, officials_exam.CAMPAIGN)) is Phase.OPEN
