"""The units that compete in a campaign: entered by staff with the number of their people, chosen by participants.

Who wrote down a head count, and when, stands beside it: a unit's place on the board hangs on it. No more people belong
to a unit than its head count says, so that its participation is at most the whole: joining a full one is refused, and
so is a head count below its members. In an exam the units are those of the roster, and nobody chooses.
"""

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from handlers.quiz import register, standings
from handlers.quiz.campaign import Phase
from handlers.quiz.models import HeldCampaign, Participant, Unit

MOST_UNITS, MOST_PEOPLE = 2000, 1_000_000
_LONGEST_NAME, _LONGEST_PATH = 64, 400
_LINE = re.compile(r"(?P<path>.+?)[\t,; ]+(?P<count>\d{1,3}(?:,\d{3})+|\d+)\s*人?(?:[\t;].*)?")
_HEADING = re.compile("单位|名称|人数")


class BadUnit(Exception):
    """It cannot be entered or chosen; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that staff pasted, and what is wrong with it: nothing where `fault` is empty."""

    number: int
    path: str
    head_count: int
    fault: str = ""
    is_new: bool = True


# ── for staff ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def listed(session: Session, held: HeldCampaign) -> list[Unit]:
    return list(session.scalars(select(Unit).where(Unit.campaign_id == held.id).order_by(Unit.path)).all())


def members(session: Session, held: HeldCampaign) -> dict[int, int]:
    """How many people belong to each unit, with a paper or without; units without any left out."""
    of_campaign = (Participant.campaign_id == held.id) & Participant.unit_id.is_not(None)
    counted = select(Participant.unit_id, func.count()).where(of_campaign).group_by(Participant.unit_id)
    return {unit_id: people for unit_id, people in session.execute(counted).all() if unit_id is not None}


def enter(session: Session, held: HeldCampaign, path: str, head_count: int, by: str) -> Unit:
    """Adds a unit, or changes the number of its people. Raises BadUnit, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    _refuse_exam(held)
    path = clean_path(path)
    if fault := fault_of(path, head_count):
        raise BadUnit(fault)
    _before_change(session, held)
    unit, was = _enter(session, held, path, head_count, by)
    audit.record(session, by, "quiz.unit", f"campaign:{held.id}", unit=path, people=head_count, before=was)
    return unit


def read_lines(session: Session, held: HeldCampaign, written: str) -> list[Line]:
    """What was pasted out of a table: a unit and the number of its people a line, a heading left out."""
    known, belong = {unit.path: unit.id for unit in listed(session, held)}, members(session, held)
    found: list[Line] = []
    seen: set[str] = set()
    for number, text in enumerate(written.splitlines(), start=1):
        if not text.strip() or (number == 1 and _HEADING.search(text) and not re.search(r"\d", text)):
            continue
        match = _LINE.fullmatch(unicodedata.normalize("NFKC", text).strip())
        path = clean_path(match["path"] if match else text)
        digits = re.sub(r"\D", "", match["count"]) if match else ""
        count = int(digits[:9] or 0)
        fault = fault_of(path, count) if match else say("unit_line_form")
        fault = fault or (say("unit_line_twice") if path in seen else "")
        fault = fault or _too_few(path, count, belong.get(known.get(path, 0), 0))
        seen.add(path)
        found.append(Line(number, path, count, fault, path not in known))
    return found


def enter_all(session: Session, held: HeldCampaign, written: str, by: str) -> int:
    """All lines or none. Raises BadUnit, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    _refuse_exam(held)
    lines = read_lines(session, held, written)
    if not lines:
        raise BadUnit(say("unit_no_lines"))
    if wrong := next((line for line in lines if line.fault), None):
        raise BadUnit(say("unit_line_wrong", number=wrong.number, fault=wrong.fault))
    if len(lines) > MOST_UNITS:
        raise BadUnit(say("unit_too_many", most=MOST_UNITS))
    _before_change(session, held)
    for line in lines:
        _enter(session, held, line.path, line.head_count, by)
    audit.record(session, by, "quiz.units", f"campaign:{held.id}", units=len(lines))
    return len(lines)


