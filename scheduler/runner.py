"""The only file that knows APScheduler: ticks, a clean stop, and a job's failure that ends nothing but that run."""

import logging
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from content.store import clock
from content.store.memory import Away
from scheduler import runs
from scheduler.jobs import JOBS, Job, Missed, Parts

HEARTBEAT_SECONDS = 10
LOOK_SECONDS = 0.2
THREADS = 8
"""So many jobs may wait for somebody else at once, and the others still run."""
RARE_JOBS_WAIT = timedelta(seconds=10)
_log = logging.getLogger(__name__)


def run(parts: Parts, heartbeat: Path) -> None:
    """Ticks until SIGTERM or SIGINT; `heartbeat` is touched while it lives."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a job that takes longer than its interval is no news
    scheduler = BackgroundScheduler(timezone="UTC", executors={"default": ThreadPoolExecutor(THREADS)})
    for job in JOBS:
        grace = None if job.missed is Missed.ONCE else job.every_seconds
        scheduler.add_job(
            guarded(job, parts), "interval", seconds=min(job.every_seconds, runs.RARE_SECONDS), id=job.name,
            max_instances=1, coalesce=True, misfire_grace_time=grace, next_run_time=clock.now() + _patience(job),
        )  # fmt: skip
    scheduler.add_job(heartbeat.touch, "interval", seconds=HEARTBEAT_SECONDS, next_run_time=clock.now())

    stop: list[int] = []  # a handler that shut down itself could wait for a lock that it has interrupted
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, _frame: stop.append(signum))
    scheduler.start()
    while not stop:
        time.sleep(LOOK_SECONDS)
    scheduler.shutdown(wait=False)


def _patience(job: Job) -> timedelta:
    """A rare job lets everything else of this installation start first."""
    return RARE_JOBS_WAIT if job.every_seconds >= runs.RARE_SECONDS else timedelta()


def guarded(job: Job, parts: Parts) -> Callable[[], None]:
    """The job as it is run: what goes wrong is logged with its name, and the next tick comes all the same."""
    is_rare = job.every_seconds >= runs.RARE_SECONDS
    failing: str | None = None

    def tick() -> None:
        nonlocal failing
        try:
            if is_rare and not runs.begin(parts.database, job.name, timedelta(seconds=job.every_seconds), clock.now()):
                return
            trouble = _run(job, parts)
            if failing is None:  # a scheduler before this one may have failed
                failing = runs.last_trouble(parts.database, job.name)
            if is_rare or trouble != failing:
                runs.note(parts.database, job.name, clock.now(), trouble)
            failing = trouble
        except Exception:  # the database itself is away
            _log.exception("job could not be noted", extra={"job": job.name})

    return tick


def _run(job: Job, parts: Parts) -> str:
    """What went wrong, for staff; empty where nothing did."""
    try:
        job.run(parts)
    except runs.NotAll as lacking:
        _log.warning("job got not everything", extra={"job": job.name})
        return str(lacking)
    except Away:
        _log.warning("redis is away", extra={"job": job.name})
    except Exception as error:
        _log.exception("job failed", extra={"job": job.name})
        return f"出错（{type(error).__name__}），详见日志"
    return ""
