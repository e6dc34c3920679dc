"""What the played platform remembers while this process lives: citizens, their chats, the menu. One lock
guards all. Chat entries are added here and never changed; nothing is written to disk.
"""

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import markup
from bot.sandbox.refusals import NotPossible
from bot.sandbox.replies import Article
from bot.sandbox.timing import Clock
from bot.sandbox.words import section
from content.store import clock

_MOST_CITIZENS = 20_000
_LONGEST_CHAT = 300

Entry = dict[str, Any]  # id, side (citizen, account, system), kind, text, parts, articles, at


@dataclass
class Window:
    """How many customer-service messages may still be sent, and until when."""

    left: int
    until: int


@dataclass
class Citizen:
    citizen_id: str
    name: str
    openid: str
    following: bool
    chat: list[Entry] = field(default_factory=list)
    windows: dict[str, Window] = field(default_factory=dict)
    followed_at: int = 0
    tags: list[int] = field(default_factory=list)
    got_this_month: dict[str, int] = field(default_factory=dict)
    """Mass messages by month, as 2026-12."""

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.citizen_id,
            "name": self.name,
            "openid": self.openid,
            "following": self.following,
        }


class State:
    def __init__(self, app_id: str, own_clock: Clock) -> None:
        self.clock = own_clock
        self.lock = threading.RLock()
        self._citizens: dict[str, Citizen] = {}
        self._by_openid: dict[str, Citizen] = {}
        self._menu: dict[str, Any] | None = None
        self._entries = 0
        self._messages = clock.timestamp() * 10**9 + secrets.randbelow(10**8)
        for one in section("citizens"):
            self.add_citizen(one["name"], one["following"], _openid(app_id + one["name"]))

    def citizens(self) -> list[dict[str, Any]]:
        with self.lock:
            return [citizen.as_json() for citizen in self._citizens.values()]

    def add_citizen(self, name: str, following: bool, openid: str = "") -> Citizen:
        with self.lock:
            if len(self._citizens) >= _MOST_CITIZENS:
                raise NotPossible("too_many_citizens", 409)
            citizen = Citizen(f"c{len(self._citizens) + 1}", name, openid or _openid(), following)
            citizen.followed_at = clock.timestamp()
            if citizen.openid in self._by_openid:
                raise NotPossible("bad_field", 409)
            self._citizens[citizen.citizen_id] = citizen
            self._by_openid[citizen.openid] = citizen
            return citizen

    def find_citizen(self, name: str) -> Citizen | None:
        """By id or openid; an empty name is the first citizen."""
        with self.lock:
            if not name:
                return next(iter(self._citizens.values()))
            return self._citizens.get(name) or self._by_openid.get(name)

    def find_named(self, name: str) -> Citizen | None:
        """By what he is called, as a person types it."""
        with self.lock:
            return next((citizen for citizen in self._citizens.values() if citizen.name == name), None)

    def followers(self) -> list[Citizen]:
        with self.lock:
            return [citizen for citizen in self._citizens.values() if citizen.following]

    def next_message_id(self) -> int:
        with self.lock:
            self._messages += 1
            return self._messages

    def add_entry(
        self,
        citizen: Citizen,
        side: str,
        kind: str,
        text: str = "",
        articles: list[Article] | None = None,
        **more: str,
    ) -> Entry:
        with self.lock:
            self._entries += 1
            entry: Entry = {
                "id": self._entries,
                "side": side,
                "kind": kind,
                "text": text,
                "parts": _parts(side, text),
                "articles": articles or [],
                "at": clock.timestamp(),
                **more,
            }
            citizen.chat.append(entry)
            del citizen.chat[:-_LONGEST_CHAT]
            return entry

    def chat_since(self, citizen: Citizen, entry_id: int) -> list[Entry]:
        with self.lock:
            return [entry for entry in citizen.chat if entry["id"] > entry_id]

    def set_following(self, citizen: Citizen, following: bool) -> None:
        with self.lock:
            if following and not citizen.following:
                citizen.followed_at = self.clock.timestamp()
            citizen.following = following
            if not following:
                citizen.windows.clear()

    def open_window(self, citizen: Citizen, trigger: str, messages: int, seconds: int) -> None:
        with self.lock:
            citizen.windows[trigger] = Window(messages, self.clock.timestamp() + seconds)

    def menu(self) -> dict[str, Any] | None:
        with self.lock:
            return self._menu

    def set_menu(self, menu: Mapping[str, Any] | None) -> None:
        with self.lock:
            self._menu = dict(menu) if menu is not None else None


def _parts(side: str, text: str) -> list[markup.Part]:
    """Only the account's words are read for links; a citizen's own stay as typed."""
    return markup.parts(text) if side == "account" else [{"type": "text", "text": text}]


def _openid(seed: str = "") -> str:
    """28 characters, beginning with «o»; the same seed gives the same."""
    digits = hashlib.sha256(seed.encode()).hexdigest() if seed else secrets.token_hex(16)
    return f"oSANDBOX{digits[:20]}"
