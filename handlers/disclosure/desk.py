"""What lies on the desk: applications by what is to be done, numbers of letters, a year as a table without anybody."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store import clock, working_days
from handlers.disclosure import letters, requests
from handlers.disclosure.models import OPEN, OVER, DisclosureRequest, RequestStep, State
from handlers.disclosure.requests import NotDone

SOON = 3
"""Working days up to the last one, within which it is due soon."""
SHOWN = 100
MOST_NUMBER, MOST_WORDS = 60, 4000
TOLD_THEM = "third_party_told"
FILTERS = ("open", "new", "soon", "overdue", "waiting", "mine", "over", "void", "all")


@dataclass(frozen=True, slots=True)
class Listing:
    rows: Sequence[DisclosureRequest]
    has_more: bool


def listing(session: Session, chosen: str, by: str, words: str = "") -> Listing:
    """What is due first stands first; of what is over, the newest. `chosen`: one of FILTERS."""
    order = [DisclosureRequest.due_on.is_not(None), DisclosureRequest.due_on, DisclosureRequest.id]
    if chosen in ("over", "void", "all"):
        order = [DisclosureRequest.id.desc()]
    query = select(DisclosureRequest).where(*_conditions(session, by)[chosen]).order_by(*order).limit(SHOWN + 1)
    if words:
        query = query.where(_holds(words))
    found = session.scalars(query).all()
    return Listing(found[:SHOWN], len(found) > SHOWN)


def counts(session: Session, by: str) -> dict[str, int]:
    """How many there are, by the name of the filter."""
    count = select(func.count()).select_from(DisclosureRequest)
    return {name: session.scalar(count.where(*wanted)) or 0 for name, wanted in _conditions(session, by).items()}


def years(session: Session) -> list[int]:
    """Newest first; this one is always among them."""
    known = session.scalars(select(DisclosureRequest.year).distinct()).all()
    return sorted({*known, clock.today().year}, reverse=True)


def year_rows(session: Session, year: int, names: "Names") -> list[tuple[object, ...]]:
    """Numbers, days and how each ended; no name, no contact, no words of the applicant but what he wants."""
    of_year = select(DisclosureRequest).where(DisclosureRequest.year == year).order_by(DisclosureRequest.serial)
    rows: list[tuple[object, ...]] = [tuple(say("request_year_headings").split("|"))]
    for one in session.scalars(of_year):
        kind = letters.kinds().get(one.answer)
        rows.append(
            (
                one.number, names.channels[one.channel], names.kinds[one.applicant_kind], one.wanted,
                one.document_number, clock.in_beijing(one.filed_at).date(), one.received_on or "", one.due_on or "",
                one.extended_days or "", len(one.rests) or "", requests.state_name(one.state), one.ended_on or "",
                kind.title if kind and one.state != State.WITHDRAWN else "", one.report_class, one.handler,
            )
        )  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class Names:
    channels: dict[str, str]
    kinds: dict[str, str]


def number_letter(session: Session, request: DisclosureRequest, step_id: int, number: str, by: str) -> RequestStep:
    """The organ's own number of a letter, given when it goes out. Raises NotAllowed, NotFound and NotDone."""
    staff.require(session, by, *requests.HANDLERS)
    step = get_letter(request, step_id)
    number = " ".join(number.split())
    if not 0 < len(number) <= MOST_NUMBER:
        raise NotDone(say("request_number_wanted", most=MOST_NUMBER))
    step.words = {**step.words, "document_number": number}
    session.flush()
    audit.record(session, by, "request.number", requests.thing_of(request), letter=step.letter, number=number)
    return step


def tell_third_party(session: Session, request: DisclosureRequest, by: str, about: str, reason: str) -> None:
    """That it is made public although they said no, and why (article 32). Raises NotAllowed and NotDone."""
    staff.require(session, by, Role.WRITE)
    if request.state == State.VOID or not was_third_party_asked(request):
        raise NotDone(say("request_first_do", act=requests.act_name("third_party")))
    words = {"about": about.strip()[:MOST_WORDS], "reason": reason.strip()[:MOST_WORDS]}
    if not all(words.values()):
        raise NotDone(say("request_reason_wanted"))
    requests.add_step(session, request, TOLD_THEM, by=by, is_inner=True, letter=TOLD_THEM, words=words)
    audit.record(session, by, "request.third_party_told", requests.thing_of(request))


def was_third_party_asked(request: DisclosureRequest) -> bool:
    return any(step.act == "third_party" for step in request.steps)


def get_letter(request: DisclosureRequest, step_id: int) -> RequestStep:
    """The step that this letter of this request belongs to. Raises NotFound."""
    step = next((step for step in request.steps if step.id == step_id and step.letter), None)
    if step is None:
        raise staff.NotFound(say("request_no_letter"))
    return step


def _conditions(session: Session, by: str) -> dict[str, tuple[ColumnElement[bool], ...]]:
    overrides, today = working_days.load_overrides(session), clock.today()
    soon = working_days.add_working_days(today, SOON, overrides)
    is_open, due = DisclosureRequest.state.in_(OPEN), DisclosureRequest.due_on
    return {
        "open": (is_open,),
        "new": (DisclosureRequest.state == State.NEW,),
        "soon": (is_open, due >= today, due <= soon),
        "overdue": (is_open, due < today),
        "waiting": (is_open, DisclosureRequest.draft.is_not(None)),
        "mine": (is_open, DisclosureRequest.handler == staff.folded(by)),
        "over": (DisclosureRequest.state.in_(OVER),),
        "void": (DisclosureRequest.state == State.VOID,),
        "all": (),
    }


def _holds(words: str) -> ColumnElement[bool]:
    """A number in whole, or signs of what is wanted."""
    year, _, serial = words.partition("-")
    if year.isdecimal() and serial.isdecimal() and len(year) == 4 and len(serial) <= 6:
        return (DisclosureRequest.year == int(year)) & (DisclosureRequest.serial == int(serial))
    inside = DisclosureRequest.wanted.icontains(words, autoescape=True)
    return or_(inside, DisclosureRequest.document_number.icontains(words, autoescape=True))
