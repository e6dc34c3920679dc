"""Asking a browser whose it is (网页授权, snsapi_base): verified service accounts only. The citizen sees nothing of it
but a short wait; we learn his openid, as the chat does, and nothing more.
"""

import threading
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bot.wechat.client import WeChatClient
from bot.wechat.errors import PlatformError

WECHAT_CONNECT = "https://open.weixin.qq.com/connect"
SECONDS = 4.0
AT_ONCE = 2
"""In one process: while WeChat is slow, its threads are needed for others."""


class NotTold(Exception):
    """WeChat did not say who it is."""


class SnapshotOnly(NotTold):
    """The browser shows a snapshot page with an account that is nobody's."""


class NotFollowing(Exception):
    """He does not follow the account."""


@dataclass(frozen=True)
class Login:
    client: WeChatClient
    connect: str
    """Where browsers are sent to."""
    turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE), repr=False)

    def address(self, back: str, state: str) -> str:
        """Where a browser is sent; it comes back to `back` with a code and the `state` (letters and digits)."""
        asked = {"appid": self.client.appid, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
                 "state": state}  # fmt: skip
        return f"{self.connect}/oauth2/authorize?{urlencode(asked)}#wechat_redirect"

    def openid_of(self, code: str) -> str:
        """Of a follower. Raises NotTold and NotFollowing."""
        if not self.turns.acquire(timeout=1.0):
            raise NotTold
        try:
            return self._ask(code)
        except PlatformError as error:
            raise NotTold from error
        finally:
            self.turns.release()

    def _ask(self, code: str) -> str:
        told = self.client.ask_about_code(code, SECONDS)
        openid = told.get("openid")
        if not isinstance(openid, str) or not openid:
            raise NotTold
        if told.get("is_snapshotuser") == 1:
            raise SnapshotOnly
        if self.client.call("user/info", method="get", params={"openid": openid}).get("subscribe") != 1:
            raise NotFollowing
        return openid
