"""Who stands where in a campaign, exact at every moment: kept in the same transaction in which a paper is handed in.

The published rule: each participant's best paper counts. More points come first; of the same points the shorter time;
of the same time the one handed in earlier. Whoever is equal in all three shares a rank, and the next rank is left out.
A unit stands by the share of its people that took part times their average: their points together by its head count.

Every hand-in of a campaign has its turn alone (`take_turns`); `rebuild` makes everything anew from the papers.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from content.store import clock
from content.store.db import take_turns
from handlers.quiz import register
from handlers.quiz.editions.models import PaperEntry
from handlers.quiz.models import FrozenBoard, HeldCampaign, MeritCount, Participant, Round, Unit

SHOWN = 100
"""Places on a board."""
_POINTS, _SECONDS = 5, 11
"""Signs of a merit up to its points, and up to its seconds."""


@dataclass(frozen=True, slots=True)
class Stand:
    rank: int
    code: str
    nickname: str
    unit: str
    half_points: int
    seconds: int
    handed_in_at: datetime
    papers: int
    """Handed in so far."""
    participant: str = ""
    """Never shown."""
    is_on_paper: bool = False
    """The paper that counts was answered on paper and typed in by staff."""


@dataclass(frozen=True, slots=True)
class UnitStand:
    rank: int
    path: str
    head_count: int
    people: int
    half_points: int
    """Of the best papers of its people, together."""

    @property
    def score(self) -> float:
        """Participation × average, in points."""
        return self.half_points / 2 / self.head_count if self.head_count else 0.0


@dataclass(frozen=True, slots=True)
class Board:
    people: list[Stand]
    units: list[UnitStand]
    frozen_at: datetime | None
    """Since when it stands still; None while it is live."""


@dataclass(frozen=True, slots=True)
class _Best:
    """A finished paper, as it stands in the order of all."""

    round_id: str
    half_points: int
    seconds: int
    at: datetime

    @property
    def merit(self) -> str:
        return merit_of(self.half_points, self.seconds, self.at)


def merit_of(half_points: int, seconds: int, handed_in_at: datetime) -> str:
    """Sorts as the rule has it, best first."""
    return f"{99_999 - half_points:05}{seconds:06}{int(handed_in_at.timestamp() * 1_000_000):017}"


def half_points_in(merit: str) -> int:
    return 99_999 - int(merit[:_POINTS])


# ── a paper comes in ──────────────────────────────────────────────────────────────────────────────────────────────────


def enter(session: Session, held: HeldCampaign, played: Round) -> None:
    """A paper that has just been finished. The caller holds the campaign's turn (`take_turns_of`)."""
    _freeze_before(session, held, _finished(played))
    participant = _participant(session, held, played.citizen_id)
    participant.papers += 1
    seconds = int((_finished(played) - played.started_at).total_seconds())
    merit = merit_of(played.half_points, seconds, _finished(played))
    if participant.merit is None or merit < participant.merit:
        _take_out(session, participant)
        participant.round_id, participant.half_points, participant.seconds = played.id, played.half_points, seconds
        participant.handed_in_at, participant.merit = played.finished_at, merit
        _put_in(session, participant)
    session.flush()


def take_turns_of(session: Session, held: HeldCampaign) -> None:
    take_turns(session, f"quiz:{held.id}")


def rebuild(session: Session, held: HeldCampaign) -> None:
    """From the finished papers, after their points were changed: some passes over all, whatever they are."""
    take_turns_of(session, held)
    session.flush()
    finished = (Round.campaign_id == held.id) & Round.finished_at.is_not(None)
    listed = select(Round.citizen_id, Round.id, Round.half_points, Round.started_at, Round.finished_at).where(finished)
    bests = [
        (name, _Best(round_id, half_points, int((at - started_at).total_seconds()), at))
        for name, round_id, half_points, started_at, at in session.execute(listed.order_by(Round.finished_at, Round.id))
        if at is not None
    ]
    freeze_at = freezes_at(held)
    if freeze_at < held.closes_at and bests and bests[-1][1].at >= freeze_at and not session.get(FrozenBoard, held.id):
        _recount(session, held, [one for one in bests if one[1].at < freeze_at])
        freeze(session, held)
    _recount(session, held, bests)


