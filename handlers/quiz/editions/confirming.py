"""Papers typed in by one member of staff, with a reason; another sees whom they would change, and confirms or does not.
Until then nothing of them counts.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from content.store.keys import Keyring
from handlers.quiz import play, register, standings
from handlers.quiz.certificates import issuing
from handlers.quiz.editions import counting, entering, shuffling
from handlers.quiz.editions.entering import NotEntered, Sheet
from handlers.quiz.editions.models import PrintedPaper, SheetState, TypedSheet
from handlers.quiz.exam import roster
from handlers.quiz.mending import marking
from handlers.quiz.models import HeldCampaign, Participant, Round
from handlers.quiz.scoring import points_of

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What one paper brings, and what becomes of the best one of its owner."""

    row: int
    participant: str
    code: str
    """Empty for who has not taken part before."""
    edition: str
    points: float
    before: float | None
    after: float
    rank_before: int | None
    rank_after: int


@dataclass(frozen=True, slots=True)
class _Best:
    code: str
    half_points: int | None
    merit: str | None


def propose(
    session: Session, keyring: Keyring, held: HeldCampaign, data: bytes, name: str, started_at: datetime, reason: str,
    by: str, *, replaces: bool = False,
) -> TypedSheet:  # fmt: skip
    """`started_at`: when the papers were begun; `replaces`: what was typed in before is put right. Raises NotEntered,
    NotPrinted, Unreadable and NotAllowed.
    """
    staff.require(session, by, Role.CAMPAIGNS)
    printed = shuffling.get(session, held)
    standings.take_turns_of(session, held)
    counting.refuse_what_cannot_be(session, held, started_at)
    reading = entering.read(session, keyring, held, printed, data, name)
    faults = reading.faults or counting.not_allowed(session, held, reading.sheets, started_at, replaces)
    if faults:
        first = faults[0]
        raise NotEntered(say("entry_faulty", count=len(faults), cell=first.cell, fault=first.sentence), faults)
    if not reading.sheets:
        raise NotEntered(say("entry_empty"))
    if not (said := reason.strip()[:LONGEST_REASON]):
        raise NotEntered(say("entry_why"))
    is_exam = register.rules_of(held).exam is not None
    typed = TypedSheet(
        campaign_id=held.id, started_at=started_at, replaces=replaces, reason=said, state=SheetState.PROPOSED,
        papers=[{**asdict(sheet), "who": "" if is_exam else sheet.who} for sheet in reading.sheets],
        proposed_by=staff.folded(by), proposed_at=clock.now(), decided_by="", changes=[],
    )  # fmt: skip
    session.add(typed)
    session.flush()
    _record(session, "quiz.paper_enter", typed, by)
    return typed


def confirm(session: Session, held: HeldCampaign, sheet_id: int, by: str) -> TypedSheet:
    """By another person than typed them in; all of it counts before this returns. Raises NotEntered, NotPrinted and
    NotAllowed.
    """
    staff.require(session, by, Role.CAMPAIGNS)
    play.settle(session, held)
    standings.take_turns_of(session, held)
    typed = _open(session, held, sheet_id)
    if staff.folded(by) == typed.proposed_by:
        raise NotEntered(say("entry_another_person"))
    counting.refuse_what_cannot_be(session, held, typed.started_at)
    papers = sheets_of(typed)
    if faults := counting.not_allowed(session, held, papers, typed.started_at, typed.replaces):
        raise NotEntered(say("entry_no_more", cell=faults[0].cell, fault=faults[0].sentence), faults)
    changes, printed = look(session, held, typed), shuffling.get(session, held)
    for sheet in papers:
        counting.put(session, held, printed, sheet, typed.started_at, typed.proposed_by)
    if typed.replaces:
        standings.rebuild(session, held)
        typed = session.get_one(TypedSheet, sheet_id)
    _decide(session, typed, SheetState.DONE, by)
    typed.changes = [_with_code(session, held, change) for change in changes]
    session.flush()
    _revoke_certificates(session, held, changes, by)
    _record(session, "quiz.paper_confirm", typed, by)
    return typed


def drop(session: Session, held: HeldCampaign, sheet_id: int, by: str) -> TypedSheet:
    """Nothing of it counts. Raises NotEntered, NotAllowed."""
    staff.require(session, by, Role.CAMPAIGNS)
    typed = _open(session, held, sheet_id)
    _decide(session, typed, SheetState.DROPPED, by)
    _record(session, "quiz.paper_drop", typed, by)
    return typed


def all_of(session: Session, held: HeldCampaign) -> list[TypedSheet]:
    """The newest first."""
    listed = select(TypedSheet).where(TypedSheet.campaign_id == held.id).order_by(TypedSheet.id.desc())
    return list(session.scalars(listed).all())


def get_sheet(session: Session, held: HeldCampaign, sheet_id: int) -> TypedSheet:
    """Raises NotEntered where the campaign has none of this number."""
    found = session.get(TypedSheet, sheet_id)
    if found is None or found.campaign_id != held.id:
        raise NotEntered(say("entry_no_such"))
    return found


def sheets_of(typed: TypedSheet) -> list[Sheet]:
    return [Sheet(**row) for row in typed.papers]


def changes_of(session: Session, held: HeldCampaign, typed: TypedSheet) -> list[Change]:
    """Whom it would change, while it waits; whom it has changed, once it was confirmed."""
    if typed.state == SheetState.PROPOSED:
        return look(session, held, typed)
    return [Change(**row) for row in typed.changes]


