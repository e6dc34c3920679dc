"""Every road that can really be walked through a flow: by what the conditions of its ways can tell apart.

Answers that no condition tells apart are one; so the roads can be counted, and each is walked once.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from handlers.guided.questions import Flow, Kind, Question, Way, values_of

Known = tuple[tuple[str, Any], ...]
"""(question, what stands for its answer) of all that was asked, by name."""
MOST_TOLD_APART = 6
"""Classes of the answers to a question of several of which every combination is tried."""


class Stop(NamedTuple):
    """Somebody at a question, with what he answered before."""

    name: str
    known: Known


def longest(flow: Flow, question: Question, known: Mapping[str, Any]) -> int:
    """Questions from this one to the end at most, itself included."""
    roads = _of(flow)
    stands = {name: roads.stands_for(flow.questions[name], value) for name, value in known.items()}
    return roads.longest(Stop(question.name, _in_order(stands)))


def stops(flow: Flow) -> Iterator[tuple[Stop, Way | None]]:
    """Every stop that can be reached, with each way taken from it; None where no way is open. A loop is a way to what
    was asked before: it is given, and not walked.
    """
    roads = _of(flow)
    seen, waiting = set(), [Stop(flow.first, ())] if flow.first in flow.questions else []
    while waiting:
        stop = waiting.pop()
        if stop in seen:
            continue
        seen.add(stop)
        for way, after in roads.onward(stop):
            yield stop, way
            if after is not None:
                waiting.append(after)


class _Roads:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._named: dict[str, dict[frozenset[str], int]] = {}
        """The sets of values that conditions name, by question: each has a bit of its own."""
        for question in flow.questions.values():
            for way in question.then:
                for name, values in way.when.items():
                    named = self._named.setdefault(name, {})
                    named.setdefault(values, 1 << len(named))
        self._answers = {name: self._told_apart(question) for name, question in flow.questions.items()}
        self._longest: dict[Stop, int] = {}

    def stands_for(self, question: Question, value: Any) -> Any:
        """The one answer that is walked for all that no condition tells from it."""
        answers = self._answers[question.name]
        return answers.get(self._bits(question.name, value)) if len(answers) > 1 else next(iter(answers.values()))

    def longest(self, stop: Stop) -> int:
        if stop not in self._longest:
            further = [after for _, after in self.onward(stop) if after is not None]
            self._longest[stop] = 1 + max((self.longest(after) for after in further), default=0)
        return self._longest[stop]

    def onward(self, stop: Stop) -> Iterator[tuple[Way | None, Stop | None]]:
        question, known = self.flow.questions[stop.name], dict(stop.known)
        found: dict[tuple[Way | None, Stop | None], None] = {}
        for answer in self._answers[stop.name].values():
            now = {**known, stop.name: answer}
            way = next((way for way in question.then if _is_open(way, now)), None)
            is_on = way is not None and way.to in self.flow.questions and way.to not in now
            after = Stop(way.to, _in_order(now)) if way and is_on else None
            if (key := (way, after)) not in found:
                found[key] = None
                yield way, after

    def _told_apart(self, question: Question) -> dict[int, Any]:
        """One answer for each that some condition tells from the others; None stands for any."""
        if question.name not in self._named:
            return {0: None}
        single = [*question.values, *([""] if question.may_skip else []), *([] if question.options else [None])]
        by_bits: dict[int, Any] = {}
        for value in single:
            by_bits.setdefault(self._bits(question.name, value), value)
        if question.kind is not Kind.SEVERAL:
            return by_bits
        classes = list(by_bits.values())[:MOST_TOLD_APART]
        together = [group for size in range(1, len(classes) + 1) for group in combinations(classes, size)]
        return {self._bits(question.name, group): group for group in reversed(together)}

    def _bits(self, name: str, value: Any) -> int:
        values = values_of(list(value) if isinstance(value, tuple) else value)
        return sum(bit for wanted, bit in self._named.get(name, {}).items() if values & wanted)


def _is_open(way: Way, known: Mapping[str, Any]) -> bool:
    return way.is_open({name: list(value) if isinstance(value, tuple) else value for name, value in known.items()})


def _in_order(known: Mapping[str, Any]) -> Known:
    return tuple(sorted(known.items(), key=lambda pair: pair[0]))


@lru_cache(maxsize=32)
def _of(flow: Flow) -> _Roads:
    """Kept: walking all roads takes a moment."""
    return _Roads(flow)