def _recount(session: Session, held: HeldCampaign, papers: list[tuple[str, _Best]]) -> None:
    """Only rows that would be others are written."""
    best: dict[str, _Best] = {}
    for name, paper in papers:
        if name not in best or paper.merit < best[name].merit:
            best[name] = paper
    handed_in, changed, units, counts = Counter(name for name, _ in papers), [], Counter[int](), Counter[int]()
    mine = select(Participant.name, Participant.unit_id, Participant.papers, Participant.round_id, Participant.merit)
    known = session.execute(mine.where(Participant.campaign_id == held.id)).all()
    if lacking := best.keys() - {row.name for row in known}:
        raise LookupError(f"{held.id}: {len(lacking)} have papers and never joined")
    for name, unit_id, count, round_id, merit in known:
        found = best.get(name)
        if (count, round_id, merit) != (handed_in[name], found and found.round_id, found and found.merit):
            changed.append({"campaign_id": held.id, "name": name, "papers": handed_in[name], **_as_columns(found)})
        if found and unit_id is not None:
            units[unit_id] += 1
            counts[unit_id] += found.half_points
    _write(session, held, changed, [one.merit for one in best.values()])
    for unit in session.scalars(select(Unit).where(Unit.campaign_id == held.id)).all():
        unit.people, unit.half_points = units[unit.id], counts[unit.id]
    session.flush()
    session.expire_all()


def _write(session: Session, held: HeldCampaign, changed: list[dict[str, Any]], merits: list[str]) -> None:
    if changed:
        session.execute(update(Participant), changed)
    session.execute(delete(MeritCount).where(MeritCount.campaign_id == held.id))
    prefixes = Counter(prefix for merit in merits for prefix in ((0, merit[:_POINTS]), (1, merit[:_SECONDS])))
    if prefixes:
        rows = [
            {"campaign_id": held.id, "level": level, "prefix": prefix, "people": people}
            for (level, prefix), people in prefixes.items()
        ]
        session.execute(insert(MeritCount), rows)


def _as_columns(best: _Best | None) -> dict[str, Any]:
    if best is None:
        return dict.fromkeys(("round_id", "half_points", "seconds", "handed_in_at", "merit"))
    return {
        "round_id": best.round_id, "half_points": best.half_points, "seconds": best.seconds, "handed_in_at": best.at,
        "merit": best.merit,
    }  # fmt: skip


def move(session: Session, participant: Participant, unit_id: int | None) -> None:
    """To another unit, with what he has brought."""
    _count_in_unit(session, participant, -1)
    participant.unit_id = unit_id
    _count_in_unit(session, participant, 1)
    session.flush()


def _finished(played: Round) -> datetime:
    if played.finished_at is None:
        raise ValueError(f"{played.id} is not finished")
    return played.finished_at


def _participant(session: Session, held: HeldCampaign, name: str) -> Participant:
    found = session.get(Participant, (held.id, name))
    if found is None:
        raise LookupError(f"{held.id}: nobody of this name has joined")
    return found


def _put_in(session: Session, participant: Participant) -> None:
    for level, prefix in _prefixes(participant):
        found = session.get(MeritCount, (participant.campaign_id, level, prefix))
        if found is None:
            session.add(MeritCount(campaign_id=participant.campaign_id, level=level, prefix=prefix, people=1))
        else:
            found.people += 1
    _count_in_unit(session, participant, 1)


def _take_out(session: Session, participant: Participant) -> None:
    if participant.merit is None:
        return
    for level, prefix in _prefixes(participant):
        found = session.get_one(MeritCount, (participant.campaign_id, level, prefix))
        found.people -= 1
    _count_in_unit(session, participant, -1)


def _prefixes(participant: Participant) -> tuple[tuple[int, str], ...]:
    merit = participant.merit or ""
    return (0, merit[:_POINTS]), (1, merit[:_SECONDS])


def _count_in_unit(session: Session, participant: Participant, sign: int) -> None:
    if participant.merit is None or participant.unit_id is None:
        return
    unit = session.get_one(Unit, participant.unit_id)
    unit.people += sign
    unit.half_points += sign * (participant.half_points or 0)


# ── what is shown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def rank_of(session: Session, participant: Participant) -> int | None:
    """None before his first paper. A few hundred short rows are added up, whether ten take part or a million. Asked
    after `play.settle`.
    """
    merit = participant.merit
    if merit is None:
        return None
    points, seconds = merit[:_POINTS], merit[:_SECONDS]
    of_campaign = MeritCount.campaign_id == participant.campaign_id
    better = (MeritCount.level == 0) & (MeritCount.prefix < points)
    quicker = (MeritCount.level == 1) & (MeritCount.prefix >= points) & (MeritCount.prefix < seconds)
    before = sum(
        session.scalar(select(func.coalesce(func.sum(MeritCount.people), 0)).where(of_campaign, which)) or 0
        for which in (better, quicker)
    )
    peers = (Participant.merit >= seconds) & (Participant.merit < merit)
    earlier = select(func.count()).where(Participant.campaign_id == participant.campaign_id, peers)
    return before + (session.scalar(earlier) or 0) + 1


