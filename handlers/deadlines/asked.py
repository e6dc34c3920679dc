"""What somebody's own words ask for: the last day of which period. The patterns are data (deadlines_asked.toml)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from content.phrases import LIBRARY
from content.store import clock
from handlers.deadlines import periods
from handlers.guided import days
from handlers.guided.reading import plain

FILE = LIBRARY / "deadlines_asked.toml"
LONGEST = 60
_LAW = re.compile("《")


@dataclass(frozen=True, slots=True)
class Asked:
    period: str
    """A key of deadlines.toml; empty where the words leave open which it is."""
    tell: str
    """What is said at once: where it is open, the length of each, with its article; else what has to be known first."""
    kinds: tuple[tuple[str, str], ...]
    """Where it is open: (field, period), which it is once the field is chosen."""
    is_answered: bool
    """The topic's own answer names the length: without a day in the words that is what they ask for."""
    field: str = ""
    """Where several periods of one group are asked for at once: the group."""
    days: str = ""
    """A key of [since] in deadlines_days.toml, where other words than the period's own tell from which day it runs."""
    is_only_told: bool = False
    """The library holds no such period: what is sure is told, and no other period is counted."""

    @property
    def known(self) -> dict[str, str]:
        """The answers of the talk that the words give already."""
        if not self.period:
            return {"field": self.field} if self.field else dict(self.kinds)
        field = periods.every()[self.period].field
        return {"field": field, field: self.period}


@dataclass(frozen=True, slots=True)
class _Rule:
    needs: tuple[re.Pattern[str], ...]
    bars: re.Pattern[str] | None
    is_now: bool
    """No topic answers who only says that the paper has come, or asks what to do: his days are the first thing."""
    is_only_of_paper: bool
    """For a paper, a word of receipt and a day and nothing else: “裁决书上礼拜三收到的”."""
    asked: Asked

    def may_be(self, is_day: bool, is_now: bool, is_paper: bool) -> bool:
        if self.is_only_of_paper:
            return is_paper
        return is_day or (self.is_now and (is_now or is_paper))

    def fits(self, words: str) -> bool:
        return all(need.search(words) for need in self.needs) and not (self.bars and self.bars.search(words))


def asked(text: str) -> Asked | None:
    """Which period the words ask for; None where they ask for no last day, or for something else."""
    if len(text) > LONGEST or _LAW.search(text):
        return None
    words = mended(plain(text))
    is_day, is_now = _asks_for_a_day(words), _asks_what_now(words)
    is_paper = not is_day and _tells_of_a_paper(words)
    if not (is_day or is_now or is_paper):
        return None
    fitting = (rule for rule in _rules() if rule.may_be(is_day, is_now, is_paper) and rule.fits(words))
    return next((rule.asked for rule in fitting), None)


def every() -> tuple[Asked, ...]:
    """All that words may ask for, for whoever checks them against the law."""
    return tuple(rule.asked for rule in _rules())


def mended(words: str) -> str:
    """With the slips of the pen put right that are usual in these words."""
    return _slips().sub(lambda found: _library()["typos"][found[0]], words)


def is_not_there_yet(text: str) -> bool:
    """The paper has not come: a day in the words is another one."""
    return bool(_word("not_yet").search(text))


def _asks_for_a_day(words: str) -> bool:
    if _word("other").search(words):
        return False
    return bool(_word("asks").search(words) or (_word("may").search(words) and not _word("process").search(words)))


def _asks_what_now(words: str) -> bool:
    return bool(_word("now").search(words)) and not _word("other").search(words)


def _tells_of_a_paper(words: str) -> bool:
    return bool(_word("paper").fullmatch(words)) and days.names_a_day(words, clock.today())


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(tuple(map(re.compile, one["all"])), re.compile(one["not"]) if "not" in one else None,
              one.get("now", False), one.get("only_paper", False),
              Asked(one.get("period", ""), one.get("tell", ""), tuple(one.get("kind", {}).items()),
                    one.get("answered", False), one.get("field", ""), one.get("days", ""),
                    one.get("only", False)))
        for one in _library()["asked"]
    )  # fmt: skip


@cache
def _word(name: str) -> re.Pattern[str]:
    return re.compile(_library()["words"][name])


@cache
def _slips() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_library()["typos"], key=len, reverse=True)))


@cache
def _library() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
