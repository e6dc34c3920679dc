"""How somebody of the roster proves who he is: his number, and a code that his unit's liaison hands him. A code is good
for one browser, once; a new one makes the old one void. Only digests are kept, so that a code is shown when it is made
and never again.
"""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit
from content.store import clock
from content.store.keys import Keyring
from handlers import tries
from handlers.quiz import seats
from handlers.quiz.exam import roster
from handlers.quiz.exam.models import EntryCode
from handlers.quiz.exam.roster import Person
from handlers.quiz.models import HeldCampaign

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what looks alike: no 0 and O, no 1, I and L."""
LENGTH = 10


class State(StrEnum):
    NONE = "none"
    UNUSED = "unused"
    USED = "used"


class Refusal(StrEnum):
    """Why nobody was let in: the same for a number nobody has and for a wrong code."""

    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Handed:
    person: Person
    code: str
    """As it is printed: ABCDE-23456."""


def issue(
    session: Session, keyring: Keyring, held: HeldCampaign, people: Iterable[Person], by: str, where: str
) -> list[Handed]:
    """A new code for each of them; earlier ones are void. `where`: the unit or person it was done for, for the log."""
    made = [Handed(person, _shown(_new_code())) for person in people if person.is_active]
    known = {code.participant: code for code in _codes(session, held)} if len(made) > 1 else None
    for handed in made:
        participant = handed.person.participant
        kept = known.get(participant) if known is not None else session.get(EntryCode, (held.id, participant))
        if kept is None:
            kept = EntryCode(campaign_id=held.id, participant=participant)
            session.add(kept)
        kept.digest = _digest(keyring, held, participant, handed.code)
        kept.made_by, kept.made_at, kept.used_at = by, clock.now(), None
    session.flush()
    tries.clear(session, *(_tried(keyring, held, handed.person.participant) for handed in made))
    audit.record(session, by, "exam.codes", f"campaign:{held.id}", count=len(made), where=where)
    return made


def states(session: Session, held: HeldCampaign) -> dict[str, State]:
    """Participant → how it stands with his code; who never had one is not in it."""
    return {code.participant: State.USED if code.used_at else State.UNUSED for code in _codes(session, held)}


def _codes(session: Session, held: HeldCampaign) -> list[EntryCode]:
    return list(session.scalars(select(EntryCode).where(EntryCode.campaign_id == held.id)))


@dataclass(frozen=True, slots=True)
class Entry:
    """The token of his seat; or why he got none."""

    token: str = ""
    refusal: Refusal | None = None


def enter(
    session: Session, keyring: Keyring, held: HeldCampaign, number: str, code: str, address: str, fresh: str = ""
) -> Entry:
    """Binds the browser that brings the right number and code, however many wrong ones were tried before: numbers are
    no secret, and nobody shuts an exam for others by trying. `fresh`: as seats.bind has it, so that a tap that comes
    twice binds the same browser. Raises nothing: a wrong try must be kept.
    """
    participant = roster.participant_of(keyring, held.id, folded_number(number))
    sitter, kept = roster.find_sitter(session, held, participant), _fitting(session, keyring, held, participant, code)
    if kept is None or sitter is None or not sitter.is_active or not _may_bind(session, kept, fresh):
        return Entry(refusal=_wrong(session, keyring, _tried(keyring, held, participant), address))
    tries.clear(session, _tried(keyring, held, participant))
    if kept.used_at is not None:
        return Entry(fresh)
    kept.used_at = clock.now()
    roster.join(session, held, sitter)
    return Entry(seats.bind(session, held.id, participant, fresh=fresh))


def _wrong(session: Session, keyring: Keyring, his: str, address: str) -> Refusal:
    """Counted, for the number and for the address it came from."""
    its = tries.name_of(keyring, "address", address)
    locked = [tries.is_locked(session, his, tries.OF_A_PERSON), tries.is_locked(session, its, tries.OF_AN_ADDRESS)]
    if any(locked):
        return Refusal.LOCKED
    tries.count(session, his)
    tries.count(session, its)
    return Refusal.WRONG


def _fitting(session: Session, keyring: Keyring, held: HeldCampaign, participant: str, code: str) -> EntryCode | None:
    """Takes as long whether there is such a code or not."""
    kept = session.get(EntryCode, (held.id, participant), with_for_update=True, populate_existing=True)
    wanted = kept.digest if kept is not None else "0" * 32
    return kept if hmac.compare_digest(wanted, _digest(keyring, held, participant, code)) else None


def _may_bind(session: Session, kept: EntryCode, fresh: str) -> bool:
    """Once; and again for the browser that was bound with it."""
    seat = seats.find(session, fresh) if kept.used_at is not None else None
    is_his = seat is not None and (seat.campaign_id, seat.participant) == (kept.campaign_id, kept.participant)
    return kept.used_at is None or is_his


def folded_number(text: str) -> str:
    """As the roster writes it, however it was typed."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()[:64]


def _tried(keyring: Keyring, held: HeldCampaign, participant: str) -> str:
    return tries.name_of(keyring, f"sitter:{held.id}", participant)


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _shown(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"


def _digest(keyring: Keyring, held: HeldCampaign, participant: str, code: str) -> str:
    typed = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", code[:64]).upper())
    return keyring.pseudonym(f"exam-code:{held.id}", f"{participant}:{typed}")
