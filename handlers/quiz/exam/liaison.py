"""Liaisons: somebody of a unit who looks after its people and those of the units below, and sees nobody else. He comes
in by a link of his own and a PIN that reaches him by another way; both are shown once, only digests are kept, and both
end when staff revoke them.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import NotFound, Role
from content.store import clock
from content.store.keys import Keyring
from handlers import tries
from handlers.quiz.exam import overrides, roster, units
from handlers.quiz.exam.codes import Refusal
from handlers.quiz.exam.models import Liaison, LiaisonSession, Override
from handlers.quiz.exam.overrides import Wish
from handlers.quiz.exam.roster import NotTaken, Person
from handlers.quiz.models import HeldCampaign, Unit

SIGNED_IN_FOR = timedelta(hours=8)
LONGEST_NAME = 32
_WHO, _PIN = "exam-liaison", "exam-pin"
_PIN_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Appointed:
    """What he is given, once."""

    liaison: Liaison
    name: str
    link: str
    """The part of the address that nobody can guess."""
    pin: str


def named(liaison: Liaison) -> str:
    """As who he stands in the log and in what he asked for."""
    return say("exam_liaison_named", number=liaison.id)


# ── staff appoint and revoke ──────────────────────────────────────────────────────────────────────────────────────────


def appoint(session: Session, keyring: Keyring, held: HeldCampaign, unit_id: int, name: str, by: str) -> Appointed:
    """Raises NotAllowed, NotFound, NotTaken."""
    staff.require(session, by, Role.CAMPAIGNS)
    unit, name = units.get_unit(session, held, unit_id), " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NotTaken(say("exam_liaison_name", most=LONGEST_NAME))
    made = Liaison(
        campaign_id=held.id, unit_id=unit.id, who=keyring.encrypt(_WHO, name), link_digest="", pin_digest="",
        made_by=by, made_at=clock.now(),
    )  # fmt: skip
    link = _new_link(made)
    session.add(made)
    session.flush()
    pin = _new_pin(keyring, made)
    session.flush()
    audit.record(session, by, "exam.liaison", _thing(made), unit=unit.path[:120])
    return Appointed(made, name, link, pin)


def renew(session: Session, keyring: Keyring, held: HeldCampaign, liaison_id: int, by: str) -> Appointed:
    """Another link and PIN: the old ones, and where he is signed in, end. Raises NotAllowed, NotFound."""
    staff.require(session, by, Role.CAMPAIGNS)
    found = get_liaison(session, held, liaison_id)
    link, pin = _new_link(found), _new_pin(keyring, found)
    found.made_by, found.made_at, found.ended_at = by, clock.now(), None
    _end_sessions(session, found)
    tries.clear(session, tries.name_of(keyring, "liaison", str(found.id)))
    session.flush()
    audit.record(session, by, "exam.liaison_renew", _thing(found))
    return Appointed(found, name_of(keyring, found), link, pin)


def revoke(session: Session, held: HeldCampaign, liaison_id: int, by: str) -> Liaison:
    """At once. Raises NotAllowed, NotFound."""
    staff.require(session, by, Role.CAMPAIGNS)
    found = get_liaison(session, held, liaison_id)
    found.ended_at = found.ended_at or clock.now()
    _end_sessions(session, found)
    session.flush()
    audit.record(session, by, "exam.liaison_revoke", _thing(found))
    return found


def _new_link(liaison: Liaison) -> str:
    link = secrets.token_urlsafe(24)
    liaison.link_digest = _digest(link)
    return link


def _new_pin(keyring: Keyring, liaison: Liaison) -> str:
    pin = f"{secrets.randbelow(10**_PIN_DIGITS):0{_PIN_DIGITS}}"
    liaison.pin_digest = _pin_digest(keyring, liaison, pin)
    return pin


def _end_sessions(session: Session, liaison: Liaison) -> None:
    session.execute(delete(LiaisonSession).where(LiaisonSession.liaison_id == liaison.id))


def _thing(liaison: Liaison) -> str:
    return f"campaign:{liaison.campaign_id}/liaison:{liaison.id}"


def all_liaisons(session: Session, held: HeldCampaign) -> list[Liaison]:
    return list(session.scalars(select(Liaison).where(Liaison.campaign_id == held.id).order_by(Liaison.id)))


def get_liaison(session: Session, held: HeldCampaign, liaison_id: int) -> Liaison:
    """Raises NotFound, also for one of another exam."""
    found = session.get(Liaison, liaison_id)
    if found is None or found.campaign_id != held.id:
        raise NotFound(say("exam_no_such_liaison"))
    return found


def name_of(keyring: Keyring, liaison: Liaison) -> str:
    return keyring.decrypt(_WHO, liaison.who)


# ── he comes in ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Entry:
    token: str = ""
    refusal: Refusal | None = None


def find_by_link(session: Session, link: str) -> Liaison | None:
    """Whose it is, where it has not been revoked. Opening it changes nothing."""
    found = session.scalar(select(Liaison).where(Liaison.link_digest == _digest(link[:64])))
    return found if found and found.ended_at is None else None


def enter(session: Session, keyring: Keyring, link: str, pin: str, address: str) -> Entry:
    """Raises nothing: a wrong try must be kept. A link nobody has is answered like a wrong PIN."""
    found = find_by_link(session, link)
    its = tries.name_of(keyring, "address", address)
    his = tries.name_of(keyring, "liaison", str(found.id) if found else f"nobody:{_digest(link[:64])}")
    locked = [tries.is_locked(session, his, tries.OF_A_PERSON), tries.is_locked(session, its, tries.OF_AN_ADDRESS)]
    if any(locked):
        return Entry(refusal=Refusal.LOCKED)
    wanted = found.pin_digest if found else "0" * 32
    if found is None or not hmac.compare_digest(wanted, _pin_digest(keyring, found, pin)):
        tries.count(session, his)
        tries.count(session, its)
        return Entry(refusal=Refusal.WRONG)
    tries.clear(session, his)
    token = secrets.token_urlsafe(32)
    found.seen_at = clock.now()
    session.add(LiaisonSession(digest=_digest(token), liaison_id=found.id, opened_at=clock.now()))
    session.flush()
    return Entry(token)


def find(session: Session, token: str) -> Liaison | None:
    """Who this is, for some hours after he came in; None once his link was revoked."""
    signed_in = session.get(LiaisonSession, _digest(token)) if token else None
    if signed_in is None or clock.now() >= signed_in.opened_at + SIGNED_IN_FOR:
        return None
    found = session.get(Liaison, signed_in.liaison_id)
    return found if found and found.ended_at is None else None


def leave(session: Session, token: str) -> None:
    session.execute(delete(LiaisonSession).where(LiaisonSession.digest == _digest(token)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _pin_digest(keyring: Keyring, liaison: Liaison, pin: str) -> str:
    typed = re.sub(r"\D", "", unicodedata.normalize("NFKC", pin[:32]))
    return keyring.pseudonym(_PIN, f"{liaison.id}:{liaison.link_digest}:{typed}")


# ── what he may see and do ────────────────────────────────────────────────────────────────────────────────────────────


def units_of(session: Session, held: HeldCampaign, liaison: Liaison) -> list[Unit]:
    """His own first, then those below."""
    own = units.get_unit(session, held, liaison.unit_id)
    return units.below(units.all_units(session, held), own)


def units_below(session: Session, held: HeldCampaign, unit: Unit) -> list[Unit]:
    """With itself."""
    return units.below(units.all_units(session, held), unit)


def unit_of(session: Session, held: HeldCampaign, liaison: Liaison, unit_id: int) -> Unit:
    """Raises NotFound for a unit that is not his."""
    found = next((unit for unit in units_of(session, held, liaison) if unit.id == unit_id), None)
    if found is None:
        raise NotFound(say("exam_no_such_unit"))
    return found


def person_of(session: Session, keyring: Keyring, held: HeldCampaign, liaison: Liaison, participant: str) -> Person:
    """Raises NotFound for somebody of another unit."""
    sitter = roster.get_sitter(session, held, participant)
    if sitter.unit_id not in {unit.id for unit in units_of(session, held, liaison)}:
        raise NotFound(say("exam_no_such_person"))
    return roster.person_of(keyring, sitter)


def ask(
    session: Session, keyring: Keyring, held: HeldCampaign, liaison: Liaison, participant: str, wish: Wish
) -> Override:
    """For somebody of his units; staff decide. Raises NotFound, NotGranted."""
    person = person_of(session, keyring, held, liaison, participant)
    return overrides.ask(session, keyring, held, person.participant, wish, named(liaison))
