"""Papers drawn by a blueprint and a seed."""

from itertools import groupby

import pytest

from content import repository
from content.models import Question
from handlers.quiz import paper
from handlers.quiz.bank import lot
from handlers.quiz.campaign import Cell

BLUEPRINT = [
    Cell("constitution", 12, 2, kind="single", difficulty=1),
    Cell("constitution", 5, 4, kind="multiple"),
    Cell("constitution", 10, 2),
    Cell("labour", 8, 5),
]


def question(key: str, scenario: str | None = None) -> Question:
    return Question(key=key, subject="labour", kind="single", difficulty=1, scenario=scenario)


def test_a_paper_is_what_the_blueprint_says(bureau):
    with bureau.database.reading() as session:
        bank = {question.key: question for question in repository.questions(session)}
    items = paper.draw(bank.values(), BLUEPRINT, "seed")
    assert [item.points for item in items] == [2] * 12 + [4] * 5 + [2] * 10 + [5] * 8
    assert len({item.key for item in items}) == len(items)
    asked = [bank[item.key] for item in items]
    assert {(one.subject, one.kind, one.difficulty) for one in asked[:12]} == {("constitution", "single", 1)}
    assert {one.kind for one in asked[12:17]} == {"multiple"} and {one.subject for one in asked[27:]} == {"labour"}


def test_the_same_seed_gives_the_same_paper_in_whatever_order_the_bank_comes(bureau):
    with bureau.database.reading() as session:
        bank = repository.questions(session)
    assert paper.draw(bank, BLUEPRINT, "a") == paper.draw(bank[::-1], BLUEPRINT, "a")
    assert paper.draw(bank, BLUEPRINT, "a") != paper.draw(bank, BLUEPRINT, "b")


@pytest.mark.parametrize("seed", [str(number) for number in range(20)])
def test_questions_of_a_scenario_follow_one_another(seed):
    bank = [question(f"q{number}", f"s{number % 3}" if number % 2 else None) for number in range(24)]
    drawn = paper.draw(bank, [Cell("labour", 18, 5)], seed)
    scenarios = [next(one.scenario for one in bank if one.key == item.key) for item in drawn]
    told = [scenario for scenario, _ in groupby(scenarios) if scenario]
    assert len(told) == len(set(told))


def test_every_question_has_its_chance():
    bank = [question(f"q{number}") for number in range(10)]
    seen = [item.key for seed in range(400) for item in paper.draw(bank, [Cell("labour", 3, 1)], str(seed))]
    assert all(80 < seen.count(one.key) < 160 for one in bank)  # of 1,200; 120 each is fair


def test_a_bank_that_is_too_small_says_what_is_missing():
    with pytest.raises(paper.TooFew, match="“劳动和工伤”的容易的多选题只有 0 道，试卷要 2 道"):
        paper.draw([question("q1")], [Cell("labour", 2, 1, kind="multiple", difficulty=1)], "seed")


@pytest.mark.parametrize("seed", [str(number) for number in range(20)])
def test_cells_that_overlap_are_filled_by_every_seed_where_they_can_be_filled_at_all(seed):
    """The wide cell comes first: did it keep what it drew, the narrow ones would go without by most seeds."""
    bank = [Question(key=f"{kind}{number}", subject="labour", kind=kind, difficulty=number, scenario=None)
            for kind in ("single", "judge") for number in (1, 2)]  # fmt: skip
    narrow = Cell("labour", 1, 2, kind="single", difficulty=1), Cell("labour", 1, 3, difficulty=2)
    chain = [Cell("labour", 1, 1), Cell("labour", 1, 4, kind="single"), *narrow]
    drawn = paper.draw(bank, chain, seed)
    assert len({item.key for item in drawn}) == 4 and [item.points for item in drawn] == [1, 4, 2, 3]
    known = {question.key: question for question in bank}
    assert all(paper.fits(known[item.key], cell) for item, cell in zip(drawn, chain, strict=True))
    with pytest.raises(paper.TooFew):
        paper.draw(bank, [Cell("labour", 3, 1), *narrow], seed)


def test_where_each_cell_finds_enough_by_itself_nothing_is_exchanged():
    """Papers that were drawn before stay what they are: of each cell the first by the lot."""
    bank = [question(f"q{number}") for number in range(30)]
    first = sorted(bank, key=lambda one: lot("seed", one.key))
    drawn = paper.draw(bank, [Cell("labour", 5, 1), Cell("labour", 7, 2, kind="single")], "seed")
    assert [item.key for item in drawn] == [one.key for one in first[:12]]


def test_a_hard_paper_is_expected_to_bring_less():
    items = [paper.Item("easy", 10), paper.Item("hard", 10)]
    assert paper.expected_points(items, {"easy": 1, "hard": 3}) == pytest.approx(14.0)
