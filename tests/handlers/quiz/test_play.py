"""The rules of a round."""

import secrets

import pytest
from sqlalchemy import func, select

from handlers.quiz import play
from handlers.quiz.models import GivenAnswer, Round


@pytest.fixture
def session(bureau):
    """A transaction that nobody keeps."""
    with bureau.database.reading() as opened:
        yield opened


def a_round(session) -> Round:
    return play.begin(session, secrets.token_hex(16), seed=secrets.token_hex(8))


def test_a_round_begins_at_the_first_of_five_questions(session):
    played = a_round(session)
    assert play.standing(played) == play.Standing(place=1, total=5, right=0)
    assert play.open_question(session, played).key == played.question_keys[0]


def test_the_same_seed_gives_the_same_round(session):
    played = play.begin(session, "somebody", seed="seed")
    keys, identity = played.question_keys, played.id
    session.rollback()
    again = play.begin(session, "somebody", seed="seed")
    assert (again.id, again.question_keys) == (identity, keys)


def test_five_answers_end_a_round_with_what_was_right(session):
    played = a_round(session)
    for place in range(1, 6):
        assert not play.standing(played).is_over and played.finished_at is None
        right = play.open_question(session, played).answer
        verdict = play.answer(session, played, right if place != 3 else "H")
        assert verdict.is_right is (place != 3)
    assert play.standing(played).is_over and play.standing(played).right == 4
    assert played.finished_at is not None


def test_a_sixth_answer_is_refused(session):
    played = a_round(session)
    for _ in range(5):
        play.answer(session, played, "A")
    with pytest.raises(play.Closed):
        play.answer(session, played, "A")


@pytest.mark.parametrize(("letters", "is_right"), [("ABC", True), ("AB", False), ("ABCD", False), ("A", False)])
def test_a_multiple_choice_is_right_with_exactly_the_right_letters(session, letters, is_right):
    played = a_round(session)
    question = play.open_question(session, played)
    question.kind, question.answer = "multiple", "ABC"
    assert play.answer(session, played, letters).is_right is is_right


def test_forgetting_a_citizen_removes_his_rounds_and_answers_and_nobody_elses(session):
    his, hers = a_round(session), a_round(session)
    for played in (his, hers):
        play.answer(session, played, "A")
    play.forget(session, his.citizen_id)
    rounds = select(func.count()).select_from(Round)
    given = select(func.count()).select_from(GivenAnswer)
    assert session.scalar(rounds.where(Round.citizen_id == his.citizen_id)) == 0
    assert session.scalar(given.where(GivenAnswer.round_id == his.id)) == 0
    assert session.scalar(given.where(GivenAnswer.round_id == hers.id)) == 1
