"""Where questions of the bank have stood: what was asked is never deleted."""

from datetime import UTC, datetime, timedelta

from handlers.quiz import asked
from handlers.quiz.editions.models import PrintedPaper
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from tests.handlers.quiz.campaigns import WRITTEN

NOW = datetime(2026, 12, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def campaign():
    return HeldCampaign(
        id="c", title="演示竞答", rules=WRITTEN, opens_at=NOW - HOUR, closes_at=NOW + HOUR, commitment="", secret="",
        created_by="zhao", created_at=NOW,
    )  # fmt: skip


def test_a_question_has_been_asked_once_it_stood_on_a_paper_drawn_or_printed(database):
    with database.transaction() as session:
        session.add(campaign())
        session.flush()
        for number, (keys, at) in enumerate([(["old"], NOW - HOUR), (["drawn", "same"], NOW)]):
            session.add(Round(id=f"r{number}", citizen_id="x", question_keys=keys, started_at=at))
        session.add(
            PrintedPaper(campaign_id="c", seed="s", items=[{"key": "printed"}], editions={}, made_by="z", made_at=NOW)
        )
        session.flush()
        found = asked.asked_since(session, ["old", "drawn", "printed", "never"], NOW - timedelta(minutes=1))
    assert found == {"drawn", "printed"}


def test_how_often_a_question_was_answered_and_rightly(database):
    with database.transaction() as session:
        session.add(Round(id="r", citizen_id="x", question_keys=["k", "k", "k"], started_at=NOW))
        session.flush()
        for place, (letters, is_right) in enumerate([("A", True), ("B", False), ("", False)], start=1):
            session.add(
                GivenAnswer(round_id="r", place=place, question_key="k", letters=letters, is_right=is_right, at=NOW)
            )
        session.flush()
        assert asked.answered(session, "k") == (2, 1) and asked.answered(session, "other") == (0, 0)
