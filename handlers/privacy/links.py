"""The link to the page of one's own data: written in the chat for whoever asked there, sealed, good for ten minutes."""

import json
from datetime import timedelta

from content.store import clock
from content.store.keys import Keyring, KeysUnreadable

HOLDS = timedelta(minutes=10)
LONGEST = 600
_PURPOSE = "privacy-link"


def write(keyring: Keyring, identity: str) -> str:
    until = clock.timestamp() + int(HOLDS.total_seconds())
    return keyring.encrypt(_PURPOSE, json.dumps([identity, until]))


def read(keyring: Keyring, sealed: str) -> str:
    """Whose data; empty where we did not write it, or its time is over."""
    if not 0 < len(sealed) <= LONGEST:
        return ""
    try:
        identity, until = json.loads(keyring.decrypt(_PURPOSE, sealed))
    except (KeysUnreadable, ValueError):
        return ""
    return str(identity) if until > clock.timestamp() else ""
