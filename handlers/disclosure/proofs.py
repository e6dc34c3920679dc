"""The picture by which an applicant proves who he is (article 29): made plain, encrypted before it is written, shown to
whoever handles the request, gone some time after its end. It never lies in a file and never goes through the chat.
"""

import base64
from datetime import timedelta

from sqlalchemy import ForeignKey, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import pictures
from content.phrases import say
from content.pictures import BadPicture
from content.store import clock
from content.store.db import Base
from content.store.keys import Keyring
from handlers.disclosure.models import DisclosureRequest

MOST_BYTES = 8_000_000
KEPT = timedelta(days=30)
"""After the end of a request."""
_PURPOSE = "request-proof"
_JPEG = b"\xff\xd8"


class BadProof(Exception):
    """It cannot be taken; the message says why and what to do."""


class RequestProof(Base):
    __tablename__ = "disclosure_request_proofs"

    request_id: Mapped[int] = mapped_column(ForeignKey("disclosure_requests.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)


def made_plain(data: bytes) -> bytes:
    """Without what a camera writes beside it. Takes up to a second: before a transaction. Raises BadProof."""
    if not data:
        raise BadProof(say("request_proof_empty"))
    if len(data) > MOST_BYTES:
        raise BadProof(say("request_proof_large", most=MOST_BYTES // 1_000_000))
    try:
        return pictures.fit(data)[0]
    except BadPicture as refused:
        raise BadProof(say("request_proof_unfit")) from refused


def keep(session: Session, keyring: Keyring, request_id: int, plain: bytes) -> None:
    sealed = keyring.encrypt(_PURPOSE, base64.b64encode(plain).decode())
    session.add(RequestProof(request_id=request_id, sealed=sealed))
    session.flush()


def is_kept(session: Session, request_id: int) -> bool:
    return session.get(RequestProof, request_id) is not None


def find(session: Session, keyring: Keyring, request_id: int) -> tuple[bytes, str] | None:
    """The picture and its media type. Raises KeysUnreadable."""
    if (found := session.get(RequestProof, request_id)) is None:
        return None
    plain = base64.b64decode(keyring.decrypt(_PURPOSE, found.sealed))
    return plain, "image/jpeg" if plain.startswith(_JPEG) else "image/png"


def drop(session: Session, request_id: int) -> bool:
    """False where there is none."""
    if (found := session.get(RequestProof, request_id)) is None:
        return False
    session.delete(found)
    session.flush()
    return True


def purge(session: Session) -> None:
    """Of requests that have been over for long enough."""
    over = select(DisclosureRequest.id).where(DisclosureRequest.ended_on < clock.today() - KEPT)
    session.execute(delete(RequestProof).where(RequestProof.request_id.in_(over)))
