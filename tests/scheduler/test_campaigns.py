"""What happens to prizes without anybody's doing, also where no scheduler ran for weeks."""

from datetime import timedelta

from content.store import clock
from handlers.quiz.prizes import entries
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


def test_without_prizes_or_campaigns_there_is_nothing_to_do(database):
    look_after_prizes(database)
