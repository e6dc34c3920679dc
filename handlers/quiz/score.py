"""What a participant may know of himself at any time: his points, his rank, his attempts, his papers.

His rank is not told while the boards stand still; what he got wrong is told by missed/.
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from content.store import clock
from content.store.db import Database
from handlers.quiz import admission, play, register, standings
from handlers.quiz.campaign import Phase, Verdicts
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.exam import entitlement
from handlers.quiz.models import HeldCampaign, MeritCount, Participant, Round


@dataclass(frozen=True, slots=True)
class Score:
    """Where somebody stands in a campaign. `rank` and `people`: None while the boards stand still."""

    half_points: int
    full_marks: int
    seconds: int
    papers: int
    rank: int | None
    people: int | None

    @property
    def points(self) -> float:
        return self.half_points / 2


@dataclass(frozen=True, slots=True)
class Taken:
    """A paper, or a round of practice, that is over."""

    round_id: str
    at: datetime
    right: int
    total: int
    half_points: int
    full_marks: int
    """0 for practice."""
    seconds: int
    is_on_paper: bool
    """Answered on paper, and typed in by staff."""

    @property
    def points(self) -> float:
        return self.half_points / 2


# ── which campaign is meant ───────────────────────────────────────────────────────────────────────────────────────────


def quizzes(session: Session) -> list[HeldCampaign]:
    """Those for everybody that have begun: the open ones first, the one that closes first before the others; then the
    closed ones, latest first. The exam has desks of its own.
    """
    begun = [
        held
        for held in register.all_held(session)
        if register.rules_of(held).exam is None and register.phase_of(held) is not Phase.BEFORE
    ]
    is_open = [held for held in begun if register.phase_of(held) is Phase.OPEN]
    closed = [held for held in begun if register.phase_of(held) is Phase.CLOSED]
    return [
        *sorted(is_open, key=lambda held: (held.closes_at, held.id)),
        *sorted(closed, key=lambda held: held.closes_at, reverse=True),
    ]


def looking(database: Database, campaign_id: str = "") -> AbstractContextManager[Session]:
    """A session for ranks and boards, after every paper whose time is up has been handed in: that alone writes.
    `campaign_id`: the one that is looked at, else all for everybody.
    """
    with database.reading() as session:
        named = session.get(HeldCampaign, campaign_id) if campaign_id else None
        meant = [named] if named else [] if campaign_id else quizzes(session)
        due = [held.id for held in meant if play.has_due(session, held)]
    if due:
        with database.transaction() as session:
            for campaign_id in due:
                play.settle(session, register.get_held(session, campaign_id))
    return database.reading()


def find_participant(session: Session, held: HeldCampaign, name: str) -> Participant | None:
    return session.get(Participant, (held.id, name))


def mine(session: Session, name_in: Callable[[HeldCampaign], str]) -> tuple[HeldCampaign, Participant | None] | None:
    """The open campaign that he takes part in, of several the one he played last; else the last one he took part in;
    else the first that is open. `name_in`: his name in a campaign.
    """
    every = quizzes(session)
    is_open = [held for held in every if register.phase_of(held) is Phase.OPEN]
    joined = {held.id: found for held in is_open if (found := find_participant(session, held, name_in(held)))}
    if joined:
        held = _played_last(session, [one for one in is_open if one.id in joined], name_in)
        return held, joined[held.id]
    if last := next(iter(taken_part(session, name_in)), None):
        return last
    return (is_open[0], None) if is_open else None


def taken_part(
    session: Session, name_in: Callable[[HeldCampaign], str]
) -> list[tuple[HeldCampaign, Participant]]:  # fmt: skip
    """Every campaign in which he has handed in a paper: the open ones, then the closed ones, latest first."""
    found = ((held, find_participant(session, held, name_in(held))) for held in quizzes(session))
    return [(held, participant) for held, participant in found if participant and participant.papers]


def others(session: Session, shown: HeldCampaign, name_in: Callable[[HeldCampaign], str]) -> list[HeldCampaign]:
    """Open, beside the one that is told at length: those he takes part in, too; where that one is closed, all."""
    is_open = [held for held in quizzes(session) if register.phase_of(held) is Phase.OPEN and held.id != shown.id]
    if register.phase_of(shown) is not Phase.OPEN:
        return is_open
    return [held for held in is_open if find_participant(session, held, name_in(held))]


def _played_last(
    session: Session, joined: list[HeldCampaign], name_in: Callable[[HeldCampaign], str]
) -> HeldCampaign:  # fmt: skip
    if len(joined) == 1:
        return joined[0]
    names = [name_in(held) for held in joined]
    latest = select(Round.campaign_id).where(Round.citizen_id.in_(names)).order_by(Round.started_at.desc()).limit(1)
    last = session.scalar(latest)
    return next((held for held in joined if held.id == last), joined[0])


def shown(session: Session, name_in: Callable[[HeldCampaign], str]) -> HeldCampaign | None:
    """Whose board is meant: of the open ones the one that `mine` has, else the first; else the last one, whoever took
    part.
    """
    first = next(iter(quizzes(session)), None)
    found = mine(session, name_in) if first and register.phase_of(first) is Phase.OPEN else None
    return found[0] if found and register.phase_of(found[0]) is Phase.OPEN else first


# ── where he stands ───────────────────────────────────────────────────────────────────────────────────────────────────


def score_of(session: Session, held: HeldCampaign, participant: Participant) -> Score | None:
    """None before his first paper. Asked after `play.settle`."""
    if participant.half_points is None or participant.seconds is None:
        return None
    is_told = not standings.is_frozen(held)
    return Score(
        participant.half_points, register.rules_of(held).full_marks, participant.seconds, participant.papers,
        standings.rank_of(session, participant) if is_told else None, people(session, held) if is_told else None,
    )  # fmt: skip


def people(session: Session, held: HeldCampaign) -> int:
    """Who have handed in a paper; a few hundred short rows, however many they are."""
    counted = select(func.coalesce(func.sum(MeritCount.people), 0))
    return session.scalar(counted.where(MeritCount.campaign_id == held.id, MeritCount.level == 0)) or 0


def attempts_left(session: Session, held: HeldCampaign, name: str) -> int:
    """Today, of a campaign for everybody."""
    used = admission.attempts_today(session, held, name)
    return max(0, register.rules_of(held).attempts_a_day - used)


def history(session: Session, campaign_id: str | None, name: str, count: int = 10) -> list[Taken]:
    """The latest first. `campaign_id`: None for practice, of which only whole rounds are told."""
    mine = (Round.citizen_id == name) & (Round.campaign_id == campaign_id) & Round.finished_at.is_not(None)
    latest = select(Round).where(mine).order_by(Round.finished_at.desc(), Round.id).limit(count)
    found = session.scalars(latest.options(selectinload(Round.given))).all()
    typed_in = typed_in_of(session, [played.id for played in found])
    return [_taken(played, played.id in typed_in) for played in found]


def typed_in_of(session: Session, rounds: Collection[str]) -> set[str]:
    """Which of these papers were answered on paper and typed in by staff: their owner is told."""
    return set(session.scalars(select(PaperEntry.round_id).where(PaperEntry.round_id.in_(rounds))))


def _taken(played: Round, is_on_paper: bool) -> Taken:
    standing, at = play.standing(played), played.finished_at or played.started_at
    seconds = int((at - played.started_at).total_seconds())
    return Taken(
        played.id, at, standing.right, standing.total, standing.half_points, standing.full_marks, seconds, is_on_paper
    )  # fmt: skip


# ── what may be told of a paper ───────────────────────────────────────────────────────────────────────────────────────


def may_be_told(session: Session, held: HeldCampaign) -> bool:
    """Whether the answers of a paper that has been handed in may be told now."""
    return register.rules_of(held).verdicts is not Verdicts.CLOSED or clock.now() >= told_from(session, held)


def told_from(session: Session, held: HeldCampaign) -> datetime:
    """When the answers are told where the rule is "closed": to nobody while anybody may still sit it."""
    return entitlement.last_sitting_ends(session, held)


def asked_now(session: Session, names: Iterable[str], campaigns: Collection[str] = ()) -> set[str]:
    """Keys of the questions on papers that these participants are answering now, or anybody in these campaigns."""
    runs = Round.finished_at.is_(None) & (Round.deadline_at > clock.now())
    theirs = Round.citizen_id.in_(list(names)) | Round.campaign_id.in_(campaigns)
    found = session.scalars(select(Round.question_keys).where(theirs, runs)).all()
    return {key for keys in found for key in keys}
