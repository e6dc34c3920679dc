"""Which day is meant where a text names days: of several the one beside a word of receipt, or of what a period runs
from. Where that stays open it is none, and is asked. The words are data (deadlines_days.toml).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

from content.phrases import LIBRARY
from handlers.guided.day_forms import Named, as_written, days_in, is_chinese_calendar

__all__ = ["Chosen", "choose", "is_chinese_calendar", "names_a_day", "read_day"]
FILE = LIBRARY / "deadlines_days.toml"
FAR = 14
"""Characters from a day beyond which a word says nothing of it."""
IN_FRONT = 2
"""Characters that a word in front of a day stands further off: the day comes first, and then what happened."""
_STOP = re.compile(r"[，,。；;！!？?\n]")
_DENIED = re.compile(r"(?:不是|并非|没在)\s*$")
_EITHER = re.compile(r"\s*(?:就是)?\s*(?:或者?|还是|要么|要不|就是|至|到|和|跟|、|[-~—])\s*(?:是)?\s*")
_BARE = re.compile(r"(?:[\s是在的就]|大概|那天)*")
_LINK = re.compile(r"\s*(?:的)?\s*(?:日期|时间|日子|那天|当天)?\s*(?:是|在|于|[:：])?\s*")
_SAYS_LINK = re.compile(r"日期|时间|日子|那天|当天|[是在于:：]")
RIGHT, NOTHING = "right", ""


@dataclass(frozen=True, slots=True)
class Chosen:
    day: date | None
    """The one day that stands beside the right word; None where none does, or more than one."""
    named: tuple[date, ...]
    """Every day that the text names, each once."""


@dataclass(frozen=True, slots=True)
class _Mark:
    begin: int
    end: int
    kind: str
    """RIGHT, or a key of [mark] that is wrong here."""
    leads: bool

    @property
    def is_right(self) -> bool:
        return self.kind == RIGHT

    @property
    def is_strong(self) -> bool:
        """Of a paper: what it holds of another word says nothing else, as 下来 in 判下来."""
        return self.kind in ("paper", "never")


def read_day(text: str, today: date) -> date | None:
    """The day that an answer names. Of several the one of receipt, where nothing else is told of; "3月" or a lunar day
    is no day. Of a day without a year the last one that is not after today.
    """
    written = as_written(text)
    if is_chinese_calendar(written):
        return None
    named = _not_denied(written, days_in(written, today) or [])
    if len({one.day for one in named}) <= 1:
        return named[0].day if named and not _is_of_paper(written, named) else None
    tags = _tags(written, named, _marks(written, named, _words("receipt"), ("paper", "event")))
    return None if "event" in tags else _one(written, named, tags)


def choose(text: str, today: date, period: str = "") -> Chosen:
    """The day from which a period runs, by what stands beside it; where none is named, from receipt."""
    written = as_written(text)
    named = [] if is_chinese_calendar(written) else _not_denied(written, days_in(written, today) or [])
    days = tuple(dict.fromkeys(one.day for one in named))
    right = _since(period)
    wrong = ("paper", "event") if right is None else ("receipt", "paper", "event")
    tags = _tags(written, named, _marks(written, named, right or _words("receipt"), wrong))
    return Chosen(_one(written, named, tags), days)


def names_a_day(text: str, today: date) -> bool:
    """Also one of the Chinese calendar, or one that there is not: whoever asks for it asks again."""
    written = as_written(text)
    return is_chinese_calendar(written) or days_in(written, today) != []


def _is_of_paper(text: str, named: list[Named]) -> bool:
    """“11月10号判的”, “落款是11月10号”: no period of a citizen's runs from that."""
    return "never" in _tags(text, named, _marks(text, named, _words("receipt"), ("never",)))


def _not_denied(text: str, named: list[Named]) -> list[Named]:
    """“不是20号，是24号”."""
    return [one for one in named if not _DENIED.search(text[: one.begin]) or text.startswith("就是", one.end)]


def _one(text: str, named: list[Named], tags: list[str]) -> date | None:
    found = {one.day for one, tag in zip(named, tags, strict=True) if tag == RIGHT}
    is_open = any(one.is_open or _is_vague(text, one) for one, tag in zip(named, tags, strict=True) if tag == RIGHT)
    return found.pop() if len(found) == 1 and not is_open else None


