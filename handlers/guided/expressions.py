"""What a sentence means, whatever words of the options it has in it: expressions that read as one of them, those that
may mean several, and papers that have not come yet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from content.phrases import say
from handlers.guided import naming, papers
from handlers.guided.questions import NONE_OF_THEM, Question

DENIAL = 12
"""Characters: who denies an option in so few words answers the question, and tells of nothing else."""


@dataclass(frozen=True, slots=True)
class Read:
    """An answer, or why it will not do. Neither: it is no answer."""

    value: Any = None
    problem: str = ""


NO_ANSWER = Read()


def in_other_words(question: Question, words: str) -> Read | None:
    """What reads as an expression of an option, or as one that may mean several; and a paper that has not come."""
    if found := either(question, words):
        return found
    if question.has_papers and papers.has_not_come(words) and (found := _waits(question, words)):
        return found
    values = formed(question, words)
    return (Read(values[0]) if len(values) == 1 else which(question, values)) if values else None


def either(question: Question, words: str, *, whole: bool = False) -> Read | None:
    """What is asked again. `whole`: only what is looked for in what is said of others, too."""
    for one in question.either:
        if one.whole >= whole and form(one.forms).search(words):
            return which(question, one.of) if one.of else unfit(question)
    return None


def _waits(question: Question, words: str) -> Read | None:
    """Of a paper that has not come: who waits for it; where another has, it is asked which."""
    names = naming.names(question)
    is_of_paper = any(term in words and option.comes for term, option in names.items())
    if not is_of_paper and (naming.mentioned(question, words)[0] or len(words) > DENIAL):
        return None
    if papers.has_come(words):
        return unfit(question)
    waits = next((option.value for option in question.options if option.awaits), "")
    return Read(waits) if waits and (is_of_paper or waits == NONE_OF_THEM or papers.is_pending(words)) else None


def formed(question: Question, words: str) -> list[str]:
    """The values of which an expression is in it."""
    is_out = question.has_papers and papers.has_not_come(words)
    options = (one for one in question.options if one.forms and not (is_out and one.comes))
    return [one.value for one in options if form(one.forms).search(words)]


@cache
def form(forms: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(forms))


def which(question: Question, values: Sequence[str]) -> Read:
    return Read(problem=say("guided_which_of", labels="”“".join(map(question.label_of, values))))


def unfit(question: Question) -> Read:
    return Read(problem=say("guided_unfit", explain=question.explain))
