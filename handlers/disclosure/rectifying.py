"""Whoever stands in an application with a wrong name, contact or address has it put right when he asks
(《个人信息保护法》 article 46). The history says which of them and, to staff alone, why; nothing says what stood there.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace

from sqlalchemy.orm import Session

from content import audit, staff
from content.phrases import say
from content.staff import Role
from content.store.db import take_turns
from content.store.keys import Keyring
from handlers.disclosure.form import MOST
from handlers.disclosure.models import DisclosureRequest
from handlers.disclosure.requests import (
    NotDone,
    add_step,
    applicant_of,
    field_name,
    open_sealed,
    sealed,
    thing_of,
    worded,
)

RECTIFIED = "rectified"
FIELDS = ("name", "contact", "address")
_NEEDED = ("name", "contact")


def rectify(
    session: Session, keyring: Keyring, request: DisclosureRequest, by: str, given: Mapping[str, str], reason: str
) -> None:
    """`given`: FIELDS as they shall stand from now on; also where it is answered long since. Raises NotAllowed, NotDone
    and KeysUnreadable.
    """
    staff.require(session, by, Role.WRITE)
    take_turns(session, f"request:{request.id}")
    session.refresh(request, with_for_update=True)
    before = open_sealed(keyring, request)
    after = replace(before, **{name: _checked(name, given.get(name, "").strip()) for name in FIELDS})
    changed = [name for name in FIELDS if asdict(before)[name] != asdict(after)[name]]
    if not changed:
        raise NotDone(say("request_nothing_rectified"))
    if not reason.strip():  # unlike other reasons it goes into no letter
        raise NotDone(say("request_why_rectified"))
    said = worded(reason)
    request.particulars, request.applicant = sealed(keyring, after), applicant_of(keyring, after)
    named = "、".join(map(field_name, changed))
    add_step(session, request, RECTIFIED, by=by, note=say("request_note_rectified", fields=named))
    add_step(session, request, "note", by=by, note=said, is_inner=True)
    audit.record(session, by, f"request.{RECTIFIED}", thing_of(request), fields=changed)


def _checked(name: str, words: str) -> str:
    if name in _NEEDED and not words:
        raise NotDone(say("request_needed", field=field_name(name)))
    if len(words) > MOST[name]:
        raise NotDone(say("request_too_long", most=MOST[name]))
    return words
