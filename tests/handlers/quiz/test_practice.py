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


def test_what_is_kept_back_gives_its_place_to_another():
    all_of_them = keys(practice.draw(BANK, "labour", "a"))
    others = keys(practice.draw(BANK, "labour", "a", set(all_of_them[:2])))

    assert others[:3] == all_of_them[2:] and len(set(others)) == 5
    assert practice.draw(BANK, "labour", "a", {one.key for one in BANK}) == []


def test_a_subject_with_few_questions_is_not_offered():
    assert practice.subjects(BANK) == ["labour"]
    assert practice.subjects(BANK, {f"q{number}" for number in range(16)}) == []


def test_what_is_no_answer_comes_twice_or_is_kept_back_is_left_out():
    bank = {one.key: one for one in BANK}

    turns = practice.turns(
        bank, [("q0", "CA"), ("q1", "H"), ("q2", "B"), ("q0", "B"), ("none", "A"), ("q3", "")], {"q9"}
    )

    assert [(turn.question.key, turn.letters, turn.is_right) for turn in turns] == [
        ("q0", "AC", True),
        ("q2", "B", False),
    ]
    assert practice.turns(bank, [("q9", "A")], {"q9"}) == []
    assert len(practice.turns(bank, [(f"q{number}", "A") for number in range(20)])) == 5
