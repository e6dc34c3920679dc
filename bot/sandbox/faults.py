"""The dial that makes the played server API misbehave: one setting per path, counted down where a number is
given.
"""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.sandbox.refusals import Refused

EVERY_PATH = "*"
_LONGEST_DELAY = 120


@dataclass(frozen=True)
class Fault:
    """`lost`: the call is done, and its answer breaks off. `done`: the call is done, and answered with `errcode` or
    `status` all the same. `times`: how many calls to spoil; None is all.
    """

    path: str
    delay: float = 0.0
    status: int = 200
    errcode: int = 0
    lost: bool = False
    done: bool = False
    times: int | None = None


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_path: dict[str, Fault] = {}

    def turn(self, dial: Mapping[str, Any]) -> None:
        """Sets one path's fault; without a path, or with `clear`, takes away all or that one."""
        path = dial.get("path")
        fault = _read(dial, path) if isinstance(path, str) and path and not dial.get("clear") else None
        with self._lock:
            if fault is not None:
                self._by_path[fault.path] = fault
            elif isinstance(path, str) and path:
                self._by_path.pop(path, None)
            else:
                self._by_path.clear()

    def take(self, path: str) -> Fault | None:
        """The fault for a call of this path, used up by one."""
        with self._lock:
            fault = self._by_path.get(path) or self._by_path.get(EVERY_PATH)
            if fault is None or fault.times is None:
                return fault
            left = replace(fault, times=fault.times - 1)
            if left.times:
                self._by_path[fault.path] = left
            else:
                del self._by_path[fault.path]
            return fault

    def as_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._by_path.values()]


def _read(dial: Mapping[str, Any], path: str) -> Fault:
    try:
        times = None if dial.get("times") is None else int(dial["times"])
        fault = Fault(
            path=path if path == EVERY_PATH or path.startswith("/") else f"/{path}",
            delay=float(dial.get("delay") or 0),
            status=int(dial.get("status") or 200),
            errcode=int(dial.get("errcode") or 0),
            lost=dial.get("lost") is True,
            done=dial.get("done") is True,
            times=times,
        )
    except (TypeError, ValueError) as error:
        raise Refused(47001, "data format error") from error
    in_bounds = 0 <= fault.delay <= _LONGEST_DELAY and 200 <= fault.status <= 599
    if not in_bounds or (times is not None and times < 1):
        raise Refused(40097, "invalid args")
    return fault
