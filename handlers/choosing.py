"""What a number, or "none of these", means behind choices that were offered. Says nothing itself."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from content import render
from handlers.message import Incoming

_NUMERALS = "一二三四五" + "六七八九"
_CHOICE = re.compile(rf"\W*(?:我?[选要看点])?\W*第?\W*([1-9{_NUMERALS}])\W*[个项号]?[吧呀啊的]*\W*")
"""A choice as people name it: 选2, 第二个, 二, 2吧."""
_LONGEST = 24
"""Characters: more than a choice, and the signs around it, can have."""
NONE_OF_THESE = frozenset(
    {"都不是", "都不对", "不是", "不是这个", "不是这些", "没有我要的", "没有", "以上都不是", "这些都不是"}
)


def chosen(incoming: Incoming, offer: Sequence[str]) -> Incoming:
    """A number, however it is written, stands for the choice that was offered under it; and so does what a tap on it
    sends, which is not always its words.
    """
    place = place_of(incoming.text)
    if place is None:
        tapped = next((says for says in offer if render.sent(says) == incoming.text), None)
        return incoming if tapped in (None, incoming.text) else replace(incoming, text=str(tapped))
    if place > len(offer):
        return incoming
    return replace(incoming, text=offer[place - 1])


def place_of(text: str) -> int | None:
    """ "1", "①", "选2", "第二个", "二吧" → the number of a choice; None for anything else."""
    found = _CHOICE.fullmatch(unicodedata.normalize("NFKC", text)) if len(text) <= _LONGEST else None
    if found is None:
        return None
    return int(found[1]) if found[1].isdecimal() else _NUMERALS.index(found[1]) + 1


def is_number(text: str) -> bool:
    """Nothing but one digit, whatever signs are around it."""
    if len(text) > _LONGEST:
        return False
    written = unicodedata.normalize("NFKC", text).strip(" .。、\ufe0f\u20e3")
    return len(written) == 1 and written.isdecimal()
