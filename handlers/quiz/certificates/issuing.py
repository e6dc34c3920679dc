"""Who gets a certificate, under which number, and when it is worth nothing any more.

An exam's is for whoever has passed; a prize quiz's for whoever has finished a paper, once it is closed. Asked for again
it is the same one; where it was revoked for a cause there is none until another member of staff issues it anew. Its
number tells nothing and cannot be guessed. The name on it is masked wherever it is public.
"""

import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store import clock
from content.store.db import take_turns
from content.store.keys import Keyring
from handlers.quiz import play, register
from handlers.quiz.campaign import Phase
from handlers.quiz.certificates import signing
from handlers.quiz.certificates.models import Certificate
from handlers.quiz.certificates.signing import Forged, Statement
from handlers.quiz.exam import roster
from handlers.quiz.models import HeldCampaign, Participant, Unit

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")
_LENGTH = 16
"""Signs of a number without its dashes."""
LONGEST_REASON = 200
LONGEST_UNIT = 64


class NotIssued(Exception):
    """There is no certificate, or nothing was changed; the message says why."""


class Worth(StrEnum):
    TRUE = "true"
    REVOKED = "revoked"
    FORGED = "forged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Checked:
    worth: Worth
    statement: Statement | None = None
    """As it was issued; never what somebody only claims."""
    reason: str = ""
    """Why it was revoked."""


# ── issued ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def issue(session: Session, keyring: Keyring, held: HeldCampaign, participant: str, by: str = "") -> Certificate:
    """The one he has, or a new one. `by`: the member of staff; empty where he asked himself. Raises NotIssued,
    NotAllowed.
    """
    if by:
        staff.require(session, by, Role.CAMPAIGNS)
    play.settle(session, held)
    earned, name = _earned(session, held, participant), real_name(session, keyring, held, participant)
    found = _issued(session, keyring, held, earned, name, by)
    if by:
        audit.record(session, by, "quiz.certificate_issue", f"certificate:{found.serial}", campaign=held.id)
    return found


def issue_all(session: Session, keyring: Keyring, held: HeldCampaign, by: str) -> int:
    """To everybody who has earned one, has none and is not barred from it; how many. Raises NotAllowed, NotIssued."""
    staff.require(session, by, Role.CAMPAIGNS)
    play.settle(session, held)
    _take_turns(session, held)
    earned = _all_earned(session, held)
    names = {person.participant: person.name for person in roster.people(session, keyring, held, is_all=True)}
    of_campaign, holds = Certificate.campaign_id == held.id, Certificate.revoked_at.is_(None)
    have = set(session.scalars(select(Certificate.participant).where(holds | Certificate.bars_another, of_campaign)))
    lacking = [participant for participant in earned if participant.name not in have]
    session.add_all(_made(session, keyring, held, one, names.get(one.name, ""), by) for one in lacking)
    session.flush()
    audit.record(session, by, "quiz.certificate_issue", f"campaign:{held.id}", issued=len(lacking))
    return len(lacking)


def _issued(
    session: Session, keyring: Keyring, held: HeldCampaign, participant: Participant, name: str, by: str
) -> Certificate:
    _take_turns(session, held)
    if found := find_valid(session, held, participant.name):
        return found
    if barring := find_barring(session, held, participant.name):
        raise NotIssued(say("certificate_barred", serial=barring.serial, reason=barring.reason))
    made = _made(session, keyring, held, participant, name, by)
    session.add(made)
    session.flush()
    return made


def issue_anew(
    session: Session, keyring: Keyring, held: HeldCampaign, serial: str, reason: str, by: str
) -> Certificate:  # fmt: skip
    """In the place of one that was revoked for a cause, under another number. By another person than revoked it. Raises
    NotIssued, NotAllowed.
    """
    staff.require(session, by, Role.CAMPAIGNS)
    play.settle(session, held)
    _take_turns(session, held)
    revoked = get_certificate(session, held, serial)
    session.refresh(revoked)
    if not revoked.bars_another:
        raise NotIssued(say("certificate_bars_nobody"))
    if staff.folded(by) == revoked.revoked_by:
        raise NotIssued(say("certificate_another_person"))
    if not reason.strip():
        raise NotIssued(say("certificate_why_anew"))
    earned = _earned(session, held, revoked.participant)
    revoked.bars_another = False
    session.flush()
    made = _issued(session, keyring, held, earned, real_name(session, keyring, held, earned.name), by)
    said = reason.strip()[:LONGEST_REASON]
    audit.record(
        session, by, "quiz.certificate_anew", f"certificate:{made.serial}", replaces=revoked.serial, reason=said
    )
    return made


