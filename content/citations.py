"""《法》第N条 found in text, and what we know of each law: names, version, number of articles. Facts, never wording."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from content.phrases import LIBRARY

LONGEST_LOOKUP = 50
"""Characters; what is longer is a story that mentions an article, no question for it."""
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"[〇零一二两三四五六七八九十百千\d]+"
_CITED = re.compile(rf"《([^《》]+)》\s*第?\s*({_NUMBER})\s*条")
_SIGN = re.compile(r"\W")
_ASKED = re.compile(rf"第?\s*({_NUMBER})\s*条(?:\s*第?\s*({_NUMBER})\s*款)?")


@dataclass(frozen=True, slots=True)
class LawFacts:
    """What is known of a law without its text."""

    short: str
    title: str
    version: str
    effective: str
    articles: int
    aliases: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Citation:
    law: str
    """The law's name as it was written."""
    article: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """A citizen asks for an article."""

    law: LawFacts
    article: int
    paragraph: int | None


@cache
def laws() -> dict[str, LawFacts]:
    """Every law of the list by each of its names."""
    named: dict[str, LawFacts] = {}
    for entry in tomllib.loads((LIBRARY / "laws.toml").read_text(encoding="utf-8"))["law"]:
        facts = LawFacts(
            entry["short"], entry["title"], entry["version"], entry["effective"], entry["articles"],
            tuple(entry.get("aliases", ())), entry.get("note", ""),
        )  # fmt: skip
        for name in (facts.short, facts.title, *facts.aliases):
            named[name] = facts
    return named


def number_of(text: str) -> int:
    """三十三, 33 or 1千零62 → the number. Raises ValueError for what is no number."""
    total, digits = 0, ""
    for sign in text:
        if sign in _UNITS:
            total, digits = total + int(digits or 1) * _UNITS[sign], ""
        elif sign in _DIGITS:
            digits += str(_DIGITS[sign])
        elif sign.isdecimal():
            digits += str(int(sign))
        else:
            raise ValueError(f"not a number: {text}")
    return total + int(digits or 0)


def chinese(number: int) -> str:
    """33 → 三十三, as articles are numbered (below ten thousand)."""
    if not 0 < number < 10000:
        raise ValueError(f"no article has the number {number}")
    signs, text, gap = "零一二三四五六七八九", "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap else "") + signs[digit] + name
            gap = False
        elif text:
            gap = True
    return text[1:] if text.startswith("一十") else text


def citations_in(text: str) -> Iterator[Citation]:
    for name, number in _CITED.findall(text):
        yield Citation(name, number_of(number))


def is_known(citation: Citation) -> bool:
    """The law is on the list and has such an article."""
    facts = laws().get(citation.law)
    return facts is not None and 1 <= citation.article <= facts.articles


def find_lookup(text: str, further: Mapping[str, LawFacts] | None = None) -> Lookup | None:
    """ "民法典1062条", "法律援助法第31条第2款" → which article is meant; None where the text is no such question.

    `further`: laws that are not on the list, by name.
    """
    if len(text) > LONGEST_LOOKUP:
        return None
    for found in _ASKED.finditer(text):
        if law := _law_at_end(text[: found.start()], further or {}):
            return Lookup(law, number_of(found[1]), number_of(found[2]) if found[2] else None)
    return None


def _law_at_end(text: str, further: Mapping[str, LawFacts]) -> LawFacts | None:
    """The longest name of a law with which the text ends; brackets and other signs do not count."""
    words = _SIGN.sub("", text).removesuffix("的")
    named = {**_laws_by_words(), **{_SIGN.sub("", name): facts for name, facts in further.items()}}
    return next((named[words[start:]] for start in range(len(words)) if words[start:] in named), None)


@cache
def _laws_by_words() -> dict[str, LawFacts]:
    return {_SIGN.sub("", name): facts for name, facts in laws().items()}
