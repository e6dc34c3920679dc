"""Who sits the exam: taken from an Excel file after everybody has seen what it would change, and taken again without
harm. Numbers and names are kept encrypted; the participant's name is a keyed pseudonym of the number, so that nobody
who reads the database knows whose paper is whose.

What is kept goes two years after the exam: `purge`.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from content import audit, staff
from content.importers import roster as files
from content.importers.roster import Line
from content.phrases import say
from content.staff import NotFound, Role
from content.store import clock
from content.store.keys import Keyring
from handlers.quiz import play, register, seats, standings
from handlers.quiz.exam import units
from handlers.quiz.exam.models import EntryCode, Liaison, LiaisonSession, Override, RosterFile, Sitter
from handlers.quiz.models import HeldCampaign, Participant, Unit

KEPT = timedelta(days=730)
"""Who wrote which paper, after the exam and its make-up are over."""
FILES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=2)
CODES_KEPT = timedelta(days=30)
"""After the end, so that results can still be looked at."""
_WHO, _FILE = "exam-sitter", "exam-roster"


class NotTaken(Exception):
    """The roster was not taken in and nothing has changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Person:
    participant: str
    number: str
    """Empty, as the name, once the time of keeping is over."""
    name: str
    unit_id: int
    is_leading: bool
    is_active: bool


@dataclass(frozen=True)
class Plan:
    """What taking this file in would do."""

    lines: list[Line]
    added: list[Line]
    changed: list[tuple[Line, Person]]
    unchanged: int
    gone: list[Person]
    """Active now and not in the file."""

    @property
    def faulty(self) -> list[Line]:
        return [line for line in self.lines if line.faults]

    @property
    def doubtful(self) -> list[Line]:
        return [line for line in self.lines if line.doubts]


def participant_of(keyring: Keyring, campaign_id: str, number: str) -> str:
    return keyring.pseudonym(f"campaign:{campaign_id}", f"roster:{number}")


# ── a file comes in ───────────────────────────────────────────────────────────────────────────────────────────────────


