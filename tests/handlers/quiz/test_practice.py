"""Practice for anybody: drawn by a seed, never what was retired, and an answer that is none ends what was answered."""

from content.models import Question
from handlers.quiz import practice


def question(key: str, subject: str = "labour", retired: bool = False) -> Question:
    return Question(
        key=key, subject=subject, kind="multiple", text=key, options=["甲", "乙", "丙"], answer="AC", explanation="",
        basis=[], difficulty=1, scenario=None, scenario_text=None, retired=retired,
    )  # fmt: skip


BANK = [question(f"q{number}") for number in range(20)] + [
    question(f"c{number}", "constitution") for number in range(4)
]


def keys(found: list[Question]) -> list[str]:
    return [one.key for one in found]


def test_the_same_seed_draws_the_same_five_and_another_seed_others():
    first = keys(practice.draw(BANK, "labour", "a"))

    assert first == keys(practice.draw(reversed(BANK), "labour", "a"))
    assert first != keys(practice.draw(BANK, "labour", "b"))
    assert len(set(first)) == 5


def test_a_question_that_was_retired_is_not_asked():
    bank = [question(f"q{number}", retired=number > 2) for number in range(20)]

    assert sorted(keys(practice.draw(bank, "", "a"))) == ["q0", "q1", "q2"]


def test_a_subject_with_few_questions_is_not_offered():
    assert practice.subjects(BANK) == ["labour"]


def test_answers_count_up_to_the_first_that_is_none():
    drawn = practice.draw(BANK, "labour", "a")

    turns = practice.turns(drawn, ["CA", "B", "H", "A"])

    assert [(turn.letters, turn.is_right) for turn in turns] == [("AC", True), ("B", False)]
    assert len(practice.turns(drawn, ["A"] * 50)) == 5
    assert practice.turns(drawn, [""]) == []
