"""A paper drawn from the bank by a blueprint and a seed: the same bank, blueprint and seed give the same paper, so that
any paper can be rebuilt and looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content.models import Question
from content.phrases import say
from content.questions import words
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


@dataclass(frozen=True, slots=True)
class Pooled:
    """What a drawing needs to know of a question."""

    key: str
    subject: str
    kind: str
    difficulty: int
    scenario: str | None


def draw(bank: Iterable[Question | Pooled], blueprint: Sequence[Cell], seed: str) -> list[Item]:
    """The questions of each cell in the blueprint's order, those of a scenario one behind the other. A question stands
    on a paper once, whichever cells it would fit. Raises TooFew where the bank cannot fill the cells by any choice, so
    with one seed as with every other.
    """
    shuffled = sorted(bank, key=lambda question: lot(seed, question.key))
    fitting = [[question for question in shuffled if fits(question, cell)] for cell in blueprint]
    taken: dict[str, int] = {}
    for place, cell in enumerate(blueprint):
        free = [question.key for question in fitting[place] if question.key not in taken][: cell.count]
        taken |= dict.fromkeys(free, place)
        for there in range(len(free), cell.count):
            if not _give_one_more(place, fitting, taken, {place}):
                raise TooFew(_told(cell, there))
    paper: list[Item] = []
    for place, cell in enumerate(blueprint):
        chosen = [question for question in fitting[place] if taken.get(question.key) == place]
        chosen.sort(key=lambda question: lot(seed, question.scenario or question.key))
        paper += [Item(question.key, cell.points) for question in chosen]
    return paper


def _give_one_more(
    place: int, fitting: Sequence[Sequence[Question | Pooled]], taken: dict[str, int], tried: set[int]
) -> bool:
    """One question more for this cell: a free one, else that of an earlier cell which can do with another. `taken`: key
    → cell; `tried`: cells that are asked already. False where no exchange whatever brings one.
    """
    free = next((question.key for question in fitting[place] if question.key not in taken), None)
    if free is not None:
        taken[free] = place
        return True
    for question in fitting[place]:
        other = taken[question.key]
        if other not in tried:
            tried.add(other)
            if _give_one_more(other, fitting, taken, tried):
                taken[question.key] = place
                return True
    return False


def expected_points(paper: Sequence[Item], difficulties: dict[str, int]) -> float:
    """What this paper would bring on average; `difficulties`: key → 1 to 3."""
    return sum(item.points * EXPECTED[difficulties[item.key]] for item in paper)


def fits(question: Question | Pooled, cell: Cell) -> bool:
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
    return say("paper_too_few", subject=words.subject_name(cell.subject), sort=sort, wanted=cell.count, there=there)
