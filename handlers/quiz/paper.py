"""A paper drawn from the bank by a blueprint and a seed: the same bank, blueprint and seed give the same paper, so that
any paper can be rebuilt and looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content.models import Question
from content.phrases import say
from handlers.quiz.bank import lot
from handlers.quiz.campaign import Cell

EXPECTED = {1: 0.9, 2: 0.7, 3: 0.5}
"""The share that answers a question of each difficulty rightly, before anybody has: shown beside the true average."""


class TooFew(Exception):
    """The bank has not enough questions for the blueprint; the message says of which sort."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question's place on a paper."""

    key: str
    points: int


def draw(bank: Iterable[Question], blueprint: Sequence[Cell], seed: str) -> list[Item]:
    """The questions of each cell in the blueprint's order, those of a scenario one behind the other. A question stands
    on a paper once, whichever cells it would fit. Raises TooFew.
    """
    shuffled = sorted(bank, key=lambda question: lot(seed, question.key))
    taken: set[str] = set()
    paper: list[Item] = []
    for cell in blueprint:
        fitting = [question for question in shuffled if question.key not in taken and fits(question, cell)]
        if len(fitting) < cell.count:
            raise TooFew(_told(cell, len(fitting)))
        chosen = sorted(fitting[: cell.count], key=lambda question: lot(seed, question.scenario or question.key))
        taken |= {question.key for question in chosen}
        paper += [Item(question.key, cell.points) for question in chosen]
    return paper


def expected_points(paper: Sequence[Item], difficulties: dict[str, int]) -> float:
    """What this paper would bring on average; `difficulties`: key → 1 to 3."""
    return sum(item.points * EXPECTED[difficulties[item.key]] for item in paper)


def fits(question: Question, cell: Cell) -> bool:
    return (
        question.subject == cell.subject
        and cell.kind in ("", question.kind)
        and cell.difficulty in (0, question.difficulty)
    )


def meet(one: Cell, other: Cell) -> bool:
    """Whether a question may fit both."""
    kinds, difficulties = {one.kind, other.kind} - {""}, {one.difficulty, other.difficulty} - {0}
    return one.subject == other.subject and len(kinds) <= 1 and len(difficulties) <= 1


def _told(cell: Cell, there: int) -> str:
    difficulty = say(f"quiz_difficulty_{cell.difficulty}") if cell.difficulty else ""
    sort = f"{difficulty}{say(f'quiz_kind_{cell.kind}') if cell.kind else say('quiz_kind_any')}"
    return say("paper_too_few", subject=cell.subject, sort=sort, wanted=cell.count, there=there)
