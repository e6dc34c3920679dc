"""The table of jobs: name, how often, what, and what happens to a run that was missed."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from content.store.db import Database
from content.store.memory import Memory
from scheduler import housekeeping


class Missed(StrEnum):
    """What becomes of runs that were due while no scheduler ran."""

    SKIP = "skip"  # the next one does the same work
    ONCE = "once"  # one run makes up for all


@dataclass(frozen=True)
class Parts:
    database: Database
    memory: Memory


@dataclass(frozen=True)
class Job:
    name: str
    every_seconds: int
    missed: Missed
    run: Callable[[Parts], object]


JOBS = (
    Job("warm_memory", 2, Missed.SKIP, lambda parts: housekeeping.warm_memory(parts.database, parts.memory)),
    Job("purge", 3600, Missed.ONCE, lambda parts: housekeeping.purge(parts.database)),
)
