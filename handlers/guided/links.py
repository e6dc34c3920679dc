"""The way from the chat to the page with the same questions: a sealed link for one open talk, short-lived, and what the
browser holds once it has come by it. And the answers of a visitor without a chat, which travel sealed with his forms.

Whoever opens a link changes nothing; the first tap binds the browser: see paging.py.
"""

import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from content.store import clock
from content.store.keys import Keyring, KeysUnreadable

HOLDS = timedelta(minutes=10)
SITS = timedelta(hours=3)
TRAVELS = timedelta(hours=3)
LONGEST, LONGEST_ANSWERS = 600, 20_000
_LINK, _SEAT, _VISITOR = "guided-link", "guided-seat", "guided-visitor"
_SEALED = re.compile(r"([a-z-]{1,16})\.([0-9a-f]{1,32})\.([0-9a-f]{16})\.([0-9a-f]{16})\.(\d{1,12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Way:
    """To one open talk of one citizen."""

    kind: str
    citizen_id: str
    talk: str
    """The talk's own name: `_id` of its answers. A talk that was begun anew has another."""
    nonce: str
    """What tells this link from every other."""


def page_link(keyring: Keyring, public_url: str, kind: str, citizen_id: str, talk: str) -> str:
    way = Way(kind, citizen_id, talk, secrets.token_hex(8))
    return f"{public_url}/h/guided/{kind}/?t={_seal(keyring, _LINK, way, HOLDS)}"


def read_link(keyring: Keyring, kind: str, sealed: str) -> Way | None:
    """None where we did not write it, or for another talk, or its time is over."""
    return _open(keyring, _LINK, kind, sealed)


def seat(keyring: Keyring, way: Way) -> str:
    """What the browser's cookie holds."""
    return _seal(keyring, _SEAT, way, SITS)


def read_seat(keyring: Keyring, kind: str, sealed: str) -> Way | None:
    return _open(keyring, _SEAT, kind, sealed)


def mark(keyring: Keyring, sealed: str) -> str:
    """Stands in every form of this browser; nobody else can write it."""
    return hmac.digest(keyring.derive("guided-form"), sealed.encode(), "sha256").hex()[:32]


def seal_answers(keyring: Keyring, kind: str, answers: Mapping[str, Any]) -> str:
    until = clock.timestamp() + int(TRAVELS.total_seconds())
    return keyring.encrypt(_VISITOR, json.dumps([kind, until, answers], ensure_ascii=False))


def open_answers(keyring: Keyring, kind: str, sealed: str) -> dict[str, Any] | None:
    """None where they are not ours, or too old."""
    if not 0 < len(sealed) <= LONGEST_ANSWERS:
        return None
    try:
        written_kind, until, answers = json.loads(keyring.decrypt(_VISITOR, sealed))
    except (KeysUnreadable, ValueError):
        return None
    return dict(answers) if written_kind == kind and until > clock.timestamp() else None


def _seal(keyring: Keyring, purpose: str, way: Way, holds: timedelta) -> str:
    until = clock.timestamp() + int(holds.total_seconds())
    return keyring.encrypt(purpose, f"{way.kind}.{way.citizen_id}.{way.talk}.{way.nonce}.{until}")


def _open(keyring: Keyring, purpose: str, kind: str, sealed: str) -> Way | None:
    if not 0 < len(sealed) <= LONGEST:
        return None
    try:
        found = _SEALED.fullmatch(keyring.decrypt(purpose, sealed))
    except (KeysUnreadable, ValueError):
        return None
    if found is None or found[1] != kind or int(found[5]) <= clock.timestamp():
        return None
    return Way(found[1], found[2], found[3], found[4])
