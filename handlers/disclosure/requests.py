"""An application for information comes in: by the chat, the page, the post or over the counter; a number, a code to ask
after it with, the day of receipt, and who may see whose it is.
"""

import hashlib
import json
import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from content import audit, staff
from content.phrases import LIBRARY, say
from content.staff import Role
from content.store import clock, working_days
from content.store.db import take_turns
from content.store.keys import Keyring
from handlers.disclosure import clocks
from handlers.disclosure.form import Application
from handlers.disclosure.models import MOVES, ONLINE, OPEN, Channel, DisclosureRequest, RequestStep, State

PURPOSE = "request"
CODE_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10
LONGEST = 4000
HANDLERS = (Role.WRITE, Role.REVIEW1, Role.REVIEW2, Role.PUBLISH)
"""Who may see an applicant's particulars, each time on record."""


class NotDone(Exception):
    """Nothing was changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Particulars:
    name: str
    contact: str
    address: str
    proof: str
    """What was seen as proof of identity, in words; a picture is kept by proofs.py."""


@dataclass(frozen=True, slots=True)
class Filed:
    request: DisclosureRequest
    code: str
    """Told once."""


def file(
    session: Session, keyring: Keyring, channel: Channel, application: Application, *, citizen_id: str | None = None,
    by: str = "", received_on: date | None = None, proof: str = "",
) -> Filed:  # fmt: skip
    """What came through the net waits for the bureau's confirmation; what came by post or over the counter was received
    on the day that staff say (article 31); whoever calls asks again after a day long ago (receiving.py). `application`:
    without form.problems. Raises NotDone and NotAllowed.
    """
    if by:
        staff.require(session, by, Role.WRITE)
    is_online, today = channel in ONLINE, clock.today()
    if not is_online and (received_on is None or received_on > today):
        raise NotDone(say("request_received_when"))
    code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
    who = Particulars(application.name, application.contact, application.address, proof)
    request = DisclosureRequest(
        year=today.year, serial=_next_serial(session, today.year), code_hash="", channel=channel,
        applicant_kind=application.applicant_kind, applicant=applicant_of(keyring, who),
        particulars=sealed(keyring, who),
        wanted=application.wanted, document_number=application.document_number, way=application.way,
        citizen_id=citizen_id, state=State.NEW, handler=staff.folded(by) if by else "", filed_at=clock.now(), rests=[],
        extended_days=0, is_provisional=False, drafted_by="", answer="", report_class="",
    )  # fmt: skip
    request.code_hash = _hash_of(request.number, code)
    session.add(request)
    session.flush()
    add_step(session, request, "file", by=by)
    if not is_online and received_on:
        step = receive(session, request, received_on, by)
        if channel == Channel.COUNTER:  # he stands there
            step.told_at, step.told_by, step.told_how = clock.now(), staff.folded(by), "counter"
    return Filed(request, code)


def receive(session: Session, request: DisclosureRequest, on: date, by: str) -> RequestStep:
    """The day of receipt is settled, and the clock of the answer begins."""
    overrides = working_days.load_overrides(session)
    request.state, request.received_on, request.counted_from = State.IN_HAND, on, on
    clocks.set_due(request, overrides)
    note = f"{_confirmed_note(request, on)}{due_note(request)}"
    return add_step(session, request, "confirm", by=by, note=note, letter="receipt")


# ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def get_request(session: Session, request_id: int) -> DisclosureRequest:
    """Raises staff.NotFound."""
    found = session.get(DisclosureRequest, request_id)
    if found is None:
        raise staff.NotFound(say("request_not_found"))
    return found


def find_by_number(session: Session, number: str) -> DisclosureRequest | None:
    """ "2026-0001", with whatever signs are between."""
    year, _, serial = number.strip().replace("—", "-").replace(" ", "").partition("-")
    if not (year.isdecimal() and serial.isdecimal() and len(year) == 4 and len(serial) <= 6):
        return None
    mine = (DisclosureRequest.year == int(year)) & (DisclosureRequest.serial == int(serial))
    return session.scalar(select(DisclosureRequest).where(mine))


def find_by_code(session: Session, number: str, code: str) -> DisclosureRequest | None:
    """Both must fit. Whoever calls counts wrong tries."""
    found = find_by_number(session, number)
    written = "".join(sign for sign in code.upper() if sign.isalnum())
    given = _hash_of(found.number if found else "", written)
    return found if found and secrets.compare_digest(given, found.code_hash) else None


def open_requests(session: Session) -> Sequence[DisclosureRequest]:
    """What is due first stands first; what waits for confirmation before all."""
    waits = DisclosureRequest.state.in_(OPEN)
    order = (DisclosureRequest.due_on.is_not(None), DisclosureRequest.due_on, DisclosureRequest.id)
    with_steps = selectinload(DisclosureRequest.steps)
    return session.scalars(select(DisclosureRequest).where(waits).order_by(*order).options(with_steps)).all()


def open_of(session: Session, citizen_id: str) -> list[str]:
    """The numbers of those that he handed in out of the chat and that are not over."""
    his = (DisclosureRequest.citizen_id == citizen_id, DisclosureRequest.state.in_(OPEN))
    found = session.scalars(select(DisclosureRequest).where(*his).order_by(DisclosureRequest.id))
    return [request.number for request in found]


def of_citizen(session: Session, citizen_id: str, most: int) -> Sequence[DisclosureRequest]:
    """What he handed in out of the chat, the newest first."""
    his = select(DisclosureRequest).where(DisclosureRequest.citizen_id == citizen_id)
    return session.scalars(his.order_by(DisclosureRequest.id.desc()).limit(most)).all()


def same_wish(session: Session, request: DisclosureRequest) -> Sequence[DisclosureRequest]:
    """Earlier ones of the same applicant with the same words (article 36, item 6)."""
    mine = (DisclosureRequest.applicant == request.applicant) & (DisclosureRequest.wanted == request.wanted)
    earlier = (DisclosureRequest.id < request.id) & (DisclosureRequest.state != State.VOID)
    return session.scalars(select(DisclosureRequest).where(mine, earlier).order_by(DisclosureRequest.id)).all()


def particulars_of(session: Session, keyring: Keyring, request: DisclosureRequest, by: str) -> Particulars:
    """For whoever handles it; that they were looked at is audited. Raises NotAllowed."""
    staff.require(session, by, *HANDLERS)
    audit.record(session, by, "request.particulars", thing_of(request))
    return open_sealed(keyring, request)


def open_sealed(keyring: Keyring, request: DisclosureRequest) -> Particulars:
    """Whoever shows them puts that on record. Raises KeysUnreadable."""
    return Particulars(**json.loads(keyring.decrypt(PURPOSE, request.particulars)))


def sealed(keyring: Keyring, who: Particulars) -> str:
    return keyring.encrypt(PURPOSE, json.dumps(asdict(who), ensure_ascii=False))


def applicant_of(keyring: Keyring, who: Particulars) -> str:
    folded = "".join(f"{who.name}\n{who.contact}".split()).casefold()
    return keyring.pseudonym(PURPOSE, folded)


# ── what every act does ───────────────────────────────────────────────────────────────────────────────────────────────


def begin_act(
    session: Session, request: DisclosureRequest, by: str, to: State, act: str, *, only: State | None = None
) -> None:
    """Nobody else is at this request until the transaction ends. Raises NotAllowed and NotDone."""
    staff.require(session, by, Role.WRITE)
    take_turns(session, f"request:{request.id}")
    session.refresh(request, with_for_update=True)
    if request.draft:
        raise NotDone(say("request_waits_for_second"))
    check_move(request, to, act, only)
    request.handler = staff.folded(by)


def check_move(request: DisclosureRequest, to: State, act: str, only: State | None = None) -> None:
    if to not in MOVES[State(request.state)] or (only and request.state != only):
        named = {"number": request.number, "state": state_name(request.state), "act": act_name(act)}
        raise NotDone(say("request_move_refused", **named))


def add_step(
    session: Session, request: DisclosureRequest, act: str, *, by: str = "", note: str = "", is_inner: bool = False,
    letter: str = "", words: dict[str, str] | None = None,
) -> RequestStep:  # fmt: skip
    name = staff.folded(by) if by else ""
    step = RequestStep(
        request=request,
        at=clock.now(),
        by=name,
        act=act,
        note=note,
        is_inner=is_inner,
        letter=letter,
        words=words or {},
    )
    session.add(step)
    session.flush()
    return step


def worded(words: str) -> str:
    said = words.replace("\r\n", "\n").strip()
    if not said:
        raise NotDone(say("request_reason_wanted"))
    if len(said) > LONGEST:  # a letter never ends in mid-sentence
        raise NotDone(say("request_too_long", most=LONGEST))
    return said


def due_note(request: DisclosureRequest) -> str:
    if request.due_on is None:
        return ""
    told = say("request_provisional") if request.is_provisional else ""
    return say("request_note_due", day=clock.dated(request.due_on), provisional=told)


@cache
def _act_names() -> dict[str, str]:
    return dict(tomllib.loads((LIBRARY / "disclosure_acts.toml").read_text(encoding="utf-8")))


def act_name(act: str) -> str:
    return _act_names()[act]


def state_name(state: str) -> str:
    return say(f"request_state_{state}")


def field_name(name: str) -> str:
    """Of one of the particulars."""
    return say(f"request_field_{name}")


def thing_of(request: DisclosureRequest) -> str:
    return f"request:{request.number}"


def _next_serial(session: Session, year: int) -> int:
    take_turns(session, "request-number")
    newest = session.scalar(select(func.max(DisclosureRequest.serial)).where(DisclosureRequest.year == year))
    return (newest or 0) + 1


def _confirmed_note(request: DisclosureRequest, on: date) -> str:
    """What lay before the bureau confirmed it: the days of both sides (article 31)."""
    filed_on = clock.in_beijing(request.filed_at).date()
    if request.channel not in ONLINE or filed_on == on:
        return ""
    return say("request_note_confirmed", filed=clock.dated(filed_on), day=clock.dated(on)) + "\n"


def _hash_of(number: str, code: str) -> str:
    return hashlib.sha256(f"{number}:{code}".encode()).hexdigest()
