"""Drawing questions."""

import hashlib

import pytest
from conftest import ROOT
from sqlalchemy import update

from content import repository
from content.importers.questions import read_questions
from content.models import Question
from handlers.quiz import bank

BANK = {question.key: question for question in read_questions(ROOT / "content/library/quiz/constitution.toml")}


def test_the_same_seed_draws_the_same_questions_in_the_same_order(bureau):
    with bureau.database.reading() as session:
        first, second = (bank.draw(session, "constitution", "a seed", 5) for _ in range(2))
    assert first == second and len(set(first)) == 5


def test_the_draw_can_be_checked_by_anybody_who_knows_seed_and_bank(bureau):
    with bureau.database.reading() as session:
        drawn = bank.draw(session, "constitution", "public seed", 5)
    assert drawn == sorted(BANK, key=lambda key: hashlib.sha256(f"public seed:{key}".encode()).hexdigest())[:5]


def test_other_seeds_draw_other_questions_and_reach_the_whole_bank(bureau):
    with bureau.database.reading() as session:
        rounds = [tuple(bank.draw(session, "constitution", str(seed), 20)) for seed in range(100)]
    assert len(set(rounds)) == 100 and {key for drawn in rounds for key in drawn} == set(BANK)


def test_a_retired_question_is_not_drawn_and_can_still_be_shown(bureau):
    with bureau.database.reading() as session:
        session.execute(update(Question).where(Question.key == "const-001").values(retired=True))
        assert "const-001" not in bank.draw(session, "constitution", "seed", len(BANK) - 1)
        assert bank.get_question(session, "const-001").retired


def test_a_bank_too_small_for_a_round_says_so(bureau):
    with bureau.database.reading() as session, pytest.raises(bank.BankEmpty):
        bank.draw(session, "constitution", "seed", len(BANK) + 1)


def test_a_question_nobody_ever_wrote_is_an_error(bureau):
    with bureau.database.reading() as session, pytest.raises(LookupError):
        bank.get_question(session, "no-such-key")


def test_a_round_on_the_constitution_asks_nothing_of_other_subjects(bureau):
    with bureau.database.reading() as session:
        others = Question(
            key="labour-x", subject="labour", kind="judge", text="?", options=["对", "错"], answer="A", explanation="",
            basis=["《劳动法》第一条"], difficulty=1, retired=False,
        )  # fmt: skip
        session.add(others)
        session.flush()
        assert set(bank.draw(session, "constitution", "seed", len(BANK))) == set(BANK)
        assert "labour-x" in bank.draw(session, "labour", "seed", len(repository.questions(session, "labour")))


def test_where_too_few_are_left_to_practise_other_subjects_fill_the_round_and_nothing_kept_back_is_asked(bureau):
    kept = set(sorted(BANK)[3:])
    with bureau.database.reading() as session:
        drawn = bank.draw(session, "constitution", "seed", 5, kept_back=kept)
        assert len(drawn) == 5 and not kept & set(drawn) and set(drawn[:3]) == set(BANK) - kept
        everything = {question.key for question in repository.questions(session)}
        with pytest.raises(bank.BankEmpty):
            bank.draw(session, "constitution", "seed", 5, kept_back=everything - set(drawn[:4]))
