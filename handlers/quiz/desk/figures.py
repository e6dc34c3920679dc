"""Figures of a campaign while it runs, added up by the database: no paper is loaded, however many there are.

Who has how many points is read from the counts that standings.py keeps; how questions were answered from the papers
that were handed in last.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import DateTime, String, case, cast, func, literal_column, select, type_coerce
from sqlalchemy.orm import Session

from content.models import Question
from content.store import clock
from handlers.quiz.exam import entitlement
from handlers.quiz.models import GivenAnswer, HeldCampaign, MeritCount, Participant, Round

LATEST = 3000
"""Papers whose answers the desk looks at: the figures of all of them would take seconds."""
_FULL = 99_999
BANDS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    joined: int
    """Participants; who has handed in a paper: `people`."""
    people: int
    papers: int
    handed_in: int
    open_papers: int
    mean: float | None
    """Points of the papers handed in, and of each participant's best one; None before the first."""
    mean_best: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """How a question of the campaign was answered."""

    question: Question
    answered: int
    right: int

    @property
    def is_right(self) -> float:
        return self.right / self.answered

    @property
    def percent_wrong(self) -> int:
        return round(100 * (1 - self.is_right))


def figures(session: Session, held: HeldCampaign) -> Figures:
    """Asked after `play.settle`."""
    runs = Round.finished_at.is_(None) & (Round.deadline_at > clock.now())
    papers, handed_in, open_papers, half_points = session.execute(
        select(
            func.count(), func.count(Round.finished_at), func.coalesce(func.sum(case((runs, 1), else_=0)), 0),
            func.coalesce(func.sum(case((Round.finished_at.is_not(None), Round.half_points), else_=0)), 0),
        ).where(Round.campaign_id == held.id)
    ).one()  # fmt: skip
    joined = session.scalar(select(func.count()).where(Participant.campaign_id == held.id)) or 0
    points = best_points(session, held)
    people = sum(points.values())
    best = sum(half * count for half, count in points.items())
    return Figures(
        joined, people, papers, handed_in, open_papers, half_points / 2 / handed_in if handed_in else None,
        best / 2 / people if people else None,
    )  # fmt: skip


def best_points(session: Session, held: HeldCampaign) -> dict[int, int]:
    """Half points → how many participants have them in their best paper."""
    counts = (MeritCount.campaign_id == held.id) & (MeritCount.level == 0) & (MeritCount.people > 0)
    found = session.execute(select(MeritCount.prefix, MeritCount.people).where(counts)).all()
    return {_FULL - int(prefix): people for prefix, people in found}


def bands(points: dict[int, int], full_marks: int) -> list[tuple[str, int]]:
    """ "80–89" → people; ten bands, the full marks in the last one."""
    width = max(1, -(-full_marks // BANDS))
    starts = list(range(0, full_marks + 1, width))
    if len(starts) > 1 and starts[-1] == full_marks:
        starts.pop()
    found: Counter[int] = Counter()
    for half, people in points.items():
        found[min(int(half / 2) // width, len(starts) - 1)] += people
    ends = [*(start - 1 for start in starts[1:]), full_marks]
    named = [f"{start}–{end}" if start < end else str(start) for start, end in zip(starts, ends, strict=True)]
    return [(name, found[place]) for place, name in enumerate(named)]


def by_hour(session: Session, held: HeldCampaign) -> dict[datetime, int]:
    """Papers handed in in each hour of Beijing, hours without one left out."""
    hour = func.substr(
        cast(type_coerce(Round.finished_at, DateTime), String), literal_column("1"), literal_column("13")
    )
    of_campaign = (Round.campaign_id == held.id) & Round.finished_at.is_not(None)
    found = session.execute(select(hour, func.count()).where(of_campaign).group_by(hour).order_by(hour)).all()
    return {_local(f"{text.replace('T', ' ')}:00"): papers for text, papers in found}


def _local(text: str) -> datetime:
    return clock.in_beijing(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC))


def hours(found: dict[datetime, int], last: int = 48) -> list[tuple[datetime, int]]:
    """The last hours without a gap, up to the one of the newest paper."""
    if not found:
        return []
    end = max(found)
    begin = max(min(found), end - timedelta(hours=last - 1))
    count = int((end - begin).total_seconds() // 3600) + 1
    return [(moment, found.get(moment, 0)) for moment in (begin + timedelta(hours=step) for step in range(count))]


def days(found: dict[datetime, int]) -> list[tuple[date, int]]:
    """Every day from the first paper to the newest."""
    added: Counter[date] = Counter()
    for moment, papers in found.items():
        added[moment.date()] += papers
    if not added:
        return []
    first, count = min(added), (max(added) - min(added)).days + 1
    return [(day, added[day]) for day in (first + timedelta(days=step) for step in range(count))]


def shares(session: Session, held: HeldCampaign, latest: int | None = LATEST) -> list[Share]:
    """The worst first. `latest`: of so many papers that were handed in last; None for all of them."""
    papers = select(Round.id).where(Round.campaign_id == held.id, Round.finished_at.is_not(None))
    if latest is not None:
        papers = papers.order_by(Round.finished_at.desc()).limit(latest)
    chosen = papers.subquery()
    counted = (
        select(
            GivenAnswer.question_key, func.count(),
            func.coalesce(func.sum(case((GivenAnswer.is_right, 1), else_=0)), 0),
        )
        .join(chosen, chosen.c.id == GivenAnswer.round_id)
        .where(GivenAnswer.letters != "")
        .group_by(GivenAnswer.question_key)
    )  # fmt: skip
    found = {key: (answered, right) for key, answered, right in session.execute(counted).all()}
    questions = session.scalars(select(Question).where(Question.key.in_(found))).all() if found else []
    listed = [Share(question, *found[question.key]) for question in questions]
    return sorted(listed, key=lambda share: (share.is_right, -share.answered, share.question.key))


def people_of(session: Session, held: Iterable[HeldCampaign]) -> dict[str, int]:
    """Who have handed in a paper in each campaign, as a list shows it."""
    names = [one.id for one in held]
    counted = select(MeritCount.campaign_id, func.sum(MeritCount.people)).where(
        MeritCount.level == 0, MeritCount.campaign_id.in_(names)
    )
    found = {name: int(people) for name, people in session.execute(counted.group_by(MeritCount.campaign_id)).all()}
    return {name: found.get(name, 0) for name in names}


def is_over(session: Session, held: HeldCampaign) -> bool:
    """Nobody can hand in a paper any more: neither now nor in a make-up or by a single grant."""
    return clock.now() >= entitlement.last_sitting_ends(session, held)
