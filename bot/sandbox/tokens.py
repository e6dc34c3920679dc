"""Access tokens as the platform gives them: the ordinary kind, where a new one kills the old, and the
stable kind. The overlap that the platform sometimes grants after an ordinary fetch is not played: here the
harsher reading holds.
"""

import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.sandbox.refusals import Refused
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.timing import Clock

LIFETIME = 7200
_EARLY = 300  # seconds before its end in which a stable token is renewed, and both work
_ORDINARY_A_DAY = 2000
_FORCED_A_DAY = 20
_FORCED_APART = 30


@dataclass
class _Token:
    value: str
    until: int
    killed: bool = False


class Tokens:
    def __init__(self, settings: SandboxSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, _Token] = {}
        self._ordinary: _Token | None = None
        self._stable: _Token | None = None
        self._used: dict[tuple[str, date], int] = {}
        self._forced_at = -_FORCED_APART

    def ordinary(self, args: Mapping[str, object]) -> dict[str, object]:
        """GET /cgi-bin/token"""
        self.check_account(args)
        with self._lock:
            self._count("ordinary", _ORDINARY_A_DAY)
            if self._ordinary:
                self._ordinary.killed = True
            self._ordinary = self._new()
            return self._answer(self._ordinary)

    def stable(self, args: Mapping[str, object]) -> dict[str, object]:
        """POST /cgi-bin/stable_token"""
        self.check_account(args)
        forced = args.get("force_refresh", False)
        if not isinstance(forced, bool):
            raise Refused(47001, "data format error")
        with self._lock:
            if forced:
                self._force()
            elif self._stable is None or self._stable.until - self._clock.timestamp() <= _EARLY:
                self._stable = self._new()
            assert self._stable is not None  # noqa: S101 - both branches above leave one
            return self._answer(self._stable)

    def check(self, value: str) -> None:
        """Refused unless a call may be made with this token now."""
        if not value:
            raise Refused(41001, "access_token missing")
        with self._lock:
            token = self._known.get(value)
            if token is None or token.killed:
                raise Refused(40001, "invalid credential, access_token is invalid or not latest")
            if token.until <= self._clock.timestamp():
                raise Refused(42001, "access_token expired")

    def spoil(self, is_revoked: bool) -> None:
        """Every token given so far is refused from now on: as taken over by another system (40001), or as expired
        (42001).
        """
        with self._lock:
            for token in self._known.values():
                token.killed = token.killed or is_revoked
                token.until = min(token.until, self._clock.timestamp())
            self._stable = self._ordinary = None

    def _force(self) -> None:
        if self._clock.timestamp() - self._forced_at < _FORCED_APART:
            raise Refused(45011, "api minute-quota reach limit, must slower, retry next minute")
        self._count("forced", _FORCED_A_DAY)
        self._forced_at = self._clock.timestamp()
        if self._stable:
            self._stable.killed = True
        self._stable = self._new()

    def _count(self, what: str, most: int) -> None:
        key = (what, self._clock.today())
        if self._used.get(key, 0) >= most:
            raise Refused(45009, "reach max api daily quota limit")
        self._used[key] = self._used.get(key, 0) + 1

    def _new(self) -> _Token:
        token = _Token(secrets.token_urlsafe(96), self._clock.timestamp() + LIFETIME)
        self._known[token.value] = token
        return token

    def _answer(self, token: _Token) -> dict[str, object]:
        return {"access_token": token.value, "expires_in": token.until - self._clock.timestamp()}

    def check_account(self, args: Mapping[str, object]) -> None:
        if args.get("grant_type") != "client_credential":
            raise Refused(40002, "invalid grant_type")
        for name, missing in (("appid", 41002), ("secret", 41004)):
            if not isinstance(args.get(name), str) or not args[name]:
                raise Refused(missing, f"{name} missing")
        if args["appid"] != self._settings.app_id:
            raise Refused(40013, "invalid appid")
        if not hmac.compare_digest(str(args["secret"]).encode(), self._settings.app_secret.encode()):
            raise Refused(40125, "invalid appsecret")
