"""Names of laws of which nothing else is held, and which of them another law has taken the place of.

A law that is not named anywhere here is still known by its form: 《…条例》, or a clause that is nothing but a name that
ends in 法 or 条例.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from content.phrases import LIBRARY

FULL = "中华人民共和国"
_BRACKETED = re.compile(
    r"《([^《》]{2,60}(?:法典?|条例|办法|规定|规则|细则|解释|决定|修正案)(?:[（(].{1,3}[)）])?)》\W*的?\W*\Z"
)
_LAST_WORDS = re.compile(r"([一-鿿]+)\s*\Z")
_LED_IN = re.compile(
    r".*(?:违反|触犯|根据|依据|依照|按照|适用|属于|符合|请问|想问|想查|查一下|看一下|问一下|看看|查查|什么是|关于|一下|的)"
    r"|(?:请|查询?|看|问|说|讲|找|帮我|给我|我要?|新版?|最新)+"
)
_FORM = re.compile(r"[一-鿿]{1,18}(?:法典|法|条例|实施细则|修正案)")
_NO_NAME = re.compile(
    r"[我你您他她它谁哪啥么吗呢吧了很都也又没被把这那不]|(?:做|想|说|看|方|办|违|犯|非|无|依|用|书|手|语|魔|疗|算|写|读|执|普|守|讲|活)法\Z"
    r"|\A(?:司|合|立|国|家|学|懂|新|旧|本|该|同|此|有|哪部|一部|某某?|什么|民)法\Z|\A(?:本|该|新|旧)?条例\Z"
)


@dataclass(frozen=True, slots=True)
class Replacement:
    """A law that is no longer in force, and why."""

    by: str
    article: int
    since: str


@cache
def names() -> frozenset[str]:
    """Every name, short and in full."""
    short = [*_library()["names"], *_replacements()]
    return frozenset([*short, *(f"{FULL}{name}" for name in short)])


def is_on_list(name: str) -> bool:
    """Whether it is the name of a law, and no word that only looks like one."""
    return name in names()


def replacement(name: str) -> Replacement | None:
    """What took this law's place; None where that is not known or it is in force."""
    return _replacements().get(name.removeprefix(FULL))


def at_end(text: str) -> str | None:
    """The name with which the words before a number of an article end, by its form alone."""
    if found := _BRACKETED.search(text):
        return found[1]
    found = _LAST_WORDS.search(text.removesuffix("的"))
    if found is None:
        return None
    words = found[1]
    name = words[lead.end() :] if (lead := _LED_IN.match(words)) else words
    bare = name.removeprefix(FULL)
    return name if _FORM.fullmatch(bare) and not _NO_NAME.search(bare) else None


@cache
def _library() -> dict[str, Any]:
    return tomllib.loads((LIBRARY / "law_names.toml").read_text(encoding="utf-8"))


@cache
def _replacements() -> dict[str, Replacement]:
    return {
        name: Replacement(entry["by"], entry["article"], entry["since"])
        for entry in _library()["replaced"]
        for name in entry["names"]
    }