def top(session: Session, held: HeldCampaign, count: int | None = SHOWN) -> list[Stand]:
    """The first `count`, or all who have handed in a paper. Asked after `play.settle`."""
    listed = (
        select(
            Participant.merit, Participant.code, Participant.nickname, func.coalesce(Unit.path, ""),
            Participant.half_points, Participant.seconds, Participant.handed_in_at, Participant.papers,
            Participant.name, PaperEntry.round_id.is_not(None),
        )
        .outerjoin(Unit, Unit.id == Participant.unit_id)
        .outerjoin(PaperEntry, PaperEntry.round_id == Participant.round_id)
        .where(Participant.campaign_id == held.id, Participant.merit.is_not(None))
        .order_by(Participant.merit, Participant.code)
        .limit(count)
    )  # fmt: skip
    found: list[Stand] = []
    before = None
    for place, row in enumerate(session.execute(listed), start=1):
        merit, *shown = tuple[Any, ...](row)
        found.append(Stand(found[-1].rank if merit == before else place, *shown))
        before = merit
    return found


def count(session: Session, held: HeldCampaign) -> tuple[int, int]:
    """People who have handed in a paper, and papers handed in. Asked after `play.settle`."""
    counted = select(func.count(Participant.merit), func.coalesce(func.sum(Participant.papers), 0))
    people, papers = session.execute(counted.where(Participant.campaign_id == held.id)).one()
    return people, papers


def units(session: Session, held: HeldCampaign) -> list[UnitStand]:
    """All units with a head count, best first; of the same score the larger participation, then by name."""
    found = session.scalars(select(Unit).where(Unit.campaign_id == held.id, Unit.head_count > 0)).all()
    ordered = sorted(found, key=lambda unit: (*_unit_merit(unit), unit.path))
    ranks: list[int] = []
    for place, unit in enumerate(ordered, start=1):
        is_tied = place > 1 and _unit_merit(unit) == _unit_merit(ordered[place - 2])
        ranks.append(ranks[-1] if is_tied else place)
    return [_unit_stand(rank, unit) for rank, unit in zip(ranks, ordered, strict=True)]


def board(session: Session, held: HeldCampaign) -> Board:
    """What everybody may see: live, or as it stood when it was frozen. Asked after `play.settle`."""
    frozen = session.get(FrozenBoard, held.id) if is_frozen(held) else None
    if frozen is None:
        return Board(top(session, held), units(session, held), None)
    people = [Stand(**{**row, "handed_in_at": datetime.fromisoformat(row["handed_in_at"])}) for row in frozen.people]
    return Board(people, [UnitStand(**row) for row in frozen.units], freezes_at(held))


def freezes_at(held: HeldCampaign) -> datetime:
    return held.closes_at - timedelta(minutes=register.rules_of(held).freeze_minutes)


def is_frozen(held: HeldCampaign) -> bool:
    """From the freeze up to the close: then everything is shown."""
    return freezes_at(held) <= clock.now() < held.closes_at


def _freeze_before(session: Session, held: HeldCampaign, moment: datetime) -> None:
    """The board is kept as it stood at the freeze, before the first paper that came in later is counted."""
    if moment >= freezes_at(held) and held.closes_at > freezes_at(held):
        freeze(session, held)


def freeze(session: Session, held: HeldCampaign) -> None:
    """Keeps the board as it stands. A second time changes nothing."""
    if session.get(FrozenBoard, held.id) is None:
        people = [{**asdict(stand), "handed_in_at": stand.handed_in_at.isoformat()} for stand in top(session, held)]
        session.add(FrozenBoard(campaign_id=held.id, people=people, units=_as_rows(units(session, held))))
        session.flush()


def _as_rows(stands: Sequence[UnitStand]) -> list[dict[str, object]]:
    return [asdict(stand) for stand in stands]


def _unit_merit(unit: Unit) -> tuple[float, float]:
    """Negative: better is smaller. Quotients of whole numbers, equal where the fractions are equal."""
    return -unit.half_points / unit.head_count, -unit.people / unit.head_count


def _unit_stand(rank: int, unit: Unit) -> UnitStand:
    return UnitStand(rank, unit.path, unit.head_count, unit.people, unit.half_points)
