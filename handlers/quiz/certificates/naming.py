"""Whether a certificate was issued to this name. What is signed holds the first character alone: a digest of the rest
would let anybody who has the code find the name out. So it is compared here, with the roster, and a few times only.
"""

import hmac
import unicodedata
from enum import StrEnum

from sqlalchemy.orm import Session

from content.store.keys import Keyring, KeysUnreadable
from handlers import tries
from handlers.quiz import register
from handlers.quiz.certificates import issuing, signing
from handlers.quiz.certificates.models import Certificate

MOST_WRONG = 10
"""In a row; nobody goes through the names of a town with that."""
LONGEST = 64
_BETWEEN = "·•・．."


class Named(StrEnum):
    SAME = "same"
    OTHER = "other"
    LOCKED = "locked"
    """Too many wrong names were tried."""
    GONE = "gone"
    """Nobody keeps the name any more, or there is no certificate that holds."""


def is_masked(statement: signing.Statement) -> bool:
    return "*" in statement.name


def compare(session: Session, keyring: Keyring, serial: str, typed: str) -> Named:
    """What somebody reads on the certificate in his hands. Raises nothing: a wrong try must be kept."""
    found = session.get(Certificate, issuing.plain_serial(serial))
    tried = tries.name_of(keyring, "certificate", issuing.plain_serial(serial))
    if found is None or found.revoked_at or not (name := _name(session, keyring, found)):
        return Named.GONE
    if tries.is_locked(session, tried, MOST_WRONG):
        return Named.LOCKED
    if hmac.compare_digest(_folded(name).encode(), _folded(typed[:LONGEST]).encode()):
        return Named.SAME
    tries.count(session, tried)
    return Named.OTHER


def _name(session: Session, keyring: Keyring, found: Certificate) -> str:
    try:
        held = register.get_held(session, found.campaign_id)
        return issuing.real_name(session, keyring, held, found.participant)
    except KeysUnreadable:  # after a restoration without the keys of that time
        return ""


def _folded(name: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", name).split()).casefold()
    return "".join(sign for sign in plain if sign not in _BETWEEN)
