"""Questions that something is being played with: until its result is settled their words stay as they are.

What holds which questions is not known here; whoever changes the bank is told.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from content.models import Question
from content.questions.words import label
from content.questions.written import worded


@dataclass(frozen=True, slots=True)
class Hold:
    campaign: str
    """Its title."""
    words: frozenset[str]
    """Which of a question's words; the others may be put right."""

    @property
    def sentence(self) -> str:
        return (
            f"活动“{self.campaign}”正在用这道题（还没有结束，或者还没有开奖），{_named(self.words)}先不能改："
            "大家要按同一道题计分。题目确实有错，请到这个活动的“改题”里改，要两个人；不想再出这道题，可以停用。"
        )


Holds = Mapping[str, Hold]
"""Key of a question → what holds it."""
NONE: Holds = MappingProxyType({})
_ORDER = ("subject", "kind", "text", "options", "answer", "difficulty", "scenario", "scenario_text")


def broken(hold: Hold | None, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """Words that are held and would be others."""
    if hold is None or before is None:
        return []
    return [name for name in _ORDER if name in hold.words and before[name] != after[name]]


def waiting(bank: Mapping[str, Question], coming: Collection[Question], held: Holds) -> set[str]:
    """Of questions that come in those that must wait, and with them all of the same story."""
    waits = {one.key for one in coming if one.key in bank and _breaks(held.get(one.key), bank[one.key], one)}
    stories = {(one.subject, one.scenario) for one in coming if one.key in waits and one.scenario}
    return waits | {one.key for one in coming if (one.subject, one.scenario) in stories}


def _breaks(hold: Hold | None, before: Question, after: Question) -> bool:
    return bool(broken(hold, worded(before), worded(after)))


def _named(names: Iterable[str]) -> str:
    given = set(names)
    return "、".join("选项" if name == "options" else label(name) for name in _ORDER if name in given)
