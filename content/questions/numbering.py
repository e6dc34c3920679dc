"""The numbers in front of questions: how they are written, which one follows which. A line that begins with a number
need be no question: statements in a stem and steps in an explanation have numbers as well.
"""

import re
import unicodedata
from dataclasses import dataclass

_PLAIN = re.compile(
    r"\s*(?:(第)\s*(\d{1,4}|[一二三四五六七八九十百]{1,5})\s*题\s*[.．、:：]?"
    r"|([（(])\s*(\d{1,4})\s*[)）]|(\d{1,4})\s*([.．、:：)）])(?!\d))\s*"
)
_RINGED = re.compile(r"\s*([①-⒛❶-❿])\s*[.．、:：]?\s*")
_OF_CHAPTER = re.compile(r"\s*(\d{1,2})\s*[.．]\s*(\d{1,3})(?![\d%％])\s*[.．、:：)）]?\s*")
_LATER = {".": r"(?<![\d.．]){}\s*[.．、:：)）](?!\d)", "（": r"[（(]\s*{}\s*[)）]"}
_CHINESE = "零一二三四五六七八九十"
_HALF = {code + 0xFEE0: code for code in (*range(0x30, 0x3A), *range(0x41, 0x5B))}


@dataclass(frozen=True, slots=True)
class Number:
    """`style`: numbers of another way of writing count something else: 1. and ①, 1.1 and 2.1."""

    style: str
    count: int
    end: int
    """Where the words behind it begin."""

    @property
    def is_plain(self) -> bool:
        """Whether it is one as it stands there; ① and 1.1 may also be a statement or a sum."""
        return self.style in ("第", "（", ".")

    @property
    def is_sum(self) -> bool:
        """Whether it may be one: 1.5."""
        return len(self.style) > 1

    @property
    def rank(self) -> int:
        return {"①": 0, "（": 1, "第": 3}.get(self.style, 2)

    def follows(self, style: str, count: int) -> bool:
        return (self.style, self.count) == (style, count + 1)


def number_of(line: str) -> Number | None:
    line = half(line)
    if found := _PLAIN.match(line):
        style = "第" if found[1] else "（" if found[3] else "."
        return Number(style, _count(found[2] or found[4] or found[5]), found.end())
    if found := _RINGED.match(line):
        return Number("①", int(unicodedata.numeric(found[1])), found.end())
    if found := _OF_CHAPTER.match(line):
        return Number(f"{found[1]}.", int(found[2]), found.end())
    return None


def last_of_run(line: str, number: Number) -> int:
    """1. 甲；2. 乙；3. 丙 → 3: points that stand on one line."""
    count, at = number.count, 0
    while (
        found := re.search(_LATER[number.style].format(count + 1), half(line)[at:]) if number.style in _LATER else None
    ):
        count, at = count + 1, at + found.end()
    return count


def half(text: str) -> str:
    """Digits and letters in half width; as long as before."""
    return text.translate(_HALF)


def _count(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return _CHINESE.find(written) if written in _CHINESE else 0
