"""The link that leads out of the chat to the page: written for one citizen and one campaign, or for the list of those
that are open; sealed, short-lived.

A subscription account cannot ask a browser who it is: only the chat knows. So the chat writes it into the link, and
nobody but this installation can read or write it. Whoever opens it changes nothing; see seats.py for what binds.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from content.store import clock
from content.store.keys import Keyring, KeysUnreadable
from handlers import citizens

HOLDS = timedelta(minutes=10)
LONGEST = 600
_PURPOSE, _WHOSE = "quiz-link", "quiz-whose"
_LIST = ""
"""What stands at a campaign's place in the link to the list."""
_SEALED = re.compile(r"([a-z0-9-]{0,32})\.([^.]{1,64})\.([0-9a-f]{16})\.(\d{1,12})(?:\.([0-9a-f]{16}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    identity: str = field(repr=False)
    participant: str
    nonce: str
    """What tells it from every other link, for seats.bind."""
    until: int
    whole: str = ""
    """The nonce of the link to the list by which it was come upon; empty where it was written for one campaign."""


def page_link(keyring: Keyring, public_url: str, campaign_id: str, identity: str) -> str:
    """For one browser, for ten minutes."""
    return f"{public_url}/h/quiz/{campaign_id}/?t={write(keyring, campaign_id, identity)}"


def list_link(keyring: Keyring, public_url: str, identity: str) -> str:
    """To the list, with a way into each campaign that is open."""
    return f"{public_url}/h/quiz/?t={write(keyring, _LIST, identity)}"


def write(keyring: Keyring, campaign_id: str, identity: str) -> str:
    until = clock.timestamp() + int(HOLDS.total_seconds())
    return _sealed(keyring, campaign_id, identity, secrets.token_hex(8), until)


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
    return Link(
        found[2], citizens.participant_of(keyring, found[2], campaign_id), found[3], int(found[4]), found[5] or ""
    )


def ways_in(keyring: Keyring, sealed: str, campaigns: list[str]) -> dict[str, str]:
    """What the link to the list opens: of each campaign a link of its own, together for one browser and no longer than
    this one; the same ones however often the list is looked at. Nothing where the link does not hold.
    """
    if (link := read(keyring, _LIST, sealed)) is None:
        return {}
    nonces = zip(campaigns, nonces_of(link.nonce, campaigns), strict=True)
    return {one: _sealed(keyring, one, link.identity, nonce, link.until, link.nonce) for one, nonce in nonces}


def nonces_of(whole: str, campaigns: list[str]) -> list[str]:
    """Those of the ways into these campaigns, by the nonce of the link to the list."""
    return [hashlib.sha256(f"{whole}:{one}".encode()).hexdigest()[:16] for one in campaigns]


# ── what the browser keeps ────────────────────────────────────────────────────────────────────────────────────────────


def keep(keyring: Keyring, identity: str) -> str:
    """Whose browser it is, for its cookie: it stands nowhere else, so that nothing here ties his papers together."""
    return keyring.encrypt(_WHOSE, identity)


def names_in(keyring: Keyring, kept: str, sits_as: tuple[str, str], campaigns: list[str]) -> list[str] | None:
    """His names in these campaigns. `sits_as`: the campaign and his name there; None where the cookie is not his."""
    identity = identity_in(keyring, kept, sits_as)
    return [citizens.participant_of(keyring, identity, one) for one in campaigns] if identity else None


def identity_in(keyring: Keyring, kept: str, sits_as: tuple[str, str]) -> str:
    """Whose browser it is; empty where the cookie is not his."""
    try:
        identity = keyring.decrypt(_WHOSE, kept) if 0 < len(kept) <= LONGEST else ""
    except KeysUnreadable:
        identity = ""
    here, name = sits_as
    return identity if identity and citizens.participant_of(keyring, identity, here) == name else ""


def _sealed(keyring: Keyring, campaign_id: str, identity: str, nonce: str, until: int, whole: str = "") -> str:
    told = f"{campaign_id}.{identity}.{nonce}.{until}"
    return keyring.encrypt(_PURPOSE, f"{told}.{whole}" if whole else told)
