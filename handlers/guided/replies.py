"""Short replies that people give to whatever is asked: no, none of it, yes, I don't know. The words are data, without
signs; what is none of them may still be an answer (reading.py).
"""

import re
from functools import cache

from content.phrases import say

_BEFORE = re.compile(rf"^(?:{'|'.join(say('guided_says_before').split())})+")
_BEHIND = re.compile(rf"(?:{'|'.join(say('guided_says_behind').split())})+$")


@cache
def _lists() -> dict[str, frozenset[str]]:
    none = frozenset(say("guided_says_none").split())
    return {
        "none": none, "no": none | frozenset(say("guided_says_no").split()),
        "yes": frozenset(say("guided_says_yes").split()), "unsure": frozenset(say("guided_says_unsure").split()),
        "little": frozenset(say("guided_says_little").split()),
        "first": frozenset(say("guided_says_first").split()), "last": frozenset(say("guided_says_last").split()),
        "upper": frozenset(say("guided_says_upper").split()), "lower": frozenset(say("guided_says_lower").split()),
    }  # fmt: skip


def says(words: str, what: str) -> bool:
    """`what`: none (of it; of one thing it is a no), no, yes, unsure, or little, which says next to nothing."""
    listed = _lists()[what]
    return words in listed or not listed.isdisjoint(bared(words))


def bared(words: str) -> tuple[str, str]:
    """Without what people put in front; also without what they put behind."""
    bare = _BEFORE.sub("", words)
    return bare, _BEHIND.sub("", bare)


def is_reply(words: str) -> bool:
    """Said in answer to something, and no question about anything else."""
    return any(says(words, what) for what in _lists())


def stands_alone(words: str) -> bool:
    """A no or a yes means an option only where nothing else is said: 没有 is none, 没有固定收入 is not."""
    listed = _lists()
    return words in listed["no"] or words in listed["yes"]


def is_unsure_word(words: str) -> bool:
    return words in _lists()["unsure"]


def place(words: str, options: int) -> int:
    """1 for 头一个, the last for 最后一个, of two 前者 and 后者; 0 for what is no place."""
    if says(words, "first") or (options == 2 and says(words, "upper")):
        return 1
    return options if says(words, "last") or (options == 2 and says(words, "lower")) else 0
