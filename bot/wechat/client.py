"""Calls to WeChat's server API: wechatpy's client with what it lacks — a base URL, time limits, stable tokens, one
bounded retry.

The token lives in Redis where every process finds it; one process at a time fetches it. Texts of errors never hold
the token.
"""

import json
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import redis
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, NewConnectionError
from wechatpy import WeChatClient as LibraryClient
from wechatpy.session import SessionStorage

from bot.wechat.errors import STALE_TOKEN, PlatformError
from content.store import clock

TIMEOUT_SECONDS = 10.0
UPLOAD_SECONDS = 60.0
LARGEST_ANSWER = 30_000_000
EARLY_SECONDS = 300  # a token is renewed this long before it ends
LOCK_SECONDS = 20
Upload = tuple[str, bytes, str]
"""A file's name, bytes and media type: bytes, so that a repeated call sends them again."""
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # below that it logs addresses with their token
_RID = re.compile(r"rid:\s*([\w-]{1,64})")


class TokenStore(SessionStorage):  # type: ignore[misc]
    """wechatpy's place for tokens: Redis, or this process alone while Redis is away."""

    def __init__(self, client: "redis.Redis | None") -> None:
        self._redis = client
        self._own: dict[str, Any] = {}

    def get(self, key: str, default: Any = None) -> Any:
        try:
            value = self._redis.get(f"wechat:{key}") if self._redis else None
        except redis.RedisError:
            value = None
        if isinstance(value, bytes):
            return int(value) if key.endswith("expires_at") else value.decode()
        return self._own.get(key, default)

    def set(self, key: str, value: Any, ttl: int | None = None) -> None:
        self._own[key] = value
        try:
            if self._redis:
                self._redis.set(f"wechat:{key}", value, ex=ttl or 7200)
        except redis.RedisError:
            pass  # the next process fetches for itself; stable_token gives it the same

    def delete(self, key: str) -> None:
        self._own.pop(key, None)
        try:
            if self._redis:
                self._redis.delete(f"wechat:{key}")
        except redis.RedisError:
            pass  # it ends by itself

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """One process at a time. While Redis is away every process for itself: stable_token gives all the same."""
        lock, is_held = None, False
        with suppress(redis.RedisError):
            if self._redis:
                lock = self._redis.lock(f"wechat:{key}", LOCK_SECONDS, sleep=0.02, blocking_timeout=LOCK_SECONDS)
                is_held = lock.acquire()
        try:
            yield
        finally:
            if lock and is_held:
                with suppress(redis.RedisError):  # it has ended by itself
                    lock.release()


class _TimeLimit(HTTPAdapter):
    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        options["timeout"] = options.get("timeout") or TIMEOUT_SECONDS
        return super().send(request, **options)


def _new_session() -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _TimeLimit())
    return session


