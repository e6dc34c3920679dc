"""Answers taken by the driver keep the rules of all others: once, in time, the last tap counts until the hand-in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from content.store import clock
from handlers.quiz import play, register, taking
from handlers.quiz.models import Round
from handlers.quiz.taking import State
from tests.handlers.quiz.campaigns import WRITTEN

OPEN = datetime(2026, 12, 2, tzinfo=UTC)


@pytest.fixture
def paper(bureau, somebody):
    """A paper that has just been begun, of a campaign of its own; it is kept."""
    name = somebody.openid[:20].lower()
    with clock.fixed_at(OPEN):
        with bureau.database.transaction() as session:
            held = register.HeldCampaign(
                id=name, title="演示", rules=WRITTEN, opens_at=OPEN, closes_at=OPEN + timedelta(hours=1),
                commitment="", secret="", created_by="", created_at=OPEN,
            )  # fmt: skip
            session.add(held)
            session.flush()
            begun = play.begin_paper(session, held, somebody.openid, seed=somebody.openid)
        yield begun


def save(bureau, paper, place: int, letters: str, seq: int) -> taking.Saved:
    return taking.save(bureau.database, bureau.questions, paper.id, paper.citizen_id, place, letters, seq)


def right(bureau, paper, place: int) -> str:
    return bureau.questions[paper.question_keys[place - 1]].answer


def test_the_last_tap_counts_and_one_that_arrives_late_does_not(bureau, paper):
    assert save(bureau, paper, 1, "B", 5).state is State.SAVED
    late = save(bureau, paper, 1, "A", 4)
    assert (late.state, late.letters, late.seq) == (State.OLDER, "B", 5)
    assert save(bureau, paper, 1, "B", 5).state is State.OLDER  # the same tap once more
    assert save(bureau, paper, 1, "", 6).state is State.SAVED
    assert taking.find_sheet(bureau.database, paper.id).standing.place == 1


def test_points_are_those_of_the_rules_and_of_no_other_place(bureau, paper):
    for place in (1, 2, 14):
        save(bureau, paper, place, right(bureau, paper, place), place)
    standing = taking.find_sheet(bureau.database, paper.id).standing
    assert standing.half_points == 2 * (4 + 4 + 15) and standing.right == 3
    with bureau.database.transaction() as session:
        played = play.find_round(session, paper.id)
        assert play.standing(played) == standing
        play.hand_in(session, played)
        assert played.half_points == standing.half_points


def test_nothing_is_taken_after_the_hand_in_or_when_the_time_is_up(bureau, paper):
    with clock.fixed_at(paper.deadline_at - timedelta(seconds=1)):
        assert save(bureau, paper, 1, "A", 1).state is State.SAVED
    with clock.fixed_at(paper.deadline_at):
        late = save(bureau, paper, 1, "B", 2)
        assert (late.state, late.letters) == (State.OVER, "A")
    with bureau.database.transaction() as session:
        play.hand_in(session, play.find_round(session, paper.id))
    assert save(bureau, paper, 2, "A", 3).state is State.OVER


def test_what_was_told_in_the_chat_is_not_changed_on_a_page(bureau, paper):
    sheet = taking.find_sheet(bureau.database, paper.id)
    question = bureau.questions[paper.question_keys[0]]
    assert taking.take(bureau.database, sheet, 1, question, "A", "message")
    assert not taking.take(bureau.database, sheet, 1, question, "B", "another")
    kept = save(bureau, paper, 1, "B", 9)
    assert (kept.state, kept.letters) == (State.FINAL, "A")


def test_a_choice_on_the_page_is_settled_in_the_chat(bureau, paper):
    save(bureau, paper, 1, "A", 7)
    sheet = taking.find_sheet(bureau.database, paper.id)
    assert taking.take(bureau.database, sheet, 1, bureau.questions[paper.question_keys[0]], "B", "message")
    assert taking.find_sheet(bureau.database, paper.id).given[1].letters == "B"


@pytest.mark.parametrize(("place", "participant"), [(0, None), (15, None), (1, "somebody else")])
def test_a_place_that_is_not_his_is_not_found(bureau, paper, place, participant):
    with pytest.raises(LookupError):
        taking.save(bureau.database, bureau.questions, paper.id, participant or paper.citizen_id, place, "A", 1)


def test_a_hundred_answers_and_a_hand_in_at_once_lose_nothing_that_was_acknowledged(bureau, paper):
    def hand_in(_: int) -> None:
        with bureau.database.transaction() as session:
            play.hand_in(session, play.find_round(session, paper.id))

    def act(number: int) -> taking.Saved | None:
        if number == 60:
            return hand_in(number)
        return save(bureau, paper, number % 14 + 1, right(bureau, paper, number % 14 + 1), number + 1)

    with ThreadPoolExecutor(6) as threads:
        saved = [one for one in threads.map(act, range(100)) if one and one.state is State.SAVED]
    sheet = taking.find_sheet(bureau.database, paper.id)
    with bureau.database.reading() as session:
        played = session.get(Round, paper.id)
    assert played.half_points == sheet.standing.half_points == sum(given.half_points for given in sheet.given.values())
    assert max(given.seq for given in sheet.given.values()) == max(one.seq for one in saved)
