"""What was answered, shown once more before it counts, and how one answer is taken back. A reply goes through Redis and
over a screen that others see: what is private stands in it masked, never whole.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from content.phrases import say
from handlers.guided import flow as flows
from handlers.guided.questions import SEALED, Flow, Question, is_sealed
from handlers.guided.reading import plain

MOST = 60
"""Characters of one answer; of a longer one the length is told."""
_SHORT_NAME, _SHORT_ADDRESS, _LONG_NUMBER = 4, 10, 10
_NUMBER = re.compile(r"\+?\d(?:[\s-]?\d){5,}")
_MAIL = re.compile(r"[^\s@，,；;]+@[\w.-]+")
_CHANGE = re.compile(r"(?:我?[想要]?)(?:修改|更改|更正|重填|重写|改)(?:一?下)?(.+?)(?:一下)?[吧呀啊]?")
_WRONG = re.compile(r"(?:我?的?)(.+?)(?:[写填打输弄搞]?错|不对|有误)了?[呀啊]?")

Shown = Callable[[Question, Any], str]


def lines(
    flow: Flow, kept: Mapping[str, Any], question: Question, unseal: Callable[[str], str], shown: Shown
) -> list[str]:
    """The answers by their names, where the open question is the one before they count. `shown`: an answer that is not
    private, as it is told.
    """
    if not question.recaps:
        return []
    behind = [one for one in flows.passed(flow, kept) if one.known_as]
    return [f"{one.known_as[0]}：{_told(one, kept[one.name], unseal, shown)}" for one in behind]


def wanted_back(flow: Flow, kept: Mapping[str, Any], question: Question, text: str) -> Question | None:
    """Which answer he wants to give anew: 改姓名, 电话写错了."""
    if not question.recaps:
        return None
    words = plain(text)
    named = {found[1] for form in (_CHANGE, _WRONG) if (found := form.fullmatch(words))}
    return next((one for one in flows.passed(flow, kept) if named & set(one.known_as)), None)


def _told(question: Question, value: Any, unseal: Callable[[str], str], shown: Shown) -> str:
    if not is_sealed(value):
        return _short(shown(question, value))
    return MASKS.get(question.mask, masked_whole)(unseal(value[SEALED]))


def _short(words: str) -> str:
    written = " ".join(words.split())
    return written if len(written) <= MOST else say("guided_recap_long", words=written[:MOST], count=len(written))


def masked_name(name: str) -> str:
    """张三 → 张*; of a longer one, which may be a body's, both ends."""
    if len(name) <= _SHORT_NAME:
        return name[:1] + "*" * max(len(name) - 1, 1)
    return name[:2] + "*" * (len(name) - 4) + name[-2:]


def masked_contact(written: str) -> str:
    """139****0000（11位）, z***@example.com; what is neither is starred."""
    found = [*_MAIL.finditer(written), *_NUMBER.finditer(written)]
    shown = [_masked_mail(one[0]) if "@" in one[0] else _masked_number(one[0]) for one in found]
    return "，".join(shown) or masked_whole(written)


def masked_address(written: str) -> str:
    """Its beginning, its end and its length, or an address of mail as a contact."""
    if "@" in written:
        return masked_contact(written)
    is_short = len(written) <= _SHORT_ADDRESS
    begin, end = (written[: min(2, len(written) // 2)], "") if is_short else (written[:6], written[-2:])
    return f"{begin}****{end}{say('guided_signs', count=len(written))}"


def masked_whole(written: str) -> str:
    return f"****{say('guided_signs', count=len(written))}"


def _masked_mail(mail: str) -> str:
    name, _, host = mail.partition("@")
    return f"{name[:1]}***@{host}"


def _masked_number(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    first, last = (3, 4) if len(digits) >= _LONG_NUMBER else (2, 2)
    stars = "*" * (len(digits) - first - last)
    return f"{digits[:first]}{stars}{digits[-last:]}{say('guided_digits', count=len(digits))}"


MASKS: Mapping[str, Callable[[str], str]] = {
    "name": masked_name, "contact": masked_contact, "address": masked_address,
}  # fmt: skip