class WeChatClient(LibraryClient):  # type: ignore[misc]
    """One account. Public methods of the library work; `call` is the way to everything else."""

    _http: requests.Session

    def __init__(self, app_id: str, secret: str, base_url: str, store: TokenStore) -> None:
        super().__init__(app_id, secret, session=store, timeout=TIMEOUT_SECONDS, auto_retry=False)
        self._base_url = base_url.rstrip("/")
        self.API_BASE_URL = f"{self._base_url}/cgi-bin/"
        self._refreshing = threading.Lock()
        self._http.close()
        self._http = _new_session()

    def close(self) -> None:
        """Ends the connections that were kept open."""
        self._http.close()

    @property
    def access_token(self) -> str:
        return self._current() or self._renew(refused=None)

    def call(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        method: str = "post",
        *,
        upload: Upload | None = None,
        params: Mapping[str, str] | None = None,
        is_once_only: bool = False,
    ) -> dict[str, Any]:
        """One call of `/cgi-bin/<path>`, or of `<path>` itself where it begins with "/"; a token that has gone stale is
        renewed once. Raises PlatformError. `is_once_only`: over a connection of its own, since one that was kept open
        may have ended without our knowledge, and then nobody could say whether the call was done.
        """
        token = self.access_token
        try:
            return self._ask(path, token, data, method, upload, params or {}, is_once_only)
        except PlatformError as error:
            if error.code not in STALE_TOKEN:
                raise
        token = self._renew(refused=token)
        return self._ask(path, token, data, method, upload, params or {}, is_once_only)

    def ask_about_code(self, code: str, seconds: float) -> dict[str, Any]:
        """What a browser's code of 网页授权 stands for. Raises PlatformError. Asked once: a code tells once."""
        path = "/sns/oauth2/access_token"
        params = {"appid": self.appid, "secret": self.secret, "code": code, "grant_type": "authorization_code"}
        answer = self._answer(path, "get", f"{self._base_url}{path}", {"params": params, "timeout": seconds}, False)
        if errcode := _code(answer):
            raise PlatformError(path, errcode, _rid(answer.get("errmsg")), answer)
        return answer

    def _ask(
        self,
        path: str,
        token: str,
        data: Mapping[str, Any] | None,
        method: str,
        upload: Upload | None,
        params: Mapping[str, str],
        is_once_only: bool,
    ) -> dict[str, Any]:
        options: dict[str, Any] = {"params": {**params, "access_token": token}}
        if upload:
            options |= {"files": {"media": upload}, "timeout": UPLOAD_SECONDS}
        elif method == "post":
            options["data"] = json.dumps(data or {}, ensure_ascii=False).encode()
            options["headers"] = {"Content-Type": "application/json"}
        url = f"{self._base_url}{path}" if path.startswith("/") else f"{self.API_BASE_URL}{path}"
        answer = self._answer(path, method, url, options, is_once_only)
        code = _code(answer)
        if code is None:
            raise PlatformError(path, None)
        if code:
            raise PlatformError(path, code, _rid(answer.get("errmsg")), answer)
        return answer

    def _answer(self, path: str, method: str, url: str, options: dict[str, Any], is_alone: bool) -> dict[str, Any]:
        """What came back, read whole and in time."""
        http = _new_session() if is_alone else self._http
        deadline = clock.monotonic() + 2 * (options.get("timeout") or TIMEOUT_SECONDS)
        try:
            with http.request(method, url, stream=True, allow_redirects=False, **options) as response:
                response.raise_for_status()
                answer = json.loads(_read(response, deadline), strict=False)
        except (requests.RequestException, HTTPError, ValueError) as error:
            raise PlatformError(path, None, was_sent=_was_sent(error)) from None
        finally:
            if is_alone:
                http.close()
        if not isinstance(answer, dict):
            raise PlatformError(path, None)
        return answer

    def _current(self) -> str:
        """The token that all share; empty where there is none that lives."""
        token = self.session.get(self.access_token_key)
        return str(token) if token and (self.expires_at or 0) > clock.timestamp() else ""

    def _renew(self, refused: str | None) -> str:
        """A token that is not the `refused` one: what somebody has fetched meanwhile, or a new one."""
        with self._refreshing, self.session.alone(f"{self.appid}_token_lock"):
            if (current := self._current()) and current != refused:
                return current
            token, seconds = self._fetch()
            lives = max(60, seconds - EARLY_SECONDS)
            self.session.set(self.access_token_expires_at_key, clock.timestamp() + lives, lives)
            self.session.set(self.access_token_key, token, lives)  # last: who reads it finds its end already there
            return token

    def _fetch(self) -> tuple[str, int]:
        """A token and the seconds it lives."""
        body = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret, "force_refresh": False}
        options = {"data": json.dumps(body).encode(), "headers": {"Content-Type": "application/json"}}
        answer = self._answer("stable_token", "post", f"{self.API_BASE_URL}stable_token", options, is_alone=False)
        match answer:
            case {"access_token": str(token), "expires_in": int(seconds)}:
                return token, seconds
            case {"errcode": int(code)}:
                raise PlatformError("stable_token", code, _rid(answer.get("errmsg")), answer)
        raise PlatformError("stable_token", None)


def _read(response: requests.Response, deadline: float) -> bytes:
    """The body; one that drips past the deadline or has no end is no answer."""
    body = bytearray()
    while chunk := response.raw.read1(65_536, decode_content=True):  # what is there, without waiting for more
        body += chunk
        if clock.monotonic() > deadline or len(body) > LARGEST_ANSWER:
            raise requests.Timeout
    return bytes(body)


def _code(answer: Mapping[str, Any]) -> int | None:
    """The answer's errcode, 0 where there is none, None where it is no number."""
    code = answer.get("errcode", 0)
    try:
        return int(code)
    except (TypeError, ValueError):
        return None


def _was_sent(error: Exception) -> bool:
    """False only where the call surely never left: nobody there, or no such name."""
    if isinstance(error, requests.ConnectTimeout):
        return False
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return not (isinstance(error, requests.ConnectionError) and isinstance(reason, NewConnectionError))


def _rid(message: object) -> str:
    """The platform's own number of a failed call, which its support asks for."""
    found = _RID.search(message) if isinstance(message, str) else None
    return f"rid: {found[1]}" if found else ""
