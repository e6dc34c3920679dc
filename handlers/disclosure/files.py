"""The information itself, given with an answer: files that staff attach before they write it, that the second person
sees before he approves, and that the applicant fetches with his code once it is approved. Encrypted before they are
written, like the proofs; they never lie in a file and never go through the chat.
"""

import base64
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import audit, staff
from content.phrases import say
from content.staff import NotFound
from content.store import clock
from content.store.db import Base
from content.store.keys import Keyring
from handlers.disclosure.models import DisclosureRequest, State
from handlers.disclosure.requests import NotDone, add_step, begin_act, thing_of

RELEASES = frozenset({"published", "granted", "partly"})
"""Answers that give something."""
MOST_BYTES, MOST_FILES, LONGEST_TITLE = 10_000_000, 5, 100
KEPT = timedelta(days=200)
"""After the end of a request: longer than the six months in which he may go to court (《行政诉讼法》 article 46)."""
MEDIA_TYPES = {
    "pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_BEGINS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_PURPOSE = "request-file"


class RequestFile(Base):
    __tablename__ = "disclosure_request_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("disclosure_requests.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    """The file's name as the applicant gets it."""
    kind: Mapped[str] = mapped_column(String(8))
    """One of MEDIA_TYPES, found in its bytes."""
    size: Mapped[int]
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[str] = mapped_column(Text, deferred=True)


@dataclass(frozen=True, slots=True)
class Opened:
    title: str
    media_type: str
    data: bytes


# ── what staff do ─────────────────────────────────────────────────────────────────────────────────────────────────────


def attach(session: Session, keyring: Keyring, request: DisclosureRequest, by: str, title: str, data: bytes) -> None:
    """While no draft waits: what the second person approves is what he saw. Raises NotAllowed and NotDone."""
    kind = _kind_of(data)
    begin_act(session, request, by, State.IN_HAND, "attach", only=State.IN_HAND)
    if len(attached(session, request.id)) >= MOST_FILES:
        raise NotDone(say("request_file_many", most=MOST_FILES))
    made = RequestFile(
        request_id=request.id, title=_titled(title, kind), kind=kind, size=len(data), added_at=clock.now(),
        added_by=staff.folded(by), sealed=keyring.encrypt(_PURPOSE, base64.b64encode(data).decode()),
    )  # fmt: skip
    session.add(made)
    add_step(session, request, "attach", by=by, note=made.title, is_inner=True)
    audit.record(session, by, "request.attach", thing_of(request), size=len(data), kind=kind)


def detach(session: Session, request: DisclosureRequest, by: str, file_id: int) -> None:
    """Raises NotAllowed, NotDone and NotFound."""
    begin_act(session, request, by, State.IN_HAND, "detach", only=State.IN_HAND)
    found = get_file(session, request.id, file_id)
    add_step(session, request, "detach", by=by, note=found.title, is_inner=True)
    session.delete(found)
    audit.record(session, by, "request.detach", thing_of(request))


def check_fits(session: Session, request: DisclosureRequest, letter: str) -> None:
    """No answer that gives nothing goes out with files. Raises NotDone."""
    if letter not in RELEASES and attached(session, request.id):
        raise NotDone(say("request_file_unfit"))


# ── looked at ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def attached(session: Session, request_id: int) -> Sequence[RequestFile]:
    its = select(RequestFile).where(RequestFile.request_id == request_id).order_by(RequestFile.id)
    return session.scalars(its).all()


def released(session: Session, request: DisclosureRequest) -> Sequence[RequestFile]:
    """Those the applicant may have: none before a second person has approved an answer that gives something."""
    is_given = request.state == State.ANSWERED and request.answer in RELEASES
    return attached(session, request.id) if is_given else ()


def get_file(session: Session, request_id: int, file_id: int) -> RequestFile:
    """Of this request. Raises NotFound."""
    found = session.get(RequestFile, file_id)
    if found is None or found.request_id != request_id:
        raise NotFound(say("request_no_file"))
    return found


def opened(keyring: Keyring, found: RequestFile) -> Opened:
    """Raises KeysUnreadable."""
    return Opened(found.title, MEDIA_TYPES[found.kind], base64.b64decode(keyring.decrypt(_PURPOSE, found.sealed)))


def purge(session: Session) -> None:
    """Of requests that have been over for long enough."""
    over = select(DisclosureRequest.id).where(DisclosureRequest.ended_on < clock.today() - KEPT)
    session.execute(delete(RequestFile).where(RequestFile.request_id.in_(over)))


# ── what may be handed in ─────────────────────────────────────────────────────────────────────────────────────────────


def _kind_of(data: bytes) -> str:
    """By its bytes, whatever it is called. Raises NotDone."""
    if not data:
        raise NotDone(say("request_file_empty"))
    if len(data) > MOST_BYTES:
        raise NotDone(say("request_file_large", most=MOST_BYTES // 1_000_000))
    kind = next((kind for begin, kind in _BEGINS.items() if data.startswith(begin)), "") or _office_kind(data)
    if not kind:
        raise NotDone(say("request_file_kind"))
    return kind


def _office_kind(data: bytes) -> str:
    """Of Word and Excel without programs inside; looks at the list of parts and unpacks nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    has_program = any(part.lower().endswith("vbaproject.bin") for part in parts)
    return "" if has_program else next((kind for part, kind in _PARTS.items() if part in parts), "")


def _titled(title: str, kind: str) -> str:
    """A plain file name that ends as its bytes are."""
    last = title.replace("\\", "/").rsplit("/", 1)[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    plain = "".join(sign for sign in stem if sign.isprintable() and sign not in '<>:"|?*').strip(" .")
    return f"{plain[:LONGEST_TITLE] or say('request_file_untitled')}.{kind}"