def remove(session: Session, held: HeldCampaign, unit_id: int, by: str) -> None:
    """Only while nobody and no other unit hangs on it. Raises BadUnit, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    _refuse_exam(held)
    _before_change(session, held)
    unit = get(session, held, unit_id)
    is_used = session.scalar(select(exists().where(Participant.unit_id == unit.id)))
    if is_used or session.scalar(select(exists().where(Unit.parent_id == unit.id))):
        raise BadUnit(say("unit_in_use", unit=unit.path))
    session.delete(unit)
    session.flush()
    audit.record(session, by, "quiz.unit_remove", f"campaign:{held.id}", unit=unit.path)


def get(session: Session, held: HeldCampaign, unit_id: int) -> Unit:
    """Of this campaign. Raises BadUnit."""
    unit = session.get(Unit, unit_id)
    if unit is None or unit.campaign_id != held.id:
        raise BadUnit(say("unit_gone"))
    return unit


def clean_path(written: str) -> str:
    plain = re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFKC", written)).strip()
    return "/".join(part.strip() for part in plain.replace("\\", "/").split("/") if part.strip())


def fault_of(path: str, head_count: int) -> str:
    """What speaks against entering it; empty where nothing does."""
    if not path or any(len(name) > _LONGEST_NAME for name in path.split("/")) or len(path) > _LONGEST_PATH:
        return say("unit_name", most=_LONGEST_NAME)
    return "" if 1 <= head_count <= MOST_PEOPLE else say("unit_people", most=MOST_PEOPLE)


def _too_few(path: str, head_count: int, belong: int) -> str:
    """What speaks against a head count below the members."""
    return say("unit_fewer", unit=path, people=belong, heads=head_count) if head_count < belong else ""


def _refuse_exam(held: HeldCampaign) -> None:
    if register.rules_of(held).exam:
        raise BadUnit(say("unit_of_roster"))


def _before_change(session: Session, held: HeldCampaign) -> None:
    """A board that stands still has been kept as it was before the units change."""
    standings.take_turns_of(session, held)
    if standings.is_frozen(held):
        standings.freeze(session, held)


def _enter(session: Session, held: HeldCampaign, path: str, head_count: int, by: str) -> tuple[Unit, int | None]:
    unit, was = _find_or_add(session, held, path, by)
    if was and (fault := _too_few(path, head_count, _belong(session, unit))):
        raise BadUnit(fault)
    unit.head_count, unit.entered_by, unit.entered_at = head_count, by, clock.now()
    session.flush()
    return unit, was


def _belong(session: Session, unit: Unit) -> int:
    """Exact in the campaign's turn."""
    return session.scalar(select(func.count()).where(Participant.unit_id == unit.id)) or 0


def _find_or_add(session: Session, held: HeldCampaign, path: str, by: str) -> tuple[Unit, int | None]:
    """The unit, with those above it, and the number of its people so far; None for a new one."""
    found = session.scalar(select(Unit).where(Unit.campaign_id == held.id, Unit.path == path))
    if found:
        return found, found.head_count
    above, _, name = path.rpartition("/")
    parent = _find_or_add(session, held, above, by)[0] if above else None
    unit = Unit(
        campaign_id=held.id, parent_id=parent.id if parent else None, name=name, path=path, head_count=0,
        entered_by=by, entered_at=clock.now(), people=0, half_points=0,
    )  # fmt: skip
    session.add(unit)
    session.flush()
    return unit, None


# ── for participants ──────────────────────────────────────────────────────────────────────────────────────────────────


def open_to(session: Session, held: HeldCampaign) -> list[Unit]:
    """Those that somebody can belong to."""
    return [unit for unit in listed(session, held) if unit.head_count > 0]


def find(session: Session, held: HeldCampaign, words: str) -> list[Unit]:
    """The one that is named so, or all whose name holds the words, or is held by them, the shortest first."""
    wanted = _folded(words)
    if not wanted:
        return []
    every = open_to(session, held)
    exact = [unit for unit in every if wanted in (_folded(unit.path), _folded(unit.name))]
    near = [unit for unit in every if wanted in _folded(unit.path) or _folded(unit.name) in wanted]
    return exact or sorted(near, key=lambda unit: (len(unit.path), unit.path))


def choose(session: Session, held: HeldCampaign, participant: Participant, unit_id: int) -> Unit:
    """With what he has brought. A second time changes nothing; once the boards stand still it is not changed any more,
    only chosen for the first time. Raises BadUnit.
    """
    _before_change(session, held)
    unit = get(session, held, unit_id)
    session.refresh(participant)
    session.refresh(unit)  # whoever was before us in the turn has added to its sums
    if participant.unit_id == unit.id:
        return unit
    if register.phase_of(held) is not Phase.OPEN or unit.head_count <= 0:
        raise BadUnit(say("unit_too_late"))
    if participant.unit_id is not None and standings.is_frozen(held):
        raise BadUnit(say("unit_frozen"))
    if _belong(session, unit) >= unit.head_count:
        raise BadUnit(say("unit_full", heads=unit.head_count))
    standings.move(session, participant, unit.id)
    return unit


def _folded(words: str) -> str:
    plain = unicodedata.normalize("NFKC", words).casefold()
    return "".join(sign for sign in plain if sign.isalnum()).removeprefix("葫芦岛市")
