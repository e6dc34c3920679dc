"""What a trainer or a test sets: the kind of account, how long things take, how they end. No rules."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.sandbox.refusals import Refused

ACCOUNT_TYPES = ("subscription", "service")


@dataclass
class Controls:
    account_type: str = "subscription"
    publish_seconds: float = 2.0
    """From freepublish/submit to its result."""
    mass_seconds: float = 3.0
    """From an accepted mass send, or the administrator's yes, to its result."""
    publish_status: int = 0
    """How publications end: 0 published, 2 original check, 3 ordinary failure, 4 audit."""
    mass_status: str = "send success"
    """How mass sends end: send success, send fail or err(number)."""
    is_quota_lifted: bool = False
    needs_admin: bool = False
    """Sending to all waits for the administrator's phone."""
    gives_msg_id: bool = True
    """Whether the answer that the administrator must confirm carries the msg_id: not known of the real platform."""
    clientmsgid_characters: int = 32
    """The documents say 32 in one place and 64 in another."""
    clientmsgid_repeats: int = 5
    """So many repetitions within a minute are told the msg_id (45065), more of them are too fast (45066)."""
    loses_events: bool = False
    """The results are never pushed to the webhook; who wants to know must ask."""

    def turn(self, wanted: Mapping[str, Any]) -> None:
        """Sets what `wanted` names; all of it or nothing."""
        kept = {name: _checked(name, getattr(self, name), value) for name, value in wanted.items()}
        with _LOCK:
            for name, value in kept.items():
                setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


_LOCK = threading.Lock()
NAMES = frozenset(one.name for one in fields(Controls))


def _checked(name: str, before: object, value: object) -> object:
    if isinstance(before, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    is_known = type(value) is type(before)
    if name == "account_type":
        is_known = value in ACCOUNT_TYPES
    elif isinstance(value, int | float):
        is_known = is_known and 0 <= value <= 10**6
    if not is_known:
        raise Refused(47001, f"data format error: {name}")
    return value
