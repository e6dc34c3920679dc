"""《法》第N条 found in text, and what we know of each law: names, version, number of articles. Facts, never wording."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from content import law_names
from content.phrases import LIBRARY

LONGEST_LOOKUP = 50
"""Characters; what is longer is a story that mentions an article, no question for it."""
_DIGITS = {
    "零": 0,
    "〇": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"[〇○零一二两三四五六七八九十百千\d]+"
_SUB = rf"(?:\s*之\s*(?P<sub>{_NUMBER})(?![般切些定致]))?"
_CITED = re.compile(rf"《([^《》]+)》\s*第?\s*({_NUMBER})\s*条{_SUB}")
_SIGN = re.compile(r"\W")
_PARTS = rf"(?:\s*第?\s*(?P<paragraph>{_NUMBER})\s*款)?(?:\s*第?\s*[（(]?(?P<item>{_NUMBER})[）)]?\s*项)?"
_ASKED = re.compile(rf"第?\s*(?P<number>{_NUMBER})\s*(?:之\s*(?P<inner>{_NUMBER})\s*)?条{_SUB}{_PARTS}")
_ONE_MORE = re.compile(rf"\s*(?:[、，,和及与跟到至~—-]|还有|以及)+\s*{_ASKED.pattern}")
_WHAT = r"\W*(?:(?:是|的|说|讲|写)*(?:什么|啥|内容|原文|规定|条文)?(?:是|的|说|讲|写)*(?:什么|啥|呢|吗|吧|了)*)\W*"
_ENDS_IN_NUMBER = re.compile(
    rf"第?\s*(?P<number>\d+|[〇○零一二三四五六七八九十百千]{{2,}}){_SUB}(?P<inner>)(?P<paragraph>)(?P<item>){_WHAT}\Z"
)
"""民法典1062, without 条."""
_ALONE = re.compile(rf"\W*(?:请问|请|帮我|我?想|查一?下?|看一?下?|问一?下?|看|查|问)*\W*(?=第){_ASKED.pattern}{_WHAT}")
_LIKELY = re.compile(r"[条條]|[〇○零一二三四五六七八九十百千\d]\D{0,6}\Z")
_APART = re.compile(r"(?<=\d)\s+(?=\d)")
_OF_A_PLACE = re.compile(r"[一-鿿]{2,}?(?:省|市|县|区|自治州|州|盟|旗)")
_LEADS = re.compile(r"\W*(?:违反|触犯|根据|依据|依照|按照|适用|属于|符合|看看|查查?|问问?|是|和)?了?\W*\Z")


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
    sub: int = 0
    """The M of 第N条之M."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A citizen asks for an article."""

    law: LawFacts | None
    """None where he has not said which law."""
    article: int
    sub: int
    """The M of 第N条之M; 0 for the article itself."""
    paragraph: int | None
    item: int | None = None
    """The N of 第N项."""
    rest: str = ""
    """What else he wrote."""
    one_more: tuple[int, int] | None = None
    """Another article of the same law that he asks for, and its M."""


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


def article_name(number: int, sub: int = 0) -> str:
    """(133, 1) → 第一百三十三条之一; in digits where no law has so many."""
    written = chinese(number) if 0 < number < 10000 else str(number)
    return f"第{written}条" + (f"之{chinese(sub) if sub < 10000 else sub}" if sub else "")


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
    for name, number, sub in _CITED.findall(text):
        yield Citation(name, number_of(number), number_of(sub) if sub else 0)


def is_known(citation: Citation) -> bool:
    """The law is on the list and has such an article. No law of the list has one that is counted 之一."""
    facts = laws().get(citation.law)
    return facts is not None and 1 <= citation.article <= facts.articles and not citation.sub


def may_be_lookup(text: str) -> bool:
    """Quickly said of most messages: no. In Traditional writing, too."""
    return _LIKELY.search(text) is not None


def find_lookup(text: str, further: Mapping[str, LawFacts] | None = None) -> Lookup | None:
    """ "民法典1062条", "刑法第133条之一", "第33条" → what is asked for; None where the text is no such question.

    `further`: laws that are not on the list, by name.
    """
    if len(text) > LONGEST_LOOKUP:
        return None
    text = _APART.sub("", text)
    named = {**_names_by_words(), **{_SIGN.sub("", name): facts for name, facts in (further or {}).items()}}
    for found in _ASKED.finditer(text):
        before = text[: found.start()]
        if law := _of_a_place(before) or _named_at_end(before, named) or _formed_at_end(before):
            return _lookup(found, law, text)
    if (end := _ENDS_IN_NUMBER.search(text)) and (law := _named_at_end(text[: end.start()], named)):
        return _lookup(end, law, text) if not law.articles or number_of(end["number"]) <= law.articles else None
    alone = _ALONE.fullmatch(text)
    return _lookup(alone, None, text) if alone else None


def _lookup(found: re.Match[str], law: LawFacts | None, text: str) -> Lookup:
    sub, behind = _number(found["inner"] or found["sub"]) or 0, text[found.end() :]
    more = _ONE_MORE.match(behind) if law else None
    return Lookup(
        law, number_of(found["number"]), sub, _number(found["paragraph"]), _number(found["item"]),
        _without_name(text[: found.start()], law) + behind[more.end() if more else 0 :] if law else "",
        (number_of(more["number"]), number_of(more["inner"] or more["sub"] or "0")) if more else None,
    )  # fmt: skip


def _number(text: str | None) -> int | None:
    return number_of(text) if text else None


def _without_name(before: str, law: LawFacts) -> str:
    """What stands before the law's name and the word that leads to it."""
    names = sorted((law.short, law.title, *law.aliases), key=len, reverse=True)
    place = next((place for name in names if (place := before.rfind(name)) >= 0), 0)
    return _LEADS.sub("", before[:place])


def _of_a_place(text: str) -> LawFacts | None:
    """A regulation of a province or a city is not the nation's of the same name."""
    name = law_names.at_end(text)
    return _only_named(name) if name and _OF_A_PLACE.match(name) else None


def _formed_at_end(text: str) -> LawFacts | None:
    name = law_names.at_end(text)
    return _only_named(name) if name else None


def _named_at_end(text: str, named: Mapping[str, LawFacts]) -> LawFacts | None:
    """The longest name of a law with which the text ends; brackets and other signs do not count."""
    words = _SIGN.sub("", text).removesuffix("的")
    return next((named[words[start:]] for start in range(len(words)) if words[start:] in named), None)


@cache
def _names_by_words() -> dict[str, LawFacts]:
    """Names without signs, of laws that have facts and of those that have but a name."""
    found = {_SIGN.sub("", name): _only_named(name) for name in law_names.names()}
    return found | {_SIGN.sub("", name): facts for name, facts in laws().items()}


def _only_named(name: str) -> LawFacts:
    return LawFacts(name, name, "", "", 0, (), "")
