"""Schedulers as processes of their own, forked from the test: they work on the same database, and die when they should.

A boundary is a moment between two things that a scheduler does: each commit, and before, during and after each call to
WeChat. `kill_at` is the number of the boundary at which the process kills itself with signal 9.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import event

from content.store import clock
from content.store.db import Database
from scheduler.pipeline import Pipeline
from scheduler.platform import Platform
from scheduler.walk import Patience
from tests.scheduler.making import Desk

_fork = multiprocessing.get_context("fork")
ENDED = {"published", "failed", "uncertain", "overdue"}
SENT = {*ENDED, "submitted"}


class Boundaries:
    """Counts, and kills at the one that is meant."""

    def __init__(self, kill_at: int) -> None:
        self.kill_at, self.count = kill_at, 0

    def passed(self, *_what: object) -> None:
        self.count += 1
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def start(desk: Desk, work: Callable[[Pipeline], None], patience: Patience, kill_at: int = 0) -> BaseProcess:
    """A scheduler that does this work, with a database and a platform of its own."""

    def live() -> None:
        boundaries = Boundaries(kill_at)
        database = Database(desk.database.url, 30)
        event.listen(database.engine, "commit", boundaries.passed)
        played = replace(desk.played, moment=boundaries.passed)
        work(Pipeline(database, played, desk.uploads, "subscription", f"hand-{os.getpid()}", patience=patience))

    process = _fork.Process(target=live, daemon=True)
    process.start()
    return process


def _nothing_red(*_given: object) -> Sequence[str]:
    """What is sent by the hundreds here is not read through each time; test_pipeline.py does that."""
    return ()


def start_with(
    url: str, platform: Callable[[], Platform], uploads: Path, work: Callable[[Pipeline], None], patience: Patience
) -> BaseProcess:
    """A scheduler with another platform, opened in its own process."""

    def live() -> None:
        made = Pipeline(
            Database(url, 30), platform(), uploads, "subscription", f"hand-{os.getpid()}", _nothing_red, patience
        )
        work(made)

    process = _fork.Process(target=live, daemon=True)
    process.start()
    return process


def one_push(pipeline: Pipeline) -> None:
    """The first that is due, and no other."""
    walk = pipeline._next(clock.now(), is_new_first=True)
    assert walk is not None
    pipeline._go(walk)


def until_all_ended(seconds: float) -> Callable[[Pipeline], None]:
    """Works as the timer does, until no push is open or the time is over."""
    return lambda pipeline: _work(pipeline, seconds, ENDED)


def until_all_sent(seconds: float) -> Callable[[Pipeline], None]:
    """Sends and asks for no results."""
    return lambda pipeline: _work(pipeline, seconds, SENT)


def _work(pipeline: Pipeline, seconds: float, wanted: set[str]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        worked = pipeline.tick(clock.now())
        asked = pipeline.follow_up(clock.now()) if wanted == ENDED else 0
        if not worked and not asked:
            if _states(pipeline.means.database) <= wanted:
                return
            time.sleep(0.05)


def join(processes: Sequence[BaseProcess], seconds: float) -> None:
    until = time.monotonic() + seconds
    for process in processes:
        process.join(max(0.1, until - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()
            raise AssertionError("a scheduler did not come to an end in time")


def _states(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.connection().exec_driver_sql("SELECT DISTINCT state FROM publications").scalars().all())
