"""A text question takes whatever is written, but not what clearly is none of its answer: a question, a topic's name, or
a refusal. Where the answer may itself be worded as a question, only what is clearly another matter is one.
"""

import re
from enum import StrEnum

from handlers.guided import replies
from handlers.guided.questions import Question
from handlers.guided.reading import is_asking, plain

_WHERE = re.compile("[在去找]哪")
_SHOW_ME = re.compile(
    r"[我俺]?(?:就|只)?(?:想|要|想要)(?:看|查|看看|查看|查阅|复印|复制|公开|知道|了解|申请公开).{2,}的"
)
"""Who wants to see what there is about a matter: no other words end so."""
_PAPER = re.compile(r".{2,}(?:[书表册单账]|名册|台账|档案|案卷|卷宗|简历)")
"""A paper is named, and nothing is told or asked of it."""
_TELLS = re.compile("[不没被写办]|[开打给欠]|怎|咋")
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
        is_short = is_clear and len(words) <= LONGEST_ASIDE
        return Beside.OTHER if is_short and not _is_held(question, text, words) else Beside.NOTHING
    if not (is_asking(text) or _WHERE.search(words)):
        return Beside.NOTHING
    is_of_this = any(name in words for name in question.known_as)
    return Beside.OTHER if is_aside and not is_of_this else Beside.EXPLAIN


def _is_held(question: Question, text: str, words: str) -> bool:
    """Whether a few words, though they sound like another matter, name what is asked for here."""
    if any(one in words for one in question.holds) or _SHOW_ME.fullmatch(words):
        return True
    return bool(_PAPER.fullmatch(words)) and not (is_asking(text) or _TELLS.search(words))


def _is_refusal(question: Question, words: str) -> bool:
    if words in question.unwilling:
        return True
    return any(replies.says(words, what) for what in ("none", "no", "yes", "unsure"))
