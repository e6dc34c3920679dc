"""An entry's words as somebody wrote them → words that can be kept, with everything that is wrong with them at once.

Knows neither files nor the store.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from content import personal_numbers
from content.catalogue.categories import categories, category_of, label, validity_of
from content.catalogue.models import Validity
from content.store import clock

MOST = {"index_number": 64, "title": 200, "document_number": 64, "issuer": 100, "abstract": 500, "keywords": 200,
        "url": 1024, "body": 100_000}  # fmt: skip
EARLIEST = date(1949, 10, 1)
_LINES = ("abstract", "body")
_INDEX_NUMBER = re.compile(r"[0-9A-Za-z一-鿿/_.·〔〕（）()\-]+")
_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_OUTSIDE = re.compile(r"!\[([^\]\n]*)\]\(\s*<?(https?://[^\s)>]+)[^)\n]*\)")
"""A picture that lies elsewhere: our pages show none of those."""
_NOT_KEPT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no database, no page or no feed can hold."""


@dataclass(frozen=True, slots=True)
class Words:
    """One wording; days are None where they are not known."""

    index_number: str
    category: str
    title: str
    document_number: str = ""
    issued_on: date | None = None
    published_on: date | None = None
    issuer: str = ""
    validity: str = Validity.UNCHECKED
    abstract: str = ""
    keywords: str = ""
    url: str = ""
    body: str = ""

    def as_json(self) -> dict[str, str]:
        """As it is kept: days as text, empty for none."""
        return {
            name: value.isoformat() if isinstance(value, date) else value or "" for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> "Words":
        given = {one.name: kept[one.name] for one in fields(cls) if one.name in kept}
        days = {name: date.fromisoformat(given[name]) if given.get(name) else None for name in DAYS}
        return cls(**{**given, **days})  # type: ignore[arg-type]


DAYS = ("issued_on", "published_on")
FIELDS = tuple(one.name for one in fields(Words))


def read(written: Mapping[str, str]) -> tuple[Words | None, dict[str, str]]:
    """The words, or None; and what is wrong, a sentence by field. What a field does not say is empty."""
    text = {name: _clean(written.get(name, ""), name) for name in FIELDS}
    text["body"] = _OUTSIDE.sub(_as_link, text["body"])
    faults: dict[str, str] = {}
    days = {name: _day(text[name], name, faults) for name in DAYS}
    category = category_of(text["category"])
    if not category:
        names = "、".join(one.name for one in categories().values())
        faults["category"] = (
            f"没有“{text['category'][:20]}”这一类：请写 {names}。" if text["category"] else f"请写类别：{names}。"
        )
    validity = validity_of(text["validity"]) if text["validity"] else Validity.UNCHECKED
    if not validity:
        faults["validity"] = f"有效性里写的是“{text['validity'][:20]}”：请写有效、失效、已修改或待核。"
    _check(text, faults)
    if faults:
        return None, faults
    kept: dict[str, Any] = {**text, **days, "category": category, "validity": validity}
    return Words(**kept), {}


def plain_number(words: str) -> str:
    """An index or document number however its signs were typed: for comparing."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", words).lower() if sign.isalnum())


def _check(text: dict[str, str], faults: dict[str, str]) -> None:
    if not text["index_number"]:
        faults["index_number"] = "还没有索引号：每一条都要有一个，不能重复。"
    elif not _INDEX_NUMBER.fullmatch(text["index_number"]):
        faults["index_number"] = "索引号只能用汉字、字母、数字和 / - _ . 〔〕（），不能有空格：请改正。"
    if not text["title"]:
        faults["title"] = "还没有名称：请写这份信息的名称。"
    if not (text["url"] or text["body"]):
        faults["body"] = "正文和原文链接至少写一样：市民点开要有内容。"
    if text["url"] and not re.fullmatch(r"https?://[^\s/]+\S*", text["url"]):
        faults["url"] = "原文链接应以 https:// 开头，中间没有空格：请改正或留空。"
    for name, most in MOST.items():
        if len(text[name]) > most:
            faults[name] = f"{label(name)}有 {len(text[name])} 个字，最多 {most} 个字：请缩短。"
    for name in ("title", "abstract", "keywords", "body"):
        if name not in faults and (found := next(personal_numbers.find_numbers(text[name]), None)):
            faults[name] = f"{label(name)}里有没有遮住的{found.kind}（{found.masked}）：请遮住或删去再保存。"


def _day(text: str, name: str, faults: dict[str, str]) -> date | None:
    if not text:
        return None
    found = _DAY.fullmatch(text) or _PLAIN_DAY.fullmatch(text)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        faults[name] = f"{label(name)}“{text[:20]}”不是日期：请写成 2026-11-20 的样子，或留空。"
    elif not EARLIEST <= day <= clock.today():
        faults[name] = f"{label(name)} {day} 不对：太早，或者还没有到。请核对。"
    return day


def _as_link(picture: re.Match[str]) -> str:
    return f"[图：{picture[1].strip() or '打开看'}]({picture[2]})"


def _clean(text: str, name: str) -> str:
    plain = _NOT_KEPT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.strip() if name in _LINES else " ".join(plain.split())
