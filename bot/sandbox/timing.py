"""The sandbox's own clock, which can be let run ahead, and what is to happen on it by itself."""

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

from content.store import clock

_LONGEST_WAIT = 60.0  # seconds; then the clock is looked at again


class Clock:
    """The real time, and what was let pass on top of it."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return clock.now() + self._ahead

    def timestamp(self) -> int:
        return int(self.now().timestamp())

    def today(self) -> date:
        return clock.in_beijing(self.now()).date()

    def hour(self) -> int:
        """Of the day in Beijing."""
        return clock.in_beijing(self.now()).hour

    def ahead_seconds(self) -> int:
        return int(self._ahead.total_seconds())

    def let_pass(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


class Agenda:
    """Does what is due: at its moment by a thread, and at the latest before the next call is answered."""

    def __init__(self, own_clock: Clock) -> None:
        self._clock = own_clock
        self._change = threading.Condition()
        self._doing = threading.RLock()  # who looks while something is being done waits for it
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._is_watched = False

    def add(self, seconds: float, act: Callable[[], object]) -> None:
        """`act` in so many seconds of the sandbox's clock. It must be harmless where it comes too late."""
        moment = self._clock.now().timestamp() + seconds
        with self._change:
            heapq.heappush(self._due, (moment, next(self._numbers), act))
            if not self._is_watched:
                self._is_watched = True
                threading.Thread(target=self._watch, name="sandbox-agenda", daemon=True).start()
            self._change.notify_all()

    def run_due(self) -> None:
        with self._doing:
            while act := self._next_due():
                act()

    def look_again(self) -> None:
        """The clock was moved."""
        with self._change:
            self._change.notify_all()

    def _next_due(self) -> Callable[[], object] | None:
        with self._change:
            if self._due and self._due[0][0] <= self._clock.now().timestamp():
                return heapq.heappop(self._due)[2]
        return None

    def _watch(self) -> None:
        while True:
            self.run_due()
            with self._change:
                if not self._due:
                    self._is_watched = False
                    return
                wait = self._due[0][0] - self._clock.now().timestamp()
                if wait > 0:
                    self._change.wait(min(wait, _LONGEST_WAIT))