def hand_in(session: Session, keyring: Keyring, held: HeldCampaign, data: bytes, file_name: str, by: str) -> RosterFile:
    """Kept to be looked through, without identity cards' numbers; nothing of the roster changes. Raises Unreadable,
    NotAllowed, NotTaken.
    """
    staff.require(session, by, Role.CAMPAIGNS)
    _require_exam(held)
    files.read(data, file_name)
    session.execute(delete(RosterFile).where(RosterFile.campaign_id == held.id, RosterFile.sent_by == by))
    kept = RosterFile(
        campaign_id=held.id, file_name=file_name[-120:], sent_by=by, sent_at=clock.now(),
        content=keyring.encrypt(_FILE, base64.b64encode(files.withheld(data)).decode()),
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def _require_exam(held: HeldCampaign) -> None:
    if register.rules_of(held).exam is None:
        raise NotTaken(say("exam_is_none", title=held.title))


def get_file(session: Session, held: HeldCampaign, file_id: int) -> RosterFile:
    """Raises NotFound."""
    found = session.get(RosterFile, file_id)
    if found is None or found.campaign_id != held.id:
        raise NotFound(say("exam_roster_file_gone"))
    return found


def discard(session: Session, file: RosterFile) -> None:
    """Once it was taken in."""
    session.delete(file)
    session.flush()


def bytes_of(keyring: Keyring, file: RosterFile) -> bytes:
    return base64.b64decode(keyring.decrypt(_FILE, file.content))


def lines_of(keyring: Keyring, file: RosterFile) -> list[Line]:
    """Takes its time: read it before a transaction that writes begins."""
    return files.read(bytes_of(keyring, file), file.file_name)


def look(session: Session, keyring: Keyring, held: HeldCampaign, lines: list[Line], is_part: bool) -> Plan:
    """What taking them in would do; `is_part`: only the units named among them are meant."""
    known = {person.participant: person for person in people(session, keyring, held, is_all=True)}
    paths = {unit.id: unit.path for unit in units.all_units(session, held)}
    before = [(line, known.get(participant_of(keyring, held.id, line.number))) for line in lines]
    added = [line for line, person in before if person is None]
    changed = [(line, person) for line, person in before if person and _differs(line, person, paths)]
    seen = {person.participant for _, person in before if person}
    named = {line.unit for line in lines}
    gone = [
        person
        for person in known.values()
        if person.is_active and person.participant not in seen and (not is_part or paths[person.unit_id] in named)
    ]
    return Plan(lines, added, changed, len(lines) - len(added) - len(changed), gone)


def _differs(line: Line, before: Person, paths: dict[int, str]) -> bool:
    now = (line.unit, line.name, line.is_leading, True)
    return now != (paths[before.unit_id], before.name, before.is_leading, before.is_active)


def take_in(
    session: Session, keyring: Keyring, held: HeldCampaign, lines: list[Line], by: str, *, is_part: bool = False,
    drops: int = 0,
) -> Plan:  # fmt: skip
    """All of it or nothing. `drops`: how many people he has agreed to leave out. Raises NotTaken, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    _require_exam(held)
    standings.take_turns_of(session, held)
    plan = look(session, keyring, held, lines, is_part)
    if plan.faulty:
        first = next(iter(plan.faulty[0].faults.items()))
        place = plan.faulty[0].places.get(first[0], "")
        raise NotTaken(say("exam_roster_faulty", count=len(plan.faulty), place=place, fault=first[1]))
    if len(plan.gone) != drops:
        raise NotTaken(say("exam_roster_drops", count=len(plan.gone)))
    _put(session, keyring, held, [*plan.added, *(line for line, _ in plan.changed)], by)
    for person in plan.gone:
        _leave_out(session, held, person)
    units.recount(session, held, by)
    audit.record(
        session, by, "exam.roster", f"campaign:{held.id}", added=len(plan.added), changed=len(plan.changed),
        unchanged=plan.unchanged, left_out=len(plan.gone),
    )  # fmt: skip
    return plan


def _put(session: Session, keyring: Keyring, held: HeldCampaign, lines: Sequence[Line], by: str) -> None:
    """All at once: while this writes, on SQLite nobody else does."""
    known = units.put(session, held, dict.fromkeys(line.unit for line in lines), by)
    of_exam = select(Sitter).where(Sitter.campaign_id == held.id)
    sitters = {sitter.participant: sitter for sitter in session.scalars(of_exam)}
    joined = {one.name: one for one in session.scalars(select(Participant).where(Participant.campaign_id == held.id))}
    for line in lines:
        participant = participant_of(keyring, held.id, line.number)
        found = sitters.get(participant)
        if found is None:
            found = Sitter(campaign_id=held.id, participant=participant)
            session.add(found)
        found.who = keyring.encrypt(_WHO, json.dumps([line.number, line.name], ensure_ascii=False))
        found.unit_id, found.is_leading = known[line.unit].id, line.is_leading
        found.is_active, found.changed_at = True, clock.now()
        if (mine := joined.get(participant)) and mine.unit_id != found.unit_id:
            standings.move(session, mine, found.unit_id)
    session.flush()


def _leave_out(session: Session, held: HeldCampaign, person: Person) -> None:
    sitter = session.get_one(Sitter, (held.id, person.participant))
    sitter.is_active, sitter.changed_at = False, clock.now()
    his = (EntryCode.campaign_id == held.id) & (EntryCode.participant == person.participant)
    session.execute(delete(EntryCode).where(his))
    seats.end(session, held.id, person.participant)
    if joined := session.get(Participant, (held.id, person.participant)):
        standings.move(session, joined, None)  # his unit's head count is without him, so are its people and points


# ── who there is ──────────────────────────────────────────────────────────────────────────────────────────────────────


def people(
    session: Session, keyring: Keyring, held: HeldCampaign, of: Iterable[Unit] | None = None, is_all: bool = False
) -> list[Person]:
    """Of these units, or of all; in the order of their numbers. `is_all`: also who was left out of a later roster."""
    wanted = select(Sitter).where(Sitter.campaign_id == held.id)
    if of is not None:
        wanted = wanted.where(Sitter.unit_id.in_([unit.id for unit in of]))
    if not is_all:
        wanted = wanted.where(Sitter.is_active)
    found = (person_of(keyring, sitter) for sitter in session.scalars(wanted))
    return sorted(found, key=lambda person: (person.unit_id, person.number))


def person_of(keyring: Keyring, sitter: Sitter) -> Person:
    number, name = json.loads(keyring.decrypt(_WHO, sitter.who)) if sitter.who else ("", "")
    return Person(sitter.participant, number, name, sitter.unit_id, sitter.is_leading, sitter.is_active)


def find_sitter(session: Session, held: HeldCampaign, participant: str) -> Sitter | None:
    return session.get(Sitter, (held.id, participant))


def get_sitter(session: Session, held: HeldCampaign, participant: str) -> Sitter:
    """Raises NotFound, also for somebody of another exam."""
    found = find_sitter(session, held, participant)
    if found is None:
        raise NotFound(say("exam_no_such_person"))
    return found


def masked(name: str) -> str:
    """ "张三" → "张*"; every sign but the first."""
    return name[:1] + "*" * (len(name) - 1)


def join(session: Session, held: HeldCampaign, sitter: Sitter) -> Participant:
    """As a participant of his unit; of none while he is left out of the roster."""
    joined = play.join(session, held, sitter.participant)
    unit_id = sitter.unit_id if sitter.is_active else None
    if joined.unit_id != unit_id:
        standings.move(session, joined, unit_id)
    return joined


def as_rows(found: Sequence[Person], paths: dict[int, str]) -> list[tuple[str, str, str, str]]:
    """For the template: importing them again changes nothing."""
    return [(paths[one.unit_id], one.number, one.name, "是" if one.is_leading else "否") for one in found]


# ── what is past its time ─────────────────────────────────────────────────────────────────────────────────────────────


def purge(session: Session) -> None:
    """Files nobody took in, a day later; codes, a month after the end; names, numbers, reasons and liaisons, two years
    after it: the figures and papers stay, and nobody can tell any more whose they are.
    """
    now = clock.now()
    session.execute(delete(RosterFile).where(RosterFile.sent_at < now - FILES_KEPT))
    session.execute(delete(LiaisonSession).where(LiaisonSession.opened_at < now - SESSIONS_KEPT))
    for held in register.all_held(session):
        if register.rules_of(held).exam is None:
            continue
        if now >= register.ended_at(held) + CODES_KEPT:
            session.execute(delete(EntryCode).where(EntryCode.campaign_id == held.id))
        if now >= register.ended_at(held) + KEPT:
            _forget(session, held.id)


def _forget(session: Session, campaign_id: str) -> None:
    session.execute(update(Sitter).where(Sitter.campaign_id == campaign_id, Sitter.who != "").values(who=""))
    session.execute(update(Override).where(Override.campaign_id == campaign_id).values(reason=""))
    session.execute(delete(Liaison).where(Liaison.campaign_id == campaign_id))
