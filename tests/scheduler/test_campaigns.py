"""What happens to prizes without anybody's doing, also where no scheduler ran for weeks."""

from datetime import timedelta

from content.store import clock
from handlers.quiz import register
from handlers.quiz.prizes import claims, entries
from handlers.quiz.prizes.models import Winner
from scheduler.campaigns import look_after_prizes
from scheduler.jobs import JOBS, Missed, Parts
from tests.handlers.quiz.prizes.makers_of_prizes import DRAWN, OVER, drawn, held_in


def test_the_list_is_fixed_right_behind_the_close_and_a_prize_that_nobody_claimed_moves_on(database, keyring):
    [job] = [job for job in JOBS if job.name == "prizes"]
    assert job.missed is Missed.ONCE

    def run(at) -> None:
        with clock.fixed_at(at):
            job.run(Parts(database, None))

    def fixed_by() -> str | None:
        with database.reading() as session:
            found = entries.find_list(session, "demo")
            return found and found.fixed_by

    held_in(database, keyring)
    run(OVER - timedelta(seconds=1))
    assert fixed_by() is None
    run(OVER)
    assert fixed_by() == ""
    drawn(database, keyring)
    run(DRAWN + timedelta(days=100))
    run(DRAWN + timedelta(days=100, seconds=30))
    with database.reading() as session:
        states = [session.get_one(Winner, ("demo", place)).state for place in range(1, 8)]
    assert states == ["expired"] * 3 + ["offered"] * 3 + ["waiting"]


def test_the_purge_takes_names_and_telephones_whose_time_is_over(database, keyring):
    held_in(database, keyring)
    drawn(database, keyring)
    with clock.fixed_at(DRAWN), database.transaction() as session:
        held = register.get_held(session, "demo")
        code = claims.claim_code_of(keyring, claims.get_winner(session, held, 1))
        taker = claims.Taker(code, "演示", "13800000000", is_once=True)
        claims.hand_over(session, keyring, held, 1, taker, "jia")
    [purge] = [job for job in JOBS if job.name == "purge"]
    kept = []
    for days in (180, 181):
        with clock.fixed_at(DRAWN + timedelta(days=days)):
            purge.run(Parts(database, None))
        with database.reading() as session:
            kept.append(bool(session.get_one(Winner, ("demo", 1)).name_encrypted))
    assert kept == [True, False]


def test_without_prizes_or_campaigns_there_is_nothing_to_do(database):
    look_after_prizes(database)
