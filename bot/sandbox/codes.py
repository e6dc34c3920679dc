"""Codes that a browser brings back from 网页授权: each tells once, for a while, whose browser it was."""

import secrets
import threading
from dataclasses import dataclass

from bot.sandbox.refusals import Refused
from bot.sandbox.timing import Clock

_HOLDS = 300
_MOST = 10_000


@dataclass
class _Code:
    openid: str
    until: int
    is_snapshot: bool
    is_used: bool = False


class Codes:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._given: dict[str, _Code] = {}

    def give(self, openid: str, is_snapshot: bool = False) -> str:
        made = secrets.token_urlsafe(24)
        with self._lock:
            if len(self._given) >= _MOST:
                self._given.clear()
            self._given[made] = _Code(openid, self._clock.timestamp() + _HOLDS, is_snapshot)
        return made

    def take(self, value: str) -> tuple[str, bool]:
        """The openid, and whether it is only that of a snapshot page. Refused the second time, and when it is old."""
        with self._lock:
            code = self._given.get(value)
            if code is None or code.until <= self._clock.timestamp():
                raise Refused(40029, "invalid code")
            if code.is_used:
                raise Refused(40163, "code been used")
            code.is_used = True
            return code.openid, code.is_snapshot
