"""One message at a time, once, in order: the webhook's use of Redis, and what takes its place while Redis is away.

Away, a worker still lets only one message of a citizen through at a time and remembers its own latest replies; what
is durable is kept once by SQL.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from content.store import clock
from content.store.memory import UNKNOWN, WAITERS, Away, Begun, Ended, Memory, Stand

DEADLINE_SECONDS = 3.5  # WeChat waits for five: whoever gets his turn at the last moment can still be answered
GLANCE_SECONDS = 0.01
LAST_TRY = 2  # the second repeated delivery is WeChat's third and last
REMEMBERED = 2000
RENEW_SECONDS = 0.5  # a good deal shorter than the lease, which is shorter than the deadline
HELD_SECONDS = 20.0  # WeChat has given up by then: a handler that hangs must not hold its citizen for ever

Work = Callable[[Begun], Ended]


class TooSlow(Exception):
    """The deadline passed before there was a reply: say nothing, so that WeChat asks again."""


class LastChance(Exception):
    """As TooSlow, on WeChat's last try: tell the citizen that the reply follows with his next message."""


class Crowded(Exception):
    """Too many messages of this citizen wait already, or this one has waited in vain until WeChat's last try."""


@dataclass
class _Seat:
    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0


class Turnstile:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._replies: OrderedDict[str, bytes] = OrderedDict()
        self._seats: dict[str, _Seat] = {}
        self._guard = threading.Lock()
        self._running: dict[tuple[str, str], float] = {}
        threading.Thread(target=self._keep_turns, name="turns", daemon=True).start()

    def pass_through(self, message_key: str, citizen: str, work: Work) -> bytes:
        """The reply to this message: the stored one, or what `work` makes. Raises TooSlow, LastChance or Crowded."""
        try:
            begun = self._memory.begin(message_key, citizen)
            if begun.stand is not Stand.YOURS:
                begun = self._wait(message_key, citizen, begun)
        except Away:
            return self._alone(message_key, citizen, work)
        if begun.stand is Stand.ANSWERED:
            return begun.reply
        if (reply := self._replies.get(message_key)) is not None:  # Redis was emptied since
            self._finish(message_key, citizen, Ended(reply, UNKNOWN))
            return reply
        self._running[message_key, citizen] = clock.monotonic()
        try:
            ended = work(begun)
        finally:
            self._running.pop((message_key, citizen), None)
        self._finish(message_key, citizen, ended)
        return ended.reply

    def told_to_wait(self, message_key: str, citizen: str) -> bytes:
        """To be called before a citizen is told to wait; the reply itself, where it has been finished just now."""
        with suppress(Away):  # then the reply cannot follow either; the citizen asks again
            self._memory.told_to_wait(message_key)
            return self._memory.begin(message_key, citizen, polling=True).reply
        return b""

    def forget(self, citizen: str) -> None:
        with suppress(Away):  # what Redis holds ends by itself, and says nothing without SQL
            self._memory.forget(citizen)

    def _wait(self, message_key: str, citizen: str, begun: Begun) -> Begun:
        until = clock.monotonic() + DEADLINE_SECONDS
        tries = begun.tries
        is_late = False
        while begun.stand in (Stand.RUNNING, Stand.QUEUED):
            if is_late:
                if tries < LAST_TRY:
                    self._memory.keep_place(message_key, citizen)
                    raise TooSlow
                raise LastChance if begun.stand is Stand.RUNNING else Crowded
            time.sleep(GLANCE_SECONDS)
            is_late = clock.monotonic() >= until  # asked before the last look: a busy machine may have slept through
            begun = self._memory.begin(message_key, citizen, polling=True)
        if begun.stand is Stand.CROWDED:
            raise Crowded
        return begun

    def _finish(self, message_key: str, citizen: str, ended: Ended) -> None:
        self._remember(message_key, ended.reply)  # Redis may be gone before it has heard of it
        with suppress(Away):
            self._memory.finish(message_key, citizen, ended)

    def _keep_turns(self) -> None:
        """A thread: an answer that takes longer than the lease is still ours, and nobody else begins it again."""
        while True:
            time.sleep(RENEW_SECONDS)
            now = clock.monotonic()
            for (message_key, citizen), since in list(self._running.items()):
                if RENEW_SECONDS <= now - since <= HELD_SECONDS:
                    with suppress(Away):
                        self._memory.keep_turn(message_key, citizen)

    # ── without Redis ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _alone(self, message_key: str, citizen: str, work: Work) -> bytes:
        seat = self._sit(citizen)
        try:
            if not seat.lock.acquire(timeout=DEADLINE_SECONDS):
                raise TooSlow
            try:
                if (reply := self._replies.get(message_key)) is not None:
                    return reply
                reply = work(Begun(Stand.YOURS)).reply
                self._remember(message_key, reply)
                return reply
            finally:
                seat.lock.release()
        finally:
            self._stand_up(citizen, seat)

    def _sit(self, citizen: str) -> _Seat:
        """Raises Crowded."""
        with self._guard:
            seat = self._seats.setdefault(citizen, _Seat())
            if seat.waiting > WAITERS:
                raise Crowded
            seat.waiting += 1
            return seat

    def _stand_up(self, citizen: str, seat: _Seat) -> None:
        with self._guard:
            seat.waiting -= 1
            if not seat.waiting:
                self._seats.pop(citizen, None)

    def _remember(self, message_key: str, reply: bytes) -> None:
        with self._guard:
            self._replies[message_key] = reply
            while len(self._replies) > REMEMBERED:
                self._replies.popitem(last=False)
