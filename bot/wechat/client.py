"""Calls to WeChat's server API: wechatpy's client with what it lacks — a base URL, time limits, stable tokens, one
bounded retry.

The token lives in Redis where every process finds it; one process at a time fetches it. Texts of errors never hold
the token.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import redis
import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient as LibraryClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.session import SessionStorage

from bot.wechat.errors import STALE_TOKEN, PlatformError
from content.store import clock

TIMEOUT_SECONDS = 10.0
EARLY_SECONDS = 300  # a token is renewed this long before it ends
LOCK_SECONDS = 20


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


class WeChatClient(LibraryClient):  # type: ignore[misc]
    """One account. Public methods of the library work; `call` is the way to everything else."""

    def __init__(self, app_id: str, secret: str, base_url: str, store: TokenStore) -> None:
        super().__init__(app_id, secret, session=store, timeout=TIMEOUT_SECONDS, auto_retry=False)
        self._base_url = base_url.rstrip("/")
        self.API_BASE_URL = f"{self._base_url}/cgi-bin/"
        self._refreshing = threading.Lock()
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, _TimeLimit())

    @property
    def access_token(self) -> str:
        return self._current() or self._renew(refused=None)

    def call(self, path: str, data: dict[str, Any] | None = None, method: str = "post") -> dict[str, Any]:
        """One call of `/cgi-bin/<path>`; a token that has gone stale is renewed once. Raises PlatformError."""
        for is_last in (False, True):
            token = self.access_token
            try:
                options: dict[str, Any] = {"params": {"access_token": token}}
                if method == "post":
                    options["data"] = data or {}
                answer = self._request(method, path, **options)
            except WeChatClientException as error:
                if error.errcode in STALE_TOKEN and not is_last:
                    self._renew(refused=token)
                    continue
                raise PlatformError(path, error.errcode, _rid(error.errmsg)) from None
            except (requests.RequestException, ValueError):
                raise PlatformError(path, None) from None
            if not isinstance(answer, dict):
                raise PlatformError(path, None)
            return answer
        raise PlatformError(path, None)

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
        try:
            response = self._http.post(f"{self.API_BASE_URL}stable_token", json=body)
            response.raise_for_status()
            answer = response.json()
        except (requests.RequestException, ValueError):
            raise PlatformError("stable_token", None) from None
        match answer:
            case {"access_token": str(token), "expires_in": int(seconds)}:
                return token, seconds
            case {"errcode": int(code)}:
                raise PlatformError("stable_token", code, _rid(str(answer.get("errmsg", ""))))
        raise PlatformError("stable_token", None)


def _rid(message: str | None) -> str:
    """The platform's own number of a failed call, which its support asks for."""
    text = message or ""
    place = text.find("rid:")
    return (
        text[place:].split()[0] + " " + text[place:].split()[1] if place >= 0 and len(text[place:].split()) > 1 else ""
    )
