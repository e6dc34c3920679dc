"""The demonstration's campaigns: alive from the first start, visibly made up, exact, and open however late it starts
again.
"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.demo import drawn_campaign, officials, open_campaign
from content import repository
from content.importers.library import sync_library
from content.store import clock
from content.store.keys import open_keyring
from handlers.quiz import paper, play, register, score, standings
from handlers.quiz.campaign import Phase
from handlers.quiz.desk import lessons
from handlers.quiz.models import HeldCampaign, Participant, Round
from handlers.quiz.prizes import drawing

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


@pytest.fixture
def keyring(tmp_path):
    return open_keyring(tmp_path / "keys.json")


@pytest.fixture
def seeded(database, keyring):
    with clock.fixed_at(NOW):
        with database.transaction() as session:
            sync_library(session)
        officials.seed(database, keyring)
        open_campaign.seed(database, keyring)
        drawn_campaign.seed(database, keyring)
        yield database


def people(session, held):
    mine = select(Participant).where(Participant.campaign_id == held.id).order_by(Participant.name)
    return [(one.name, one.half_points, one.seconds, one.merit) for one in session.scalars(mine)]


def test_ranks_equal_a_recomputation_from_the_papers_and_papers_those_of_their_seeds(seeded):
    for name in (open_campaign.CAMPAIGN, drawn_campaign.CAMPAIGN):
        with seeded.transaction() as session:
            held = session.get_one(HeldCampaign, name)
            assert held.title.startswith("演示")
            before, counted = people(session, held), score.people(session, held)
            played = session.scalars(select(Round).where(Round.campaign_id == name)).all()
            drawn = paper.draw(repository.questions(session), register.rules_of(held).paper, played[0].id)
            assert [item.key for item in drawn] == played[0].question_keys
            standings.rebuild(session, held)
            assert people(session, held) == before and score.people(session, held) == counted == len(before)


def test_one_is_open_with_units_on_its_board_and_one_is_drawn_and_has_lessons(seeded):
    with seeded.reading() as session:
        held = session.get_one(HeldCampaign, open_campaign.CAMPAIGN)
        board = standings.board(session, held)
        assert register.phase_of(held) is Phase.OPEN and not play.has_due(session, held)
        assert all(unit.people and unit.path.startswith("演示") for unit in board.units) and len(board.units) == 2
        assert {stand.nickname[:2] for stand in board.people} <= {"演示", ""}
        assert drawing.record_of(session, drawn_campaign.CAMPAIGN) is not None
        assert (
            len(lessons.worst(session, session.get_one(HeldCampaign, drawn_campaign.CAMPAIGN))) == lessons.MOST_LESSONS
        )


def test_started_again_nothing_is_added_and_weeks_later_it_is_open_once_more(seeded, keyring):
    for days in (0, 40):
        with clock.fixed_at(NOW + timedelta(days=days)):
            open_campaign.seed(seeded, keyring)
            drawn_campaign.seed(seeded, keyring)
            with seeded.reading() as session:
                assert session.scalar(select(func.count()).select_from(HeldCampaign)) == 2
                held = session.get_one(HeldCampaign, open_campaign.CAMPAIGN)
                assert register.phase_of(held) is Phase.OPEN and len(people(session, held)) == open_campaign.PEOPLE
