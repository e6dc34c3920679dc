"""The letters of a disclosure request. Their words are data (library/letters/disclosure.toml), articles and remedies
with them. What is known is filled in; what is not stands as a gap to be filled by staff, and is never invented.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from content import citations
from content.offices import Offices
from content.phrases import LIBRARY
from content.word_letters import Letter, gap

_NAMED = re.compile(r"《([^《》]+)》")
_BLANK = re.compile(r"\{(\w+)\}")
_ORGANS = {"review_organ": "review_office", "superior_office": "superior_office"}
_CONTACT = ("name", "address", "phone")


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    title: str
    goes_to: str
    """`applicant` or `third`."""
    remedy: str
    said: tuple[str, ...]
    number: str
    blanks: Mapping[str, str]
    """What staff write, by name: what to write."""


@cache
def kinds() -> Mapping[str, Kind]:
    return {
        name: Kind(
            name, one["title"], one.get("to", "applicant"), one["remedy"], tuple(one["said"]),
            one.get("number", _library()["number"]), one.get("blanks", {}),
        )
        for name, one in _library()["letter"].items()
    }  # fmt: skip


def compose(kind: Kind, facts: Mapping[str, object], offices: Offices, *, is_online: bool = False) -> Letter:
    """`facts`: what fills the blanks, by name; a date is written out. `is_online`: it is handed over through the net,
    and so names where a review is applied for through the net (《行政复议法》 article 22).
    """
    library = _library()
    labels = {**library["blanks"], **kind.blanks}
    known = {**_of_offices(offices), **{name: _written(fact) for name, fact in facts.items()}}
    blanks = {name: known.get(name) or gap(label) for name, label in labels.items()}
    blanks |= {name: known[name] for name in known if name not in blanks}
    remedy = list(library["remedies"][kind.remedy])
    if is_online and kind.remedy not in ("none", "complaint"):
        remedy.append(library["remedies"]["online"])

    def filled(words: str) -> str:
        return _BLANK.sub(lambda found: blanks[found[1]], in_full(words))

    return Letter(
        organ=offices.get("bureau", {}).get("name") or library["bureau"], number=filled(kind.number),
        title=kind.title, greeting=filled(library["greeting"]), said=tuple(map(filled, (*kind.said, *remedy))),
        closing=filled(library["closing"]), dated=known.get("dated") or gap("年 月 日"),
    )  # fmt: skip


def in_full(words: str) -> str:
    """Laws by their whole titles, as an official letter names them."""

    def title(found: re.Match[str]) -> str:
        law = citations.laws().get(found[1])
        return f"《{law.title}》" if law else found[0]

    return _NAMED.sub(title, words)


def spoken(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _written(fact: object) -> str:
    """A gap is made here alone: no citizen writes one into his own letter."""
    if isinstance(fact, date):
        return spoken(fact)
    return str(fact).strip().replace("【请填写", "［请填写") if fact is not None else ""


def _of_offices(offices: Offices) -> dict[str, str]:
    known = {blank: _contact(offices.get(place, {}), ("name", "address")) for blank, place in _ORGANS.items()}
    known["disclosure_office"] = _contact(offices.get("disclosure_office", {}), _CONTACT)
    known["review_channel"] = offices.get("review_office", {}).get("url", "")
    return known


def _contact(office: Mapping[str, str], fields: tuple[str, ...]) -> str:
    """Empty where not even its name is known."""
    if not office.get("name"):
        return ""
    more = "，".join(office[field] for field in fields[1:] if office.get(field))
    return f"{office['name']}（{more}）" if more else office["name"]


@cache
def _library() -> dict[str, Any]:
    return tomllib.loads((LIBRARY / "letters" / "disclosure.toml").read_text(encoding="utf-8"))
