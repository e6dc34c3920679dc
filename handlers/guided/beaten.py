"""The beaten road: who has only tapped options so far is led on as everybody who tapped them before. What such a tap
does is worked out once, by talking.py, and kept; whatever is more than a tap takes the long way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.desk import Bureau
from handlers.guided import flow as flows
from handlers.guided import reading, talking
from handlers.guided.guide import Guide
from handlers.guided.questions import Kind
from handlers.message import Reply

REMEMBERED, LONGEST = 4096, 40
_NOT_PLAIN = frozenset({"_paused", "_tries", "_ticked", "_heard"})
Shows = Callable[[Mapping[str, Any]], Reply]


@dataclass(frozen=True, slots=True)
class Tap:
    """An answer and what comes then."""

    name: str
    value: str
    before: str
    """What is said in front of the next question."""
    reply: Reply

    def after(self, kept: Mapping[str, Any], key: str) -> dict[str, Any]:
        """The answers as they are kept from now on."""
        return talking.marked({**kept, self.name: self.value}, key, self.before)


def find_tap(guide: Guide, bureau: Bureau, kept: Mapping[str, Any], text: str, shows: Shows) -> Tap | None:
    """None: the long way. `shows`: the open question as these answers have it."""
    if len(text) > LONGEST or not _NOT_PLAIN.isdisjoint(kept) or talking.is_late(kept):
        return None
    if (tapped := flows.tapped(guide.flow, kept)) is None:
        return None
    taps, road = bureau.taps, (guide.kind, tapped, text)
    if road not in taps:
        if len(taps) >= REMEMBERED:
            taps.clear()
        taps[road] = _worked_out(guide, kept, text, shows)
    found: Tap | None = taps[road]
    return found


def _worked_out(guide: Guide, kept: Mapping[str, Any], text: str, shows: Shows) -> Tap | None:
    question = flows.next_step(guide.flow, kept)
    if question is None or question.kind is not Kind.CHOICE or question.is_private:
        return None
    option = reading.labels(question).get(reading.plain(text))
    if option is None:
        return None
    turn = talking.answer(guide, kept, question, option.value, "", lambda value: value)
    following = flows.next_step(guide.flow, turn.answers)
    if turn.is_over or "_tries" in turn.answers or following is None or following.recaps:
        return None
    return Tap(question.name, option.value, turn.answers["_before"], shows(turn.answers))
