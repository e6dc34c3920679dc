"""The table of jobs: name, how often, what, and what happens to a run that was missed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from content.store import clock
from content.store.db import Database
from content.store.memory import Memory
from scheduler import housekeeping
from scheduler.clockwatch import ClockWatch
from scheduler.pipeline import Pipeline


class Missed(StrEnum):
    """What becomes of runs that were due while no scheduler ran."""

    SKIP = "skip"  # the next one does the same work
    ONCE = "once"  # one run makes up for all


@dataclass(frozen=True)
class Parts:
    database: Database
    memory: Memory
    pipeline: Pipeline | None = None
    """None where the account has no credentials: then nothing can be sent."""
    watch: ClockWatch = field(default_factory=ClockWatch)


@dataclass(frozen=True)
class Job:
    name: str
    every_seconds: int
    missed: Missed
    run: Callable[[Parts], object]


def send_posts(parts: Parts) -> None:
    now = clock.now()
    if parts.watch.is_steady(now, clock.monotonic()) and parts.pipeline:
        parts.pipeline.tick(now)


def prepare_posts(parts: Parts) -> None:
    if parts.pipeline:
        parts.pipeline.prepare_due(clock.now())


def follow_posts(parts: Parts) -> None:
    if parts.pipeline:
        parts.pipeline.follow_up(clock.now())


JOBS = (
    Job("warm_memory", 2, Missed.SKIP, lambda parts: housekeeping.warm_memory(parts.database, parts.memory)),
    Job("send_posts", 1, Missed.SKIP, send_posts),
    Job("prepare_posts", 5, Missed.SKIP, prepare_posts),
    Job("follow_posts", 10, Missed.SKIP, follow_posts),
    Job("purge", 3600, Missed.ONCE, lambda parts: housekeeping.purge(parts.database)),
)
