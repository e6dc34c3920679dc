"""Practice for anybody, follower or not: some questions drawn by a seed that stands in the page's address. Nothing is
kept, nothing can be won; today's questions are the same for everybody.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from content.models import Question
from content.store import clock
from handlers.quiz.bank import lot
from handlers.quiz.letters import letters_of

QUESTIONS = 5


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that has been answered."""

    question: Question
    letters: str

    @property
    def is_right(self) -> bool:
        return self.letters == self.question.answer


def draw(bank: Iterable[Question], subject: str, seed: str) -> list[Question]:
    """`subject`: empty for all of them. Fewer where there are not enough, none for a subject that does not exist."""
    fitting = [question for question in bank if not question.retired and subject in ("", question.subject)]
    return sorted(fitting, key=lambda question: lot(f"practice:{subject}:{seed}", question.key))[:QUESTIONS]


def count(bank: Iterable[Question], subject: str, kept_back: Container[str]) -> int:
    """How many may be practised."""
    fitting = (one for one in bank if not one.retired and subject in ("", one.subject))
    return sum(one.key not in kept_back for one in fitting)


def todays_seed() -> str:
    return clock.today().isoformat()


def subjects(bank: Iterable[Question]) -> list[str]:
    """That have enough questions to practise, those with most first."""
    counts: dict[str, int] = {}
    for question in bank:
        if not question.retired:
            counts[question.subject] = counts.get(question.subject, 0) + 1
    return sorted((name for name in counts if counts[name] >= QUESTIONS), key=lambda name: (-counts[name], name))


def turns(drawn: Sequence[Question], given: Sequence[str]) -> list[Turn]:
    """What has been answered, up to the first answer that is none."""
    found: list[Turn] = []
    for question, letters in zip(drawn, given, strict=False):
        if not letters or not set(letters) <= set(letters_of(question)):
            break
        found.append(Turn(question, "".join(sorted(set(letters)))))
    return found
