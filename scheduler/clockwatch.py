"""Notices that the machine's clock has jumped, so that nothing goes out by a time that is about to be put right."""

import logging
from datetime import datetime

JUMP_SECONDS = 60.0
HOLD_SECONDS = 30.0
_log = logging.getLogger(__name__)


class ClockWatch:
    """Compares the clock with one that never jumps. After a jump it waits a while: a clock that was set right stays as
    it is, and so does one behind a machine that slept; a wrong one is often put back at once.
    """

    def __init__(self) -> None:
        self._offset: float | None = None
        self._until = float("-inf")

    def is_steady(self, now: datetime, monotonic: float) -> bool:
        offset = now.timestamp() - monotonic
        if self._offset is not None and abs(offset - self._offset) > JUMP_SECONDS:
            _log.warning("the clock has jumped", extra={"seconds": round(offset - self._offset)})
            self._until = monotonic + HOLD_SECONDS
        self._offset = offset
        return monotonic >= self._until
