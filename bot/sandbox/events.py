"""What the platform pushes about the account's own doings: brought to the webhook by a few threads, so that nobody
waits for it.
"""

import queue
import threading
from collections import deque
from typing import Any

from bot.sandbox.delivery import deliver
from bot.sandbox.incoming import Fields
from bot.sandbox.settings import SandboxSettings
from bot.sandbox.timing import Clock
from content.store import clock

_MOST_AT_ONCE = 4
_IDLE_SECONDS = 0.5
_REMEMBERED = 200
MASS_HELPER = "mphelper"
PUBLISHER = "oSANDBOX00000000000publisher"


class Events:
    def __init__(self, settings: SandboxSettings, own_clock: Clock) -> None:
        self._settings = settings
        self._clock = own_clock
        self._waiting: queue.Queue[Fields] = queue.Queue()
        self._lock = threading.Lock()
        self._at_work = 0
        self.brought: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        """The newest last."""

    def push(self, sender: str, event: str, fields: Fields) -> None:
        """Returns at once."""
        head = {"ToUserName": self._settings.account, "FromUserName": sender, "CreateTime": clock.timestamp()}
        self._waiting.put({**head, "MsgType": "event", "Event": event, **fields})
        with self._lock:
            if self._at_work < _MOST_AT_ONCE:
                self._at_work += 1
                threading.Thread(target=self._work, name="sandbox-events", daemon=True).start()

    def waiting(self) -> int:
        return self._waiting.qsize()

    def _work(self) -> None:
        while True:
            try:
                fields = self._waiting.get(timeout=_IDLE_SECONDS)
            except queue.Empty:
                with self._lock:
                    if self._waiting.empty():
                        self._at_work -= 1
                        return
                continue
            self._bring(fields)

    def _bring(self, fields: Fields) -> None:
        made = deliver(fields, self._settings.mode, self._settings)
        self.brought.append(
            {
                "event": fields["Event"],
                "about": str(fields.get("MsgID") or ""),
                "at": self._clock.timestamp(),
                "attempts": len(made),
                "status": made[-1].status,
                "ms": made[-1].ms,
                "xml": made[-1].request_xml,
            }
        )
