"""A few signs that only this installation can have written, good until a moment: in a link, in a form."""

import hashlib
import hmac
import re
from datetime import datetime

from content.store import clock
from content.store.keys import Keyring

_TICKET = re.compile(r"([0-9a-f]{1,64})\.(\d{1,12})\.([0-9a-f]{32})", re.ASCII)


def write(keyring: Keyring, purpose: str, said: str, until: datetime) -> str:
    """`said`: hexadecimal digits. The same for the same moment, so that a reply computed again is the same reply."""
    seconds = int(until.timestamp())
    return f"{said}.{seconds}.{_mark(keyring, purpose, said, seconds)}"


def read(keyring: Keyring, purpose: str, ticket: str) -> str | None:
    """What it says; None where we did not write it for this purpose, or its time is over."""
    found = _TICKET.fullmatch(ticket)
    if found is None:
        return None
    said, seconds = found[1], int(found[2])
    is_ours = hmac.compare_digest(_mark(keyring, purpose, said, seconds), found[3])
    return said if is_ours and seconds > clock.timestamp() else None


def _mark(keyring: Keyring, purpose: str, said: str, seconds: int) -> str:
    key = keyring.derive(f"ticket:{purpose}")
    return hashlib.blake2b(f"{said}.{seconds}".encode(), key=key, digest_size=16).hexdigest()