def _is_vague(text: str, one: Named) -> bool:
    """大概20号, 20号左右."""
    return bool(_words("about").search(text[: one.begin]) or _words("around").match(text, one.end))


def _marks(text: str, named: list[Named], right: re.Pattern[str], wrong: tuple[str, ...]) -> list[_Mark]:
    """The words that say what happened, without those that are part of a longer one or of a day."""
    found = []
    for kind, pattern in ((RIGHT, right), *((one, _words(one)) for one in wrong)):
        for begin, end in _spans(text, named, pattern):
            found.append(_Mark(begin, end, kind, bool(_words("lead").match(text, begin))))
    return [one for one in found if not any(_yields(one, other) for other in found)]


def _spans(text: str, named: list[Named], pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """Of every word, and of what stands right behind a day (^ in the pattern)."""
    found = []
    for first, last in pairwise([0, *(place for one in named for place in (one.begin, one.end)), len(text)]):
        piece = text[first:last] if last == len(text) else f"{text[first:last]}#"  # $ is the end of the text alone
        if not any(one.begin == first and one.end == last for one in named):
            found += [(first + match.start(), first + match.end()) for match in pattern.finditer(piece)]
    return [(begin, end) for begin, end in found if begin < end]


def _yields(one: _Mark, other: _Mark) -> bool:
    """Of two words the longer one stays, but the right one where they are the same or the longer one is of no paper."""
    if one is other or not (other.begin <= one.begin and one.end <= other.end):
        return other.is_right and not one.is_right and not one.is_strong and _holds(one, other)
    if (one.begin, one.end) == (other.begin, other.end):
        return not one.is_right and other.is_right
    return not one.is_right or other.is_right or other.is_strong


def _holds(one: _Mark, other: _Mark) -> bool:
    return one.begin <= other.begin and other.end <= one.end


def _tags(text: str, named: list[Named], marks: list[_Mark]) -> list[str]:
    """Of every day what the nearest word says of it."""
    near: list[tuple[int, str]] = [(FAR + 1, NOTHING)] * len(named)
    for mark in marks:
        place = _place_of(text, named, mark)
        if place is None:
            continue
        day = named[place]
        apart = mark.begin - day.end if mark.begin >= day.end else day.begin - mark.end + IN_FRONT
        if apart < near[place][0]:
            near[place] = (apart, mark.kind)
    tags = [tag for _, tag in near]
    for place in reversed(range(len(named) - 1)):  # “18号或者19号收到”: whatever is said is said of both
        between = text[named[place].end : named[place + 1].begin]
        if _EITHER.fullmatch(between) or (between == "" and tags[place] == NOTHING):
            tags[place] = tags[place + 1]
    return tags


def _place_of(text: str, named: list[Named], mark: _Mark) -> int | None:
    """Of which day a word tells: “收到日期是24号” of the one behind it, “24号收到” of the one before; beyond a comma
    only of a day that stands there alone: “收到了，24号”.
    """
    before = next((place for place in reversed(range(len(named))) if named[place].end <= mark.begin), None)
    behind = next((place for place, one in enumerate(named) if one.begin >= mark.end), None)
    if behind is not None:
        between = text[mark.end : named[behind].begin]
        if _LINK.fullmatch(between) and (_SAYS_LINK.search(between) or mark.leads):
            return behind
    if before is not None and not _STOP.search(text[named[before].end : mark.begin]):
        return before
    if behind is not None and not _STOP.search(text[mark.end : named[behind].begin]):
        return behind
    return next((place for place in (behind, before) if place is not None and _is_alone(text, named[place])), None)


def _is_alone(text: str, one: Named) -> bool:
    first = max((match.end() for match in _STOP.finditer(text, 0, one.begin)), default=0)
    following = _STOP.search(text, one.end)
    last = following.start() if following else len(text)
    return bool(_BARE.fullmatch(text[first : one.begin]) and _BARE.fullmatch(text[one.end : last]))


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile(_library()["mark"][name])


@cache
def _since(period: str) -> re.Pattern[str] | None:
    words: str = _library()["since"].get(period, "")
    return re.compile(f"{_words('receipt').pattern}|{words[1:]}" if words.startswith("+") else words) if words else None


@cache
def _library() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
