"""Under which question an option was tapped. Older options stay in the chat, and a thumb trembles: what belongs to
another question than the open one is no answer to it.

A tap comes as a text with the number that its option bears (wechat-platform.md 2.4, `bizmsgmenuid`). Accounts for
testing leave the number out; there the words alone count, as for whoever types.
"""

import zlib
from functools import lru_cache

from handlers.message import Incoming

FIELD = "bizmsgmenuid"
_OPTIONS = 100
_LEAST = 1_000_000
"""Smaller numbers belong to lists that ask nothing."""


def number(question: str, place: int) -> int:
    """Of the option at this place (from 1 on) of a question, by the name that it has everywhere; below 2^31."""
    return _of(question) * _OPTIONS + place


def is_elsewhere(incoming: Incoming, question: str) -> bool:
    """Whether this is a tap on an option of another question."""
    given = incoming.detail.get(FIELD, "")
    if not (given and given.isascii() and given.isdecimal()):
        return False
    tapped = int(given[:12]) // _OPTIONS
    return tapped >= _LEAST and tapped != _of(question)


@lru_cache(maxsize=8192)
def _of(question: str) -> int:
    return _LEAST + zlib.crc32(question.encode()) % (9 * _LEAST)
