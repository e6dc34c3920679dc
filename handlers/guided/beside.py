"""A text question takes whatever is written, but not what clearly is none of its answer: a question, a topic's name, or
a refusal. Where the answer may itself be worded as a question, only what is clearly another matter is one.
"""

import re
from enum import StrEnum

from handlers.guided import replies
from handlers.guided.questions import Question
from handlers.guided.reading import is_asking, plain

_WHERE = re.compile("[在去找]哪")
LONGEST_ASIDE = 24
"""Characters: whoever writes more than a question writes what he wants."""


class Beside(StrEnum):
    NOTHING = "nothing"
    """It is the answer."""
    OTHER = "other"
    """It means something outside of the talk."""
    EXPLAIN = "explain"
    """He asks what this is for, or will not say it."""


def beside(question: Question, text: str, is_exact: bool, is_clear: bool, is_aside: bool) -> Beside:
    """`is_exact`: a topic's name and nothing else. `is_clear`: well understood. `is_aside`: a question understood."""
    words = plain(text)
    if _is_refusal(question, words):
        return Beside.EXPLAIN
    if is_exact:
        return Beside.OTHER
    if question.holds:
        is_other = is_clear and len(words) <= LONGEST_ASIDE and not any(one in words for one in question.holds)
        return Beside.OTHER if is_other else Beside.NOTHING
    if not (is_asking(text) or _WHERE.search(words)):
        return Beside.NOTHING
    is_of_this = any(name in words for name in question.known_as)
    return Beside.OTHER if is_aside and not is_of_this else Beside.EXPLAIN


def _is_refusal(question: Question, words: str) -> bool:
    if words in question.unwilling:
        return True
    return any(replies.says(words, what) for what in ("none", "no", "yes", "unsure"))
