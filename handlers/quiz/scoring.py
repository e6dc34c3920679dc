"""What an answer is worth, by the rule that is printed on the paper. Half points are points: nothing is rounded."""

from fractions import Fraction

from handlers.quiz.campaign import Multiple


def points_of(given: str, right: str, points: int, rule: Multiple) -> Fraction:
    """`given` and `right`: letters of options. Nothing for no answer or any wrong option."""
    if set(given) == set(right):
        return Fraction(points)
    is_part = bool(given) and set(given) < set(right)
    return Fraction(points, 2) if is_part and rule is Multiple.HALF else Fraction(0)
