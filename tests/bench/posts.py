"""How punctual pushes are, and what a look at the schedule costs when it is long. On SQLite, WeChat played."""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from content.store import clock
from content.store.db import Database
from scheduler.clockwatch import ClockWatch
from scheduler.jobs import JOBS
from scheduler.models import Channel, Publication, State
from scheduler.pipeline import Pipeline
from tests.scheduler import making
from tests.scheduler.making import Desk
from tests.scheduler.played import Played

IN_THE_TABLE, DUE, SECONDS = 10_000, 60, 30
A_LOT, TICKS = 100_000, 100


def rows() -> Iterator[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        desk = _desk(Path(folder))
        _fill(desk.database, IN_THE_TABLE)
        late = sorted(_lateness(desk))
        what = f"due → submit call, p99, {IN_THE_TABLE:,} posts in the table"
        yield what, f"{late[int(len(late) * 0.99) - 1]:.2f} s", "<= 5 s"
        yield "due → submit call, median", f"{statistics.median(late):.2f} s", ""
        _fill(desk.database, A_LOT - IN_THE_TABLE)
        yield from _ticks(desk)
        desk.database.close()


def _desk(folder: Path) -> Desk:
    database = Database(f"sqlite:///{folder}/pufa.db")
    database.upgrade()
    desk = Desk(database, Played(folder / "played.db"), folder / "uploads")
    with database.transaction() as session:
        making.add_people(session)
        desk.cover = making.cover(session, desk.uploads)
    return desk


def _fill(database: Database, count: int) -> None:
    """Scheduled pushes of the next years, a minute apart; they are looked over, not sent."""
    now = clock.now()
    with database.transaction() as session:
        session.execute(insert(Publication), [_row(now, now + timedelta(days=1, minutes=n)) for n in range(count)])


def _row(now: datetime, due_at: datetime) -> dict[str, object]:
    return {
        "title": "一条", "channel": Channel.PUBLISH, "audience": {}, "due_at": due_at, "late_after_seconds": 1800,
        "state": State.SCHEDULED, "written_by": "wang", "is_emergency": False, "round": 1, "digest": "x" * 64,
        "lease_owner": "", "tries": 0, "client_msg_id": "", "draft_media_id": "", "draft_difference": [],
        "publish_id": "", "msg_id": "", "msg_data_id": "", "article_id": "", "urls": [], "trouble": "",
        "evidence": [], "created_at": now, "changed_at": now, "draft_read_at": now,
    }  # fmt: skip


def _lateness(desk: Desk) -> list[float]:
    """Seconds from each due moment to the call, by a scheduler that ticks as often as the timer does."""
    begin = clock.now() + timedelta(seconds=5)
    due = {}
    for number in range(DUE):
        due_at = begin + timedelta(seconds=number * SECONDS / DUE)
        made = making.many_approved(desk, 1, due_at)[0]
        due[desk.post(made).title] = due_at.timestamp()
    pipeline, done = desk.pipeline(), threading.Event()
    thread = threading.Thread(target=_keep_ticking, args=(pipeline, done))
    thread.start()
    while len(desk.played.sent_titles()) < DUE and clock.now() < begin + timedelta(seconds=SECONDS + 60):
        time.sleep(0.2)
    done.set()
    thread.join()
    sent = zip(desk.played.sent_titles(), desk.played.sent_at(), strict=True)
    return [at - due[title] for title, at in sent]


def _keep_ticking(pipeline: Pipeline, done: threading.Event) -> None:
    """As scheduler/runner.py does: at equal distances, and none while one still runs."""
    every = next(job.every_seconds for job in JOBS if job.name == "send_posts")
    watch, following = ClockWatch(), clock.monotonic()
    while not done.is_set():
        if watch.is_steady(clock.now(), clock.monotonic()):
            pipeline.tick(clock.now())
        while following <= clock.monotonic():
            following += every
        done.wait(max(0.0, following - clock.monotonic()))


def _ticks(desk: Desk) -> Iterator[tuple[str, str, str]]:
    pipeline = desk.pipeline()
    pipeline.tick(clock.now())
    idle = [_milliseconds(lambda: pipeline.tick(clock.now())) for _ in range(TICKS)]
    follow = [_milliseconds(lambda: pipeline.follow_up(clock.now())) for _ in range(TICKS // 5)]
    prepare = [_milliseconds(lambda: pipeline.prepare_due(clock.now())) for _ in range(TICKS // 5)]
    yield f"one tick over {A_LOT:,} scheduled posts", f"{statistics.median(idle):.2f} ms", "<= 20 ms"
    yield "  the slowest of them", f"{max(idle):.2f} ms", ""
    yield "  looking for results and overdue posts", f"{statistics.median(follow):.2f} ms", ""
    yield "  looking for drafts to prepare", f"{statistics.median(prepare):.2f} ms", ""
    making.many_approved(desk, 1, clock.now())
    yield "  a tick that claims one and sends it", f"{_milliseconds(lambda: pipeline.tick(clock.now())):.0f} ms", ""


def _milliseconds(act: object) -> float:
    before = time.perf_counter()
    act()  # type: ignore[operator]
    return (time.perf_counter() - before) * 1000
