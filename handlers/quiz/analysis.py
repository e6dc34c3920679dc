"""How the questions of a campaign did: how many were right, whether a question tells good papers from weak ones, what
was chosen. Counted from the papers handed in, each paper once, by aggregates in SQL; nothing is stored.

Difficulty: the share that was right. Discrimination: that share among the best 27 % of papers less that among the
weakest 27 % (papers at the border's points are taken in), and the point-biserial correlation of the answer with the
points of the rest of the paper.
"""

import math
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
import numpy
from sqlalchemy import ColumnElement, Text, case, cast, func, select
from sqlalchemy.orm import Session

from content import repository
from content.models import Question
from handlers.quiz import paper
from handlers.quiz.mending import marking
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round

GROUP = 0.27
FEWEST = 30
"""Papers, below which a figure says nothing."""
_MUCH = 0.25
"""How far a question may be from what its difficulty promised."""


class Flag(StrEnum):
    FEW = "few"
    NOBODY = "nobody"
    NEGATIVE = "negative"
    OTHER_CHOSEN = "other_chosen"
    """More chose one wrong way than the right one."""
    HARDER = "harder"
    EASIER = "easier"
    MENDED = "mended"


ALARMING = frozenset({Flag.NOBODY, Flag.NEGATIVE, Flag.OTHER_CHOSEN})


@dataclass(frozen=True, slots=True)
class ItemFigures:
    question: Question
    asked: int
    """Papers on which it stood."""
    right: int
    expected: float
    """The share that its difficulty in the bank promises."""
    upper_lower: float | None
    correlation: float | None
    chosen: dict[str, int]
    """Letter → on how many papers; of a question with several right options one paper may count for several."""
    left_out: int
    ways: dict[str, int]
    """What was given as a whole: "ACD" → papers."""
    flags: frozenset[Flag]

    @property
    def share(self) -> float:
        return self.right / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    papers: int
    average: float
    """Points."""
    expected: float
    """What the papers' difficulty promised on average."""
    items: list[ItemFigures]


@dataclass(frozen=True, slots=True)
class _Sums:
    """Of one question, over the papers on which it stood; points in half points."""

    asked: int
    total: int
    squares: int
    upper: int
    lower: int


@dataclass(frozen=True, slots=True)
class _Papers:
    count: int = 0
    average: float = 0.0
    expected: float = 0.0
    upper_from: int = 0
    lower_to: int = 0
    sums: dict[str, _Sums] = field(default_factory=dict)

    @property
    def tells_apart(self) -> bool:
        return self.count >= FEWEST and self.lower_to < self.upper_from


@dataclass(slots=True)
class _Marks:
    """Of one question, over its answers."""

    right: int = 0
    upper: int = 0
    lower: int = 0
    rest_of_right: int = 0
    mine: int = 0
    whole_mine: int = 0
    mine_squares: int = 0
    ways: Counter[str] = field(default_factory=Counter)


def analyse(session: Session, held: HeldCampaign) -> Summary:
    """Asked after `play.settle`."""
    bank = repository.questions_by_key(session)
    seen = _papers(session, held, bank)
    marks, mended = _marks(session, held, seen), set(marking.in_force(session, held.id))
    items = [
        _figures(bank[key], sums, marks.get(key, _Marks()), seen, key in mended)
        for key, sums in seen.sums.items()
        if key in bank
    ]
    items.sort(key=lambda one: (not one.flags & ALARMING, Flag.FEW in one.flags, one.share, one.question.key))
    return Summary(seen.count, seen.average, seen.expected, items)


def _handed_in(held: HeldCampaign) -> ColumnElement[bool]:
    return (Round.campaign_id == held.id) & Round.finished_at.is_not(None)


def _papers(session: Session, held: HeldCampaign, bank: dict[str, Question]) -> _Papers:
    """What only the papers themselves tell: which questions stood on them, and how the papers did."""
    listed = select(Round.half_points, cast(Round.question_keys, Text), cast(Round.points, Text))
    found = session.execute(listed.where(_handed_in(held))).all()
    if not found:
        return _Papers()
    points = numpy.array([row[0] for row in found], dtype=numpy.int64)
    low, high = _borders(points)
    numbers: dict[str, int] = {}
    asked, lengths, worth = array("q"), array("q"), array("q")
    for _, keys, worths in found:
        stood = msgspec.json.decode(keys, type=list[str])
        asked.extend(numbers.setdefault(key, len(numbers)) for key in stood)
        worth.extend(msgspec.json.decode(worths, type=list[int]))
        lengths.append(len(stood))
    which, halves = numpy.frombuffer(asked, dtype=numpy.int64), numpy.repeat(points, lengths)
    promised = numpy.array([paper.EXPECTED[bank[key].difficulty] if key in bank else 0.0 for key in numbers])
    expected = float(numpy.dot(promised[which], numpy.frombuffer(worth, dtype=numpy.int64)))

    def summed(weights: Any) -> Any:
        return numpy.bincount(which, weights, minlength=len(numbers)).round().astype(int).tolist()

    columns = (numpy.ones_like(halves), halves, halves * halves, halves >= high, halves <= low)
    rows = zip(*map(summed, columns), strict=True)
    sums = {key: _Sums(*row) for key, row in zip(numbers, rows, strict=True)}
    return _Papers(len(found), float(points.mean()) / 2, expected / len(found), high, low, sums)


