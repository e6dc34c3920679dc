"""The links that lead out of the chat to the pages of requests: to a form that is known to be a certain citizen's, and
to how his own request stands. Sealed and for a short time; the same message gets the same link.
"""

from datetime import datetime, timedelta

from content.store.keys import Keyring
from handlers import seals

FORM_HOLDS, STATUS_HOLDS = timedelta(days=2), timedelta(minutes=30)
_FORM, _STATUS = "request-form", "request-status"


def form_url(keyring: Keyring, public_url: str, citizen: str, at: datetime) -> str:
    """`citizen`: his pseudonym; `at`: when he asked."""
    return f"{public_url}/h/requests/?from={seals.write(keyring, _FORM, citizen, at + FORM_HOLDS)}"


def who_came(keyring: Keyring, sealed: str) -> str:
    """The pseudonym of whoever was given this link; empty where nobody was, or long ago."""
    return seals.read(keyring, _FORM, sealed) or ""


def status_url(keyring: Keyring, public_url: str, request_id: int, at: datetime) -> str:
    """Shows how it stands, and nothing of who the applicant is."""
    return f"{public_url}/h/requests/status?t={seals.write(keyring, _STATUS, f'{request_id:x}', at + STATUS_HOLDS)}"


def which_request(keyring: Keyring, sealed: str) -> int | None:
    said = seals.read(keyring, _STATUS, sealed)
    return int(said, 16) if said else None
