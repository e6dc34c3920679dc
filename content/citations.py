"""《法》第N条 found in text, and what we know of each law: names, version, number of articles. Facts, never wording."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from content.phrases import LIBRARY

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"[〇零一二两三四五六七八九十百千\d]+"
_CITED = re.compile(rf"《([^《》]+)》\s*第?\s*({_NUMBER})\s*条")
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
    """三十三 or 33 → 33. Raises ValueError for what is no number."""
    if text.isdigit():
        return int(text)
    total, digit = 0, 0
    for sign in text:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        elif sign in _DIGITS:
            digit = digit * 10 + _DIGITS[sign] if digit and total == 0 and len(text) > 1 else _DIGITS[sign]
        else:
            raise ValueError(f"not a number: {text}")
    return total + digit


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


def find_lookup(text: str) -> Lookup | None:
    """ "民法典1062条", "法律援助法第31条第2款" → which article is meant; None where the text is no such question."""
    found = _ASKED.search(text)
    if not found or len(text) > 40:
        return None
    before = text[: found.start()].rstrip("的《》〉> 　")
    law = _law_at_end(before)
    if law is None:
        return None
    paragraph = number_of(found[2]) if found[2] else None
    return Lookup(law, number_of(found[1]), paragraph)


def _law_at_end(text: str) -> LawFacts | None:
    """The longest name of a law with which the text ends."""
    for start in range(len(text)):
        if facts := laws().get(text[start:].strip("《》")):
            return facts
    return None