def _borders(points: Any) -> tuple[int, int]:
    """At how many half points the weakest 27 % end, and the best begin."""
    ordered, last = numpy.sort(points), max(0, math.ceil(len(points) * GROUP) - 1)
    return int(ordered[last]), int(ordered[-1 - last])


def _marks(session: Session, held: HeldCampaign, seen: _Papers) -> dict[str, _Marks]:
    """By question: who was right, in all and in both groups, the sums for the correlation, and what was given."""
    is_right, mine, whole = GivenAnswer.is_right, GivenAnswer.half_points, Round.half_points
    told = (
        select(
            GivenAnswer.question_key,
            GivenAnswer.letters,
            func.count(),
            func.sum(case((is_right, 1), else_=0)),
            func.sum(case((is_right & (whole >= seen.upper_from), 1), else_=0)),
            func.sum(case((is_right & (whole <= seen.lower_to), 1), else_=0)),
            func.sum(case((is_right, whole - mine), else_=0)),
            func.sum(mine),
            func.sum(whole * mine),
            func.sum(mine * mine),
        )
        .join(Round, Round.id == GivenAnswer.round_id)
        .where(_handed_in(held))
        .group_by(GivenAnswer.question_key, GivenAnswer.letters)
    )
    found: defaultdict[str, _Marks] = defaultdict(_Marks)
    for key, letters, count, *sums in session.execute(told):
        marks = found[key]
        for name, value in zip(_SUMMED, sums, strict=True):
            setattr(marks, name, getattr(marks, name) + int(value))
        if letters:
            marks.ways[letters] += count
    return found


_SUMMED = ("right", "upper", "lower", "rest_of_right", "mine", "whole_mine", "mine_squares")


def _figures(question: Question, sums: _Sums, marks: _Marks, seen: _Papers, is_mended: bool) -> ItemFigures:
    right, ways = marks.right, marks.ways
    upper_lower = correlation = None
    if seen.tells_apart and sums.asked >= FEWEST and sums.upper and sums.lower:
        upper_lower = marks.upper / sums.upper - marks.lower / sums.lower
        correlation = _correlation(sums, marks)
    chosen: Counter[str] = Counter()
    for letters, count in ways.items():
        chosen.update(dict.fromkeys(letters, count))
    expected = paper.EXPECTED[question.difficulty]
    flags = _flags(question, sums.asked, right, expected, upper_lower, ways)
    if is_mended:
        flags = flags - ALARMING | {Flag.MENDED}
    return ItemFigures(
        question, sums.asked, right, expected, upper_lower, correlation, dict(chosen),
        sums.asked - sum(ways.values()), dict(ways.most_common()), flags,
    )  # fmt: skip


def _correlation(sums: _Sums, marks: _Marks) -> float | None:
    """Of being right with the points of the rest of the paper; None where either is the same for all."""
    n, right = sums.asked, marks.right
    rest = sums.total - marks.mine
    spread = n * (sums.squares - 2 * marks.whole_mine + marks.mine_squares) - rest * rest
    if spread <= 0 or right in (0, n):
        return None
    return (n * marks.rest_of_right - right * rest) / math.sqrt(spread * right * (n - right))


def _flags(
    question: Question, asked: int, right: int, expected: float, upper_lower: float | None, ways: Counter[str]
) -> frozenset[Flag]:
    if asked < FEWEST:
        return frozenset({Flag.FEW})
    wrong_way = max((count for letters, count in ways.items() if letters != question.answer), default=0)
    share = right / asked
    found = {
        Flag.NOBODY: right == 0,
        Flag.NEGATIVE: upper_lower is not None and upper_lower < 0,
        Flag.OTHER_CHOSEN: wrong_way > right,
        Flag.HARDER: 0 < share < expected - _MUCH,
        Flag.EASIER: share > min(0.98, expected + _MUCH),
    }
    return frozenset(flag for flag, is_so in found.items() if is_so)
