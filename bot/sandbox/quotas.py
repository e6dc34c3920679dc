"""How often each interface may be called in a day and in a minute: counted by the sandbox's own clock, cleared or
lifted on request.
"""

import threading
from collections import Counter, deque
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.sandbox.calls import Answer, Call, Table, text
from bot.sandbox.controls import Controls
from bot.sandbox.refusals import Refused
from bot.sandbox.timing import Clock

_CLEARED_A_MONTH, _ONE_CLEARED_A_MONTH = 10, 50
_UNLIMITED = 1_000_000  # what quota/get tells of an interface without a known limit
A_DAY = {
    "/cgi-bin/menu/create": 1000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1000,
    "/cgi-bin/draft/add": 1000,
    "/cgi-bin/draft/update": 1000,
    "/cgi-bin/draft/delete": 1000,
    "/cgi-bin/draft/get": 500,
    "/cgi-bin/draft/count": 1000,
    "/cgi-bin/draft/batchget": 1000,
    "/cgi-bin/freepublish/submit": 100,
    "/cgi-bin/freepublish/get": 100,
    "/cgi-bin/freepublish/delete": 10,
    "/cgi-bin/freepublish/getarticle": 100,
    "/cgi-bin/freepublish/batchget": 100,
    "/cgi-bin/message/mass/sendall": 100,
    "/cgi-bin/message/mass/send": 100,
    "/cgi-bin/message/mass/preview": 100,
    "/cgi-bin/message/mass/delete": 10,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/user/get": 500,
}
A_MINUTE = {"/cgi-bin/message/mass/sendall": 60, "/cgi-bin/message/mass/send": 60}


class Quotas:
    def __init__(self, clock: Clock, controls: Controls) -> None:
        self._clock, self._controls = clock, controls
        self._lock = threading.Lock()
        self._day: date | None = None
        self._used: Counter[str] = Counter()
        self._lately: dict[str, deque[int]] = {}
        self._cleared: Counter[tuple[str, int, int]] = Counter()

    def count(self, path: str) -> None:
        """One more call of this path; Refused where it is one too many."""
        with self._lock:
            self._begin_day()
            if not self._controls.is_quota_lifted:
                if self._used[path] >= A_DAY.get(path, _UNLIMITED):
                    raise Refused(45009, "reach max api daily quota limit")
                self._count_minute(path)
            self._used[path] += 1

    def used(self, path: str) -> Answer:
        with self._lock:
            self._begin_day()
            limit = _UNLIMITED if self._controls.is_quota_lifted else A_DAY.get(path, _UNLIMITED)
            return {"daily_limit": limit, "used": self._used[path], "remain": max(0, limit - self._used[path])}

    def clear(self, path: str | None = None) -> None:
        """All interfaces, or one; so often a month."""
        today = self._clock.today()
        kind, most = ("all", _CLEARED_A_MONTH) if path is None else ("one", _ONE_CLEARED_A_MONTH)
        with self._lock:
            if self._cleared[kind, today.year, today.month] >= most:
                raise Refused(48006, "forbid to clear quota because of reaching the limit")
            self._cleared[kind, today.year, today.month] += 1
            if path is None:
                self._used.clear()
            else:
                self._used[path] = 0

    def forget(self) -> None:
        """All counts of today, without counting as a clearing of the month's ten."""
        with self._lock:
            self._used.clear()
            self._lately.clear()

    def _begin_day(self) -> None:
        if self._day != self._clock.today():
            self._day = self._clock.today()
            self._used.clear()

    def _count_minute(self, path: str) -> None:
        if path not in A_MINUTE:
            return
        lately, now = self._lately.setdefault(path, deque()), self._clock.timestamp()
        while lately and lately[0] <= now - 60:
            lately.popleft()
        if len(lately) >= A_MINUTE[path]:
            raise Refused(45011, "api minute-quota reach limit, must slower, retry next minute")
        lately.append(now)


def _read(quotas: Quotas, body: Mapping[str, Any]) -> Answer:
    path = text(body, "cgi_path", 76021, "cgi_path not found")
    if not path.startswith("/"):
        raise Refused(76021, "cgi_path not found")
    if path.startswith("/sns/"):
        raise Refused(76022, "could not use this cgi_path, no permission")
    return {"errcode": 0, "errmsg": "ok", "quota": quotas.used(path)}


def _clear(parts: Any, call: Call) -> Answer:
    if call.body().get("appid") != parts.settings.app_id:
        raise Refused(40013, "invalid appid")
    parts.quotas.clear()
    return {"errcode": 0, "errmsg": "ok"}


def _clear_by_secret(parts: Any, call: Call) -> Answer:
    body = call.body()
    parts.tokens.check_account({"grant_type": "client_credential", **body, "secret": body.get("appsecret")})
    parts.quotas.clear()
    return {"errcode": 0, "errmsg": "ok"}


def _clear_one(parts: Any, call: Call) -> Answer:
    path = text(call.body(), "cgi_path", 76021, "cgi_path not found")
    parts.quotas.clear(path)
    return {"errcode": 0, "errmsg": "ok"}


CALLS: Table = {
    "/cgi-bin/openapi/quota/get": ("POST", lambda parts, call: _read(parts.quotas, call.body())),
    "/cgi-bin/openapi/quota/clear": ("POST", _clear_one),
    "/cgi-bin/clear_quota": ("POST", _clear),
    "/cgi-bin/clear_quota/v2": ("POST", _clear_by_secret),
}
