"""A paper that its owner has not handed in: on which word it is, and what is said while that is missing. An answer of
the page may be changed as long as the paper is open, so nothing but that word ends it.
"""

import re
from collections.abc import Sequence

from content.phrases import say
from handlers import answers
from handlers.message import Reply
from handlers.quiz.play import Standing

_WISH = re.compile("(我(想|要))?(现在|直接|马上)?(交卷|提交试卷|交试卷|交了|答完|做完|写完)(了|吧|啊|呀)*[。.!！]?")


def wishes(text: str) -> bool:
    return bool(_WISH.fullmatch(text.strip()))


def insists(text: str) -> bool:
    """Whether he hands in although questions are open."""
    return text.strip().rstrip("。.!！") == say("quiz_hand_in_anyway")


def all_answered(before: str, ways: Sequence[str]) -> Reply:
    """`ways`: to the page, where answers are looked through and changed."""
    return answers.choices(f"{before}\n\n{say('quiz_all_answered')}".strip(), (say("quiz_hand_in_paper"),), ways)


def asked_again(standing: Standing, answered: int) -> Reply:
    """Before a paper with open questions is handed in."""
    told = say("quiz_hand_in_early", left=standing.total - answered, total=standing.total)
    return answers.choices(told, (say("quiz_hand_in_anyway"), say("quiz_go_on")))
