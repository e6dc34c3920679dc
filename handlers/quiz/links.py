"""The link that leads out of the chat to the page: written for one participant of one campaign, sealed, short-lived.

A subscription account cannot ask a browser who it is: only the chat knows. So the chat writes it into the link, and
nobody but this installation can read or write it. Whoever opens it changes nothing; see seats.py for what binds.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from content.store import clock
from content.store.keys import Keyring, KeysUnreadable

HOLDS = timedelta(minutes=10)
LONGEST = 600
_PURPOSE = "quiz-link"
_SEALED = re.compile(r"([a-z0-9-]{1,32})\.([0-9a-f]{1,32})\.([0-9a-f]{16})\.(\d{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    participant: str
    nonce: str
    """What tells it from every other link, for seats.bind."""


def page_link(keyring: Keyring, public_url: str, campaign_id: str, participant: str) -> str:
    """For one browser, for ten minutes."""
    return f"{public_url}/h/quiz/{campaign_id}/?t={write(keyring, campaign_id, participant)}"


def write(keyring: Keyring, campaign_id: str, participant: str) -> str:
    until = clock.timestamp() + int(HOLDS.total_seconds())
    return keyring.encrypt(_PURPOSE, f"{campaign_id}.{participant}.{secrets.token_hex(8)}.{until}")


def read(keyring: Keyring, campaign_id: str, sealed: str) -> Link | None:
    """None where we did not write it, or for another campaign, or its time is over."""
    if not 0 < len(sealed) <= LONGEST:
        return None
    try:
        found = _SEALED.fullmatch(keyring.decrypt(_PURPOSE, sealed))
    except KeysUnreadable:
        return None
    if found is None or found[1] != campaign_id or int(found[4]) <= clock.timestamp():
        return None
    return Link(participant=found[2], nonce=found[3])