def _take_turns(session: Session, held: HeldCampaign) -> None:
    take_turns(session, f"certificate:{held.id}")


def _made(
    session: Session, keyring: Keyring, held: HeldCampaign, participant: Participant, name: str, by: str
) -> Certificate:
    is_exam = register.rules_of(held).exam is not None
    unit_id = participant.unit_id
    if is_exam and unit_id is None and (sitter := roster.find_sitter(session, held, participant.name)):
        unit_id = sitter.unit_id  # left out of the roster since: he sat it for this one
    unit = session.get(Unit, unit_id) if unit_id else None
    statement = Statement(
        serial=_serial(), issuer=say("certificate_issuer"), title=held.title,
        name=roster.masked(name) or participant.nickname or participant.code, unit=_in_full(unit.path) if unit else "",
        result=say("certificate_passed") if is_exam else say("certificate_finished"),
        issued_on=clock.today().isoformat(),
    )  # fmt: skip
    return Certificate(
        serial=statement.serial, campaign_id=held.id, participant=participant.name, text=statement.text,
        signature=signing.sign(keyring, statement), issued_by=staff.folded(by), issued_at=clock.now(),
    )  # fmt: skip


def _in_full(path: str) -> str:
    """ "演示局/办公室" → "演示局办公室": 办公室 alone is everywhere. As many of those above as fit."""
    told = ""
    for name in reversed(path.split("/")):
        longer = told if told.startswith(name) else name + told
        if told and len(longer) > LONGEST_UNIT:
            break
        told = longer
    return told


def _serial() -> str:
    """Sixty bits of chance behind the year."""
    drawn = "".join(secrets.choice(_SIGNS) for _ in range(12))
    return f"{clock.today().year}-{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def plain_serial(typed: str) -> str:
    """As it stands on the certificate, however it was typed: small letters, other dashes or none, O for 0, I or L for
    1, which no number holds.
    """
    folded = unicodedata.normalize("NFKC", typed).upper().translate(_MISREAD)
    signs = "".join(sign for sign in folded if sign in _SIGNS)
    return (
        "-".join(signs[at : at + 4] for at in range(0, _LENGTH, 4)) if len(signs) == _LENGTH else typed.strip().upper()
    )


def _earned(session: Session, held: HeldCampaign, name: str) -> Participant:
    """Raises NotIssued."""
    participant = session.get(Participant, (held.id, name))
    if participant is None or not _has_earned(held, participant):
        raise NotIssued(say("certificate_not_earned"))
    return participant


def _all_earned(session: Session, held: HeldCampaign) -> list[Participant]:
    listed = select(Participant).where(Participant.campaign_id == held.id, Participant.merit.is_not(None))
    found = session.scalars(listed.order_by(Participant.merit)).all()
    earned = [participant for participant in found if _has_earned(held, participant)]
    if not earned:
        raise NotIssued(say("certificate_nobody"))
    return earned


def _has_earned(held: HeldCampaign, participant: Participant) -> bool:
    if participant.half_points is None:
        return False
    exam = register.rules_of(held).exam
    if exam:
        return participant.half_points >= 2 * exam.pass_points
    return register.phase_of(held) is Phase.CLOSED


def real_name(session: Session, keyring: Keyring, held: HeldCampaign, participant: str) -> str:
    """As the roster has it; empty in a prize quiz, and once the time of keeping is over. For himself and staff only."""
    sitter = roster.find_sitter(session, held, participant)
    return roster.person_of(keyring, sitter).name if sitter else ""


# ── found and checked ─────────────────────────────────────────────────────────────────────────────────────────────────


