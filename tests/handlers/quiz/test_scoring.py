"""What an answer is worth."""

from fractions import Fraction

import pytest

from handlers.quiz.campaign import Multiple
from handlers.quiz.scoring import points_of


@pytest.mark.parametrize(
    ("given", "right", "by_all", "by_half"),
    [
        ("B", "B", 3, 3),
        ("A", "B", 0, 0),
        ("", "B", 0, 0),
        ("ACD", "ACD", 3, 3),
        ("DCA", "ACD", 3, 3),
        ("AC", "ACD", 0, Fraction(3, 2)),
        ("ABC", "ACD", 0, 0),
        ("ABCD", "ACD", 0, 0),
        ("", "ACD", 0, 0),
    ],
)
def test_an_answer_is_marked_by_the_rule_on_the_paper(given, right, by_all, by_half):
    assert points_of(given, right, 3, Multiple.ALL) == by_all
    assert points_of(given, right, 3, Multiple.HALF) == by_half
