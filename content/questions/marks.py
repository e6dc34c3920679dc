"""What one line of pasted words is by itself: a label, an option, a heading, a verdict. Decides nothing."""

import re

from content.questions.numbering import half
from content.questions.words import LETTERS, columns, folded, labels

_LABELLED = ("key", "subject", "kind", "difficulty", "scenario", "scenario_text", "answer", "explanation", "basis")
_NAMES = "|".join(
    sorted((name for column in columns() if column.name in _LABELLED for name in (column.label, *column.also)
            if not name.isascii()), key=len, reverse=True)
)  # fmt: skip
_WHICH = r"\s*[一二三四五六七八九十\d]{0,3}"
_SIGN = r"\s*(?:应?[是为]\s*)?[:：]"
_NO_SIGN = rf"(?<=答案)\s*(?=(?:[A-HＡ-Ｈ][A-HＡ-Ｈ、，,]*|√|×|✓|✗|对|错|正确|错误)\s*[。.]?\s*(?:$|\s(?:{_NAMES})))"
"""答案 B, with nothing behind it but the next part."""
LABEL = re.compile(
    rf"\s*(?:[【\[]\s*({_NAMES})({_WHICH})\s*[】\]]\s*[:：]?|({_NAMES})({_WHICH})(?:{_SIGN}|{_NO_SIGN}))\s*"
)
BEFORE_LABEL = re.compile(rf"[\s　]+(?=(?:{_NAMES})(?:{_SIGN}|{_NO_SIGN}))|(?<=\S)[\s　]*(?=【(?:{_NAMES})】)")
_KINDS = r"(?:单选|单项选择|多选|多项选择|不定项选择|选择|判断|是非)题?"
SECTION = re.compile(
    rf"\s*(?:[一二三四五六七八九十]{{1,3}}\s*[、.．])?\s*【?({_KINDS})】?\s*(?:[（(][^（）()]*[)）])?\s*[:：]?\s*"
)
TAG = re.compile(rf"\s*[【\[（(]\s*({_KINDS})\s*[】\]）)]\s*")
STORY_ENDS = re.compile(r"\s*[【（(]?(?:情景|案例|材料)\s*(?:完|结束|到此)[】）)]?\s*。?\s*")
IN_STEM = re.compile(r"[（(]\s*([A-HＡ-Ｈ][A-HＡ-Ｈ、，,\s]{0,14}|√|×|✓|✗|对|错|正确|错误)\s*[)）]")
VERDICT = re.compile(r"[（(]\s*(?:√|×|✓|✗|对|错|正确|错误)\s*[)）][\s　。.]*$")

CUE = re.compile(r"[？?]|[（(][\s　]*[)）]|_{2,}|[是有为][：:]?\s*$")
"""By which a stem is known: something is asked, or left open."""


def part_of(line: str) -> str:
    """The part of a question whose label the line begins with; empty for none."""
    found = LABEL.match(line)
    return labels()[folded(found[1] or found[3])] if found else ""


def option(line: str) -> re.Match[str] | None:
    return re.match(r"[\s　]*(?:[（(]?([A-HＡ-Ｈ])[)）]?\s*[.．、:：]|[（(]?([A-HＡ-Ｈ])\s*[)）])\s*", line)


def letter(line: str) -> str:
    """Of the option that the line begins with."""
    found = option(line)
    return half(found[1] or found[2]) if found else ""


def inline_options(words: str) -> re.Match[str] | None:
    """Where they begin on the stem's line, if two or more stand there."""
    first = re.search(rf"(?:[\s　]+|^|(?<=[？?：:。；;])){_mark('A')}", words)
    return first if first and re.search(rf"[\s　；;]{_mark('B')}", words[first.end() :]) else None


def _mark(letter: str) -> str:
    """A. （A） A） and the like, as a pattern."""
    either = f"[{letter}{chr(ord(letter) + 0xFEE0)}]"
    return rf"(?:[（(]?{either}[)）]?\s*[.．、:：]|[（(]?{either}\s*[)）])"


def next_option(line: str, letter: str) -> re.Match[str] | None:
    if letter == LETTERS[-1]:
        return None
    later = LETTERS[LETTERS.index(letter) + 1]
    return re.search(rf"[\s　；;]+(?={_mark(later)})", line)
