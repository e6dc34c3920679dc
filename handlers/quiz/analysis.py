"""How the questions of a campaign did: how many were right, whether a question tells good papers from weak ones, what
was chosen. Counted from the papers handed in, each paper once, by aggregates in SQL; nothing is stored.

Difficulty: the share that was right. Discrimination: that share among the best 27 % of papers less that among the
weakest 27 % (papers at the border's points are taken in), and the point-biserial correlation of the answer with the
points of the rest of the paper.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, case, func, select
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


_Marks = tuple[str, int, int, int, int, int, int, int]


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


@dataclass(slots=True)
class _Sums:
    """Of one question, over the papers on which it stood; points in half points."""

    asked: int = 0
    total: int = 0
    squares: int = 0
    upper: int = 0
    lower: int = 0


@dataclass(slots=True)
class _Papers:
    count: int = 0
    half_points: int = 0
    expected: float = 0.0
    upper_from: int = 0
    lower_to: int = 0
    sums: dict[str, _Sums] = field(default_factory=lambda: defaultdict(_Sums))

    @property
    def tells_apart(self) -> bool:
        return self.count >= FEWEST and self.lower_to < self.upper_from


def analyse(session: Session, held: HeldCampaign) -> Summary:
    """Asked after `play.settle`."""
    bank = repository.questions_by_key(session)
    seen = _papers(session, held, bank)
    marked = {row.question_key: row for row in session.execute(_marks(held, seen))}
    ways = _ways(session, held)
    mended = set(marking.in_force(session, held.id))
    items = [
        _figures(bank[key], sums, marked.get(key), ways.get(key, Counter()), seen, key in mended)
        for key, sums in seen.sums.items()
        if key in bank
    ]
    items.sort(key=lambda one: (not one.flags & ALARMING, one.share, one.question.key))
    if not seen.count:
        return Summary(0, 0.0, 0.0, [])
    return Summary(seen.count, seen.half_points / 2 / seen.count, seen.expected / seen.count, items)


def _handed_in(held: HeldCampaign) -> ColumnElement[bool]:
    return (Round.campaign_id == held.id) & Round.finished_at.is_not(None)


def _papers(session: Session, held: HeldCampaign, bank: dict[str, Question]) -> _Papers:
    """What only the papers themselves tell: which questions stood on them, and how the papers did."""
    seen = _Papers()
    by_points = select(Round.half_points, func.count()).where(_handed_in(held)).group_by(Round.half_points)
    spread = sorted((half, count) for half, count in session.execute(by_points))
    seen.count = sum(count for _, count in spread)
    seen.half_points = sum(half * count for half, count in spread)
    seen.lower_to, seen.upper_from = _border(spread, seen.count), _border(spread[::-1], seen.count)
    listed = select(Round.half_points, Round.question_keys, Round.points).where(_handed_in(held))
    for half, keys, points in session.execute(listed.execution_options(yield_per=5000)):
        is_upper, is_lower, square = half >= seen.upper_from, half <= seen.lower_to, half * half
        for key, worth in zip(keys, points, strict=True):
            sums = seen.sums[key]
            sums.asked += 1
            sums.total += half
            sums.squares += square
            sums.upper += is_upper
            sums.lower += is_lower
            if key in bank:
                seen.expected += worth * paper.EXPECTED[bank[key].difficulty]
    return seen


def _border(spread: Sequence[tuple[int, int]], papers: int) -> int:
    """At how many half points the first 27 % end."""
    wanted, so_far = papers * GROUP, 0
    for half, count in spread:
        so_far += count
        if so_far >= wanted:
            return half
    return 0


def _marks(held: HeldCampaign, seen: _Papers) -> Select[str, int, int, int, int, int, int, int]:
    """By question: who was right, in all and in both groups, and the sums for the correlation."""
    is_right, mine, whole = GivenAnswer.is_right, GivenAnswer.half_points, Round.half_points
    rest = whole - mine
    return (
        select(
            GivenAnswer.question_key,
            func.sum(case((is_right, 1), else_=0)).label("right"),
            func.sum(case((is_right & (whole >= seen.upper_from), 1), else_=0)).label("upper"),
            func.sum(case((is_right & (whole <= seen.lower_to), 1), else_=0)).label("lower"),
            func.sum(case((is_right, rest), else_=0)).label("rest_of_right"),
            func.sum(mine).label("mine"),
            func.sum(whole * mine).label("whole_mine"),
            func.sum(mine * mine).label("mine_squares"),
        )
        .join(Round, Round.id == GivenAnswer.round_id)
        .where(_handed_in(held))
        .group_by(GivenAnswer.question_key)
    )


def _ways(session: Session, held: HeldCampaign) -> dict[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    counted = (
        select(GivenAnswer.question_key, GivenAnswer.letters, func.count())
        .join(Round, Round.id == GivenAnswer.round_id)
        .where(_handed_in(held), GivenAnswer.letters != "")
        .group_by(GivenAnswer.question_key, GivenAnswer.letters)
    )
    for key, letters, count in session.execute(counted):
        found[key][letters] = count
    return found


def _figures(
    question: Question, sums: _Sums, marked: "Row[*_Marks] | None", ways: Counter[str], seen: _Papers, is_mended: bool
) -> ItemFigures:
    right = int(marked.right) if marked else 0
    upper_lower = correlation = None
    if marked and seen.tells_apart and sums.asked >= FEWEST and sums.upper and sums.lower:
        upper_lower = int(marked.upper) / sums.upper - int(marked.lower) / sums.lower
        correlation = _correlation(sums, marked)
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


def _correlation(sums: _Sums, marked: "Row[*_Marks]") -> float | None:
    """Of being right with the points of the rest of the paper; None where either is the same for all."""
    n, right = sums.asked, int(marked.right)
    rest = sums.total - int(marked.mine)
    squares = sums.squares - 2 * int(marked.whole_mine) + int(marked.mine_squares)
    spread = n * squares - rest * rest
    if spread <= 0 or right in (0, n):
        return None
    of_right = int(marked.rest_of_right)
    return (n * of_right - right * rest) / math.sqrt(spread * right * (n - right))


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