def find_valid(session: Session, held: HeldCampaign, participant: str) -> Certificate | None:
    his = (Certificate.campaign_id == held.id) & (Certificate.participant == participant)
    return session.scalar(select(Certificate).where(his, Certificate.revoked_at.is_(None)))


def find_barring(session: Session, held: HeldCampaign, participant: str) -> Certificate | None:
    """The revoked one for which he gets no other by himself."""
    his = (Certificate.campaign_id == held.id) & (Certificate.participant == participant)
    return session.scalar(select(Certificate).where(his, Certificate.bars_another))


def find_revoked(session: Session, held: HeldCampaign, participant: str) -> Certificate | None:
    """His last one, where he has none that holds any more."""
    if find_valid(session, held, participant):
        return None
    his = (Certificate.campaign_id == held.id) & (Certificate.participant == participant)
    latest = (Certificate.bars_another.desc(), Certificate.revoked_at.desc(), Certificate.serial)
    return session.scalar(select(Certificate).where(his).order_by(*latest).limit(1))


def barred(session: Session, held: HeldCampaign) -> int:
    """How many people have lost theirs for a cause and got no other."""
    counting = select(func.count()).where(Certificate.campaign_id == held.id, Certificate.bars_another)
    return session.scalar(counting) or 0


def get_certificate(session: Session, held: HeldCampaign, serial: str) -> Certificate:
    """Raises NotIssued where the campaign has none of this number."""
    found = session.get(Certificate, plain_serial(serial))
    if found is None or found.campaign_id != held.id:
        raise NotIssued(say("certificate_no_such"))
    return found


def listed(session: Session, held: HeldCampaign, limit: int | None = None, offset: int = 0) -> list[Certificate]:
    """The newest first."""
    every = select(Certificate).where(Certificate.campaign_id == held.id)
    ordered = every.order_by(Certificate.issued_at.desc(), Certificate.serial).limit(limit).offset(offset)
    return list(session.scalars(ordered).all())


def counted(session: Session, held: HeldCampaign) -> tuple[int, int]:
    """(those that hold, those that were revoked)"""
    counts = select(func.count(), func.count(Certificate.revoked_at)).where(Certificate.campaign_id == held.id)
    every, revoked = session.execute(counts).one()
    return every - revoked, revoked


def check(session: Session, keyring: Keyring, serial: str, code: str = "") -> Checked:
    """What somebody holds in his hands: by its number, and by its signature where he has that too."""
    found = session.get(Certificate, plain_serial(serial))
    if code:
        try:
            claimed = signing.read(signing.public_keys(keyring), code)
        except Forged:
            return Checked(Worth.FORGED)
        if plain_serial(claimed.serial) != plain_serial(serial) or (found and found.text != claimed.text):
            return Checked(Worth.FORGED)
    if found is None:
        return Checked(Worth.UNKNOWN)
    if found.revoked_at:
        return Checked(Worth.REVOKED, signing.statement_of(found.text), found.reason)
    return Checked(Worth.TRUE, signing.statement_of(found.text))


# ── revoked ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def revoke(session: Session, held: HeldCampaign, serial: str, reason: str, by: str) -> Certificate:
    """For a cause, and for good: a new one has another number, and only others of staff give it. Raises NotIssued,
    NotAllowed.
    """
    staff.require(session, by, Role.CAMPAIGNS)
    found = get_certificate(session, held, serial)
    if found.revoked_at:
        raise NotIssued(say("certificate_is_revoked"))
    if not reason.strip():
        raise NotIssued(say("certificate_why"))
    found.bars_another = True
    _revoke(session, found, reason.strip()[:LONGEST_REASON], by)
    return found


def revoke_of(session: Session, held: HeldCampaign, participants: Collection[str], by: str, reason: str) -> None:
    """Of those who have lost their pass. Whoever passes after all may take another himself."""
    for name in participants:
        if found := find_valid(session, held, name):
            _revoke(session, found, reason, by)


def _revoke(session: Session, found: Certificate, reason: str, by: str) -> None:
    found.revoked_at, found.revoked_by, found.reason = clock.now(), staff.folded(by), reason
    session.flush()
    audit.record(session, by, "quiz.certificate_revoke", f"certificate:{found.serial}", reason=reason)
