"""Practice for anybody, follower or not: some questions drawn by a seed that stands in the page's address. Nothing is
kept, nothing can be won; today's questions are the same for everybody.
"""

from collections.abc import Container, Iterable, Mapping
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


def draw(bank: Iterable[Question], subject: str, seed: str, without: Container[str] = ()) -> list[Question]:
    """`subject`: empty for all of them; `without`: what is not to be asked, others take its place. Fewer where there
    are not enough, none for a subject that does not exist.
    """
    fitting = [one for one in bank if not one.retired and subject in ("", one.subject) and one.key not in without]
    return sorted(fitting, key=lambda question: lot(f"practice:{subject}:{seed}", question.key))[:QUESTIONS]


def todays_seed() -> str:
    return clock.today().isoformat()


def subjects(bank: Iterable[Question], kept_back: Container[str] = ()) -> list[str]:
    """That have enough questions to practise now, those with most first."""
    counts: dict[str, int] = {}
    for question in bank:
        if not question.retired and question.key not in kept_back:
            counts[question.subject] = counts.get(question.subject, 0) + 1
    return sorted((name for name in counts if counts[name] >= QUESTIONS), key=lambda name: (-counts[name], name))


def turns(bank: Mapping[str, Question], given: Iterable[tuple[str, str]], kept_back: Container[str] = ()) -> list[Turn]:
    """`given`: keys and letters. Without what is no answer, what comes twice, and what is kept back by now: somebody is
    answering it on a paper, and no answer to it is told.
    """
    found: dict[str, Turn] = {}
    for key, letters in given:
        question = bank.get(key)
        if question is not None and key not in kept_back and letters and set(letters) <= set(letters_of(question)):
            found.setdefault(key, Turn(question, "".join(sorted(set(letters)))))
    return list(found.values())[:QUESTIONS]
