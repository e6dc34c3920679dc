"""The tree of units whose people sit the exam: made from the roster, counted from the roster."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.phrases import say
from content.staff import NotFound
from content.store import clock
from handlers.quiz.exam.models import Sitter
from handlers.quiz.models import HeldCampaign, Unit


def all_units(session: Session, held: HeldCampaign) -> list[Unit]:
    """Each behind the one above it, side by side in the order in which they came."""
    found = session.scalars(select(Unit).where(Unit.campaign_id == held.id)).all()
    ids = {unit.path: unit.id for unit in found}
    return sorted(found, key=lambda unit: [ids.get(path, 0) for path in _line(unit.path)])


def get_unit(session: Session, held: HeldCampaign, unit_id: int) -> Unit:
    """Raises NotFound, also for a unit of another campaign."""
    unit = session.get(Unit, unit_id)
    if unit is None or unit.campaign_id != held.id:
        raise NotFound(say("exam_no_such_unit"))
    return unit


def below(every: Iterable[Unit], unit: Unit) -> list[Unit]:
    """This unit and those below it."""
    return [one for one in every if one.path == unit.path or one.path.startswith(f"{unit.path}/")]


def put(session: Session, held: HeldCampaign, paths: Iterable[str], by: str) -> dict[str, Unit]:
    """Path → unit, with what is missing made, and the units above."""
    known = {unit.path: unit for unit in all_units(session, held)}
    for path in [part for wanted in paths for part in _line(wanted)]:
        if path in known:
            continue
        above, _, name = path.rpartition("/")
        made = Unit(
            campaign_id=held.id, parent_id=known[above].id if above else None, name=name, path=path, head_count=0,
            entered_by=by, entered_at=clock.now(), people=0, half_points=0,
        )  # fmt: skip
        session.add(made)
        session.flush()
        known[path] = made
    return known


def _line(path: str) -> list[str]:
    """Its own path behind those above it."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def recount(session: Session, held: HeldCampaign, by: str) -> None:
    """Who could take part, unit by unit, from the roster as it stands."""
    session.flush()
    active = (Sitter.campaign_id == held.id) & Sitter.is_active
    counted = select(Sitter.unit_id, func.count()).where(active).group_by(Sitter.unit_id)
    people = {row[0]: row[1] for row in session.execute(counted)}
    for unit in all_units(session, held):
        if unit.head_count != people.get(unit.id, 0):
            unit.head_count, unit.entered_by, unit.entered_at = people.get(unit.id, 0), by, clock.now()
    session.flush()
