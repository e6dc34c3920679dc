"""Who has won, moves up, or has other points by a mending is told in the chat without asking, once, and nothing that is
owed to him says which place in the draw is his.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from content.store import clock
from handlers import citizens, owing
from handlers.owing import Owed
from handlers.quiz import telling
from handlers.quiz.mending.models import Mending
from handlers.quiz.models import Participant
from handlers.quiz.prizes import claims, line
from handlers.quiz.prizes.models import Winner
from scheduler.jobs import JOBS, Parts
from tests.handlers.quiz.prizes.makers_of_prizes import DRAWN, drawn, held_in

FIRST, FOURTH = "o-first", "o-fourth"


@pytest.fixture
def winners(database, keyring) -> None:
    """The first and the fourth of the order are in the chat, the others are not; three prizes."""
    held_in(database, keyring)
    drawn(database, keyring)
    with database.transaction() as session, clock.fixed_at(DRAWN):
        for openid, place in ((FIRST, 1), (FOURTH, 4), ("o-stranger", 0)):
            citizens.get_or_add_citizen_id(session, keyring, openid)
            if place:
                code = session.get_one(Winner, ("demo", place)).code
                his = update(Participant).where(Participant.code == code)
                session.execute(his.values(name=citizens.participant_of(keyring, openid, "demo")))


def run(database, keyring) -> None:
    [job] = [job for job in JOBS if job.name == "tell_participants"]
    job.run(Parts(database, None, keyring=keyring))


def owed(database, keyring) -> dict[str, list[str]]:
    with database.reading() as session:
        rows = session.execute(
            select(Owed, citizens.Citizen).join(citizens.Citizen, Owed.citizen_id == citizens.Citizen.id)
        )
        told: dict[str, list[str]] = {}
        for row, citizen in rows.all():
            told.setdefault(keyring.decrypt("openid", citizen.openid_encrypted), []).append(owing.opened(row, keyring))
        return told


def test_a_winner_is_told_once_what_until_when_and_how_to_see_his_code(database, keyring, winners):
    with clock.fixed_at(DRAWN):
        for _ in range(2):
            run(database, keyring)
    [(openid, [text])] = owed(database, keyring).items()
    assert openid == FIRST
    assert all(part in text for part in ("一等奖", "“我的奖品”", "1月5日", "演示竞答"))
    with database.reading() as session:
        [row] = session.scalars(select(Owed))
        code = claims.claim_code_of(keyring, session.get_one(Winner, ("demo", 1)))
    assert code not in text and "一等奖" not in row.text and "demo" not in row.key


def test_who_moves_up_is_told_and_nobody_whose_time_is_over(database, keyring, winners):
    with clock.fixed_at(DRAWN + timedelta(days=31)):
        run(database, keyring)  # no scheduler ran for a month: the first one's time is over
        assert owed(database, keyring) == {}
        with database.transaction() as session:
            line.move_on(session, "demo")
        run(database, keyring)
    [(openid, [text])] = owed(database, keyring).items()
    assert openid == FOURTH and "递补到您" in text and "一等奖" in text


def test_whose_points_a_mending_changed_is_told_once(database, keyring, winners):
    names = [citizens.participant_of(keyring, FIRST, "demo"), "somebody who left"]
    with database.transaction() as session, clock.fixed_at(DRAWN):
        session.execute(update(Winner).values(told_at=clock.now()))
        session.add(
            Mending(
                campaign_id="demo", question_key="q", kind="void", accepted="", original="A", reason="演示原因",
                state="done", proposed_by="jia", proposed_at=DRAWN, decided_by="yi", decided_at=DRAWN, figures={},
                untold=names,
            )
        )  # fmt: skip
    with clock.fixed_at(DRAWN):
        assert [telling.tell(database, keyring), telling.tell(database, keyring)] == [1, 0]
    [(openid, [text])] = owed(database, keyring).items()
    assert openid == FIRST and "“我的成绩”" in text and "演示原因" not in text
    with database.reading() as session:
        assert session.scalars(select(Mending)).one().untold == []
