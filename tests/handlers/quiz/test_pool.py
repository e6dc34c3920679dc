"""Papers are drawn from the bank as it stood at the first one, and can be drawn again whatever became of it."""

import pytest
from sqlalchemy import select

from content import repository
from content.models import Question
from content.store import clock
from handlers.quiz import play, pool, rebuilding, register
from handlers.quiz.models import HeldCampaign, Round
from tests.handlers.quiz.test_several_campaigns import OPEN


@pytest.fixture
def held(put_on, bureau):
    """The bank is put back as it was."""
    with clock.fixed_at(OPEN), bureau.database.reading() as session:
        put_on()
        before = {one.key: (one.retired, one.difficulty) for one in repository.questions_by_key(session).values()}
        yield "demo"
    with bureau.database.transaction() as session:
        for one in session.scalars(select(Question)).all():
            if one.key not in before:
                session.delete(one)
            else:
                one.retired, one.difficulty = before[one.key]


def begin(bureau, numbers) -> None:
    for number in numbers:
        with bureau.database.transaction() as session:
            campaign = register.get_held(session, "demo")
            play.begin_paper(session, campaign, f"{number:032x}", seed=f"seed {number}")


def same(bureau, keyring) -> list[bool]:
    with bureau.database.reading() as session:
        campaign = session.get_one(HeldCampaign, "demo")
        papers = session.scalars(select(Round).where(Round.campaign_id == "demo").order_by(Round.started_at)).all()
        return [rebuilding.rebuild(session, campaign, one).is_same for one in papers]


def change(bureau, **columns) -> None:
    """Every second question of the campaign's first subject."""
    with bureau.database.transaction() as session:
        for one in repository.questions(session, "constitution")[::2]:
            for name, value in columns.items():
                setattr(one, name, value)


def import_new(bureau, count) -> set[str]:
    keys = {f"new-{number:03}" for number in range(count)}
    with bureau.database.transaction() as session:
        for key in keys:
            session.add(Question(
                key=key, subject="constitution", kind="single", text=f"演示题 {key}", options=["甲", "乙"], answer="A",
                explanation="演示", basis=[], difficulty=1,
            ))  # fmt: skip
    return keys


def test_every_paper_is_drawn_again_whatever_became_of_the_bank(bureau, held):
    begin(bureau, range(8))
    change(bureau, retired=True)
    begin(bureau, range(8, 16))
    import_new(bureau, 40)
    begin(bureau, range(16, 20))
    change(bureau, difficulty=3)
    assert same(bureau, bureau.keyring) == [True] * 20
    with bureau.database.reading() as session:
        assert len(session.get_one(HeldCampaign, "demo").pool) == 2


def test_what_comes_into_the_bank_later_stands_on_no_paper_and_what_is_retired_on_no_later_one(bureau, held):
    begin(bureau, range(1))
    new = import_new(bureau, 200)
    change(bureau, retired=True)
    begin(bureau, range(1, 12))
    with bureau.database.reading() as session:
        gone = {key for key, one in repository.questions_by_key(session).items() if one.retired}
        later = session.scalars(select(Round).where(Round.drawn_from == 2)).all()
        asked = {key for one in later for key in one.question_keys}
    assert len(later) == 11 and not asked & new and not asked & gone


def test_a_question_that_is_taken_in_again_does_not_come_back_to_a_running_campaign(bureau, held):
    begin(bureau, range(1))
    with bureau.database.transaction() as session:
        campaign = register.get_held(session, "demo")
        first = pool.now(session, campaign)
        session.get_one(Question, first[0].key).retired = True
    begin(bureau, range(1, 2))
    with bureau.database.transaction() as session:
        session.get_one(Question, first[0].key).retired = False
        assert first[0] not in pool.now(session, register.get_held(session, "demo"))


def test_a_paper_of_before_there_were_pools_is_not_called_the_same(bureau, held):
    begin(bureau, range(1))
    with bureau.database.transaction() as session:
        session.scalars(select(Round).where(Round.campaign_id == "demo")).one().drawn_from = None
    assert same(bureau, bureau.keyring) == [False]
