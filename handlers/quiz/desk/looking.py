"""A campaign before it is put on: what the bank has for each row of its paper, and how hard its papers will be."""

from collections.abc import Sequence
from dataclasses import dataclass

from content.models import Question
from handlers.quiz import paper
from handlers.quiz.campaign import Campaign, Cell
from handlers.quiz.paper import EXPECTED

SAMPLES = 24
"""Papers drawn to see how far they differ in difficulty."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a blueprint: what it wants and what the bank has."""

    cell: Cell
    there: int
    expected: float
    """Points that it brings on average, by the difficulty of what the bank has for it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What papers bring on average by the difficulty of their questions, before anybody has answered."""

    least: float
    mean: float
    most: float


def rows(bank: Sequence[Question], campaign: Campaign) -> list[Row]:
    return [_row(bank, cell) for cell in campaign.paper]


def _row(bank: Sequence[Question], cell: Cell) -> Row:
    fitting = [question for question in bank if paper.fits(question, cell)]
    shares = [EXPECTED[question.difficulty] for question in fitting]
    mean = sum(shares) / len(shares) if shares else 0.0
    return Row(cell, len(fitting), cell.count * cell.points * mean)


def expected(bank: Sequence[Question], campaign: Campaign) -> Expected:
    """Raises paper.TooFew."""
    difficulties = {question.key: question.difficulty for question in bank}
    papers = [paper.draw(bank, blueprint, str(number)) for number in range(SAMPLES) for blueprint in campaign.papers]
    found = sorted(paper.expected_points(drawn, difficulties) for drawn in papers)
    return Expected(found[0], sum(found) / len(found), found[-1])