def names(session: Session, keyring: Keyring, held: HeldCampaign, typed: TypedSheet) -> dict[int, str]:
    """By row who it is, as he was typed in: in an exam his number, as long as the roster has it."""
    papers = sheets_of(typed)
    if register.rules_of(held).exam is None:
        return {sheet.row: sheet.who for sheet in papers}
    sitters = ((sheet.row, roster.find_sitter(session, held, sheet.participant)) for sheet in papers)
    return {row: roster.person_of(keyring, sitter).number if sitter else "" for row, sitter in sitters}


# ── who changes ───────────────────────────────────────────────────────────────────────────────────────────────────────


def look(session: Session, held: HeldCampaign, typed: TypedSheet) -> list[Change]:
    """Who would change, if it counted now. Asked after `play.settle`."""
    printed, bests = shuffling.get(session, held), _bests(session, held)
    papers = {sheet.participant: sheet for sheet in sheets_of(typed)}
    halves = {name: _half_points(session, held, printed, sheet) for name, sheet in papers.items()}
    after = {name: _merit_after(session, held, typed, bests.get(name), name, half) for name, half in halves.items()}
    merits_before = sorted(best.merit for best in bests.values() if best.merit)
    others = (best.merit for name, best in bests.items() if best.merit and name not in after)
    merits_after = sorted(chain(others, after.values()))
    return [
        _change(sheet, halves[name], bests.get(name), after[name], merits_before, merits_after)
        for name, sheet in papers.items()
    ]


def _change(
    sheet: Sheet, half: int, best: _Best | None, merit: str, merits_before: list[str], merits_after: list[str]
) -> Change:  # fmt: skip
    before = best if best and best.merit else None
    return Change(
        sheet.row, sheet.participant, best.code if best else "", sheet.edition, half / 2,
        (before.half_points or 0) / 2 if before else None, standings.half_points_in(merit) / 2,
        bisect_left(merits_before, before.merit or "") + 1 if before else None, bisect_left(merits_after, merit) + 1,
    )  # fmt: skip


def _bests(session: Session, held: HeldCampaign) -> dict[str, _Best]:
    listed = select(Participant.name, Participant.code, Participant.half_points, Participant.merit)
    rows = session.execute(listed.where(Participant.campaign_id == held.id))
    return {name: _Best(code, half_points, merit) for name, code, half_points, merit in rows}


def _merit_after(
    session: Session, held: HeldCampaign, typed: TypedSheet, best: _Best | None, name: str, half: int
) -> str:  # fmt: skip
    minutes = register.rules_of(held).minutes
    merit = standings.merit_of(half, minutes * 60, counting.ends_at(held, typed.started_at))
    before = counting.earlier(session, held, name, typed.started_at)
    if before is None:
        return min(merit, best.merit) if best and best.merit else merit
    return min([merit, *_other_merits(session, held, name, before)])


def _other_merits(session: Session, held: HeldCampaign, name: str, replaced: Round) -> Iterator[str]:
    mine = (Round.campaign_id == held.id) & (Round.citizen_id == name) & Round.finished_at.is_not(None)
    listed = select(Round.half_points, Round.started_at, Round.finished_at).where(mine, Round.id != replaced.id)
    for half_points, started_at, finished_at in session.execute(listed):
        if finished_at is not None:
            yield standings.merit_of(half_points, int((finished_at - started_at).total_seconds()), finished_at)


def _half_points(session: Session, held: HeldCampaign, printed: PrintedPaper, sheet: Sheet) -> int:
    """As play marks it when it is handed in."""
    rule, in_force, total = register.rules_of(held).multiple, marking.in_force(session, held.id), 0
    for item, given in zip(shuffling.items_of(printed), sheet.answers, strict=True):
        if mending := in_force.get(item.key):
            total += marking.mended_by(mending).half_points(given, item.points, rule)
        elif given:
            total += int(2 * points_of(given, item.right, item.points, rule))
    return total


# ── decided ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _open(session: Session, held: HeldCampaign, sheet_id: int) -> TypedSheet:
    found = get_sheet(session, held, sheet_id)
    session.refresh(found, with_for_update=True)
    if found.state != SheetState.PROPOSED:
        raise NotEntered(say("entry_is_decided"))
    return found


def _decide(session: Session, typed: TypedSheet, to: SheetState, by: str) -> None:
    typed.state, typed.decided_by, typed.decided_at = to, staff.folded(by), clock.now()
    session.flush()


def _with_code(session: Session, held: HeldCampaign, change: Change) -> dict[str, object]:
    return {**asdict(change), "code": session.get_one(Participant, (held.id, change.participant)).code}


def _revoke_certificates(session: Session, held: HeldCampaign, changes: list[Change], by: str) -> None:
    """Of those whose paper, put right, is no pass any more."""
    exam = register.rules_of(held).exam
    if exam:
        least = exam.pass_points
        failed = [one.participant for one in changes if one.before is not None and one.before >= least > one.after]
        issuing.revoke_of(session, held, failed, by, say("certificate_revoked_by_paper"))


def _record(session: Session, act: str, typed: TypedSheet, by: str) -> None:
    audit.record(
        session, by, act, f"campaign:{typed.campaign_id}", sheet=typed.id, papers=len(typed.papers),
        replaced=typed.replaces, began=clock.spoken(typed.started_at), reason=typed.reason,
    )  # fmt: skip
