"""The table of jobs: name, how often, what, and what happens to a run that was missed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from content.store.memory import Memory
from scheduler import (
    campaigns,
    citizen_messages,
    errands,
    housekeeping,
    imports,
    learning,
    overdue,
    request_clock,
    silence,
    snapshots,
)
from scheduler.clockwatch import ClockWatch
from scheduler.pipeline import Pipeline
from scheduler.reminders import Telling
from scheduler.runs import NotAll


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
    telling: Telling = field(default_factory=Telling)
    uploads: Path | None = None
    """Where the pictures lie, and Word files that wait; None where none are read."""
    keyring: Keyring | None = None
    """None where nothing is told to single citizens."""


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
    """Raises NotAll where a push of the next day cannot go out at all."""
    now = clock.now()
    if parts.pipeline:
        parts.pipeline.follow_up(now)
        return
    overdue.sweep(parts.database, now, errands.NO_ACCOUNT)
    with parts.database.reading() as session:
        if overdue.is_any_near(session, now):
            raise NotAll(errands.NO_ACCOUNT)


def read_word_files(parts: Parts) -> None:
    while parts.uploads and imports.read_waiting(parts.database, parts.uploads):
        pass


def do_errands(parts: Parts) -> None:
    while errands.do_next(parts.database, parts.pipeline.means if parts.pipeline else None):
        pass


def daily_figures(parts: Parts) -> None:
    if parts.pipeline and (lacking := snapshots.collect(parts.database, parts.pipeline.means.platform, clock.now())):
        raise NotAll("；".join(lacking))


def tell_citizens(parts: Parts) -> None:
    """Raises Away."""
    if parts.keyring is None:
        return
    push = parts.pipeline.means.platform.send_to_citizen if parts.pipeline else None
    if held := citizen_messages.send_due(parts.database, parts.keyring, push, clock.now()):
        citizen_messages.mark(parts.database, parts.memory, held)


JOBS = (
    Job("warm_memory", 2, Missed.SKIP, lambda parts: housekeeping.warm_memory(parts.database, parts.memory)),
    Job("send_posts", 1, Missed.SKIP, send_posts),
    Job("prepare_posts", 5, Missed.SKIP, prepare_posts),
    Job(
        silence.ALIVE,
        silence.SIGN_SECONDS,
        Missed.SKIP,
        lambda parts: silence.leave_sign(parts.database, clock.now()),
    ),
    Job("follow_posts", 10, Missed.SKIP, follow_posts),
    Job("tell_staff", 5, Missed.SKIP, lambda parts: parts.telling.send_due(parts.database, clock.now())),
    Job("remind", 60, Missed.SKIP, lambda parts: parts.telling.remind(parts.database, clock.now())),
    Job("morning_card", 60, Missed.SKIP, lambda parts: parts.telling.send_morning_card(parts.database, clock.now())),
    Job("daily_figures", 1800, Missed.ONCE, daily_figures),
    Job("do_errands", 1, Missed.SKIP, do_errands),
    Job("read_word_files", 1, Missed.SKIP, read_word_files),
    Job("tell_citizens", 2, Missed.SKIP, tell_citizens),
    Job("mark_owed", 30, Missed.SKIP, lambda parts: citizen_messages.mark(parts.database, parts.memory)),
    Job("learn", 3600, Missed.ONCE, lambda parts: learning.look_back(parts.database, clock.now())),
    Job("hand_in_papers", 5, Missed.SKIP, lambda parts: campaigns.hand_in_papers(parts.database)),
    Job("prizes", 30, Missed.ONCE, lambda parts: campaigns.look_after_prizes(parts.database)),
    Job("tell_participants", 30, Missed.SKIP, lambda parts: campaigns.tell_participants(parts.database, parts.keyring)),
    Job("scour", 60, Missed.SKIP, lambda parts: housekeeping.scour(parts.database)),
    Job("erase_again", 86400, Missed.ONCE, lambda parts: housekeeping.erase_again(parts.database, parts.keyring)),
    Job("watch_requests", 60, Missed.SKIP, lambda parts: request_clock.watch(parts.database, clock.now())),
    Job("count_requests_anew", 3600, Missed.ONCE, lambda parts: request_clock.count_anew(parts.database)),
    Job("purge", 3600, Missed.ONCE, lambda parts: housekeeping.purge(parts.database)),
)
