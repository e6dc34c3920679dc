"""A prize draw at its largest: the list of a million entries, the draw among them, its proof in a visitor's browser."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from conftest import free_port, opened_chromium
from sqlalchemy import insert

from bot import wiring
from bot.config import Config
from content import staff
from content.store import clock
from content.store.db import Database
from handlers.quiz import draw, register, standings
from handlers.quiz.models import Participant
from handlers.quiz.prizes import drawing, entries
from tests.bench.servers import folder_with_redis, ours, settings

ENTRIES, CHUNK, CHECKED = 1_000_000, 50_000, 100_000
CAMPAIGN, STAFF = "demo", ("bench1", "bench2")
NUMBERS, SOURCE = "01 05 12 18 25 33+07", "演示"
RULES = """
title = "演示竞答"
opens_at = 2026-12-01T08:00:00+08:00
closes_at = 2026-12-04T20:00:00+08:00
minutes = 15

[[paper]]
subject = "constitution"
count = 50
points = 2

[draw]
lottery = "双色球"
issue = "2026141"
drawn_on = 2026-12-06
later_issue = "2026148"
later_drawn_on = 2026-12-22
least_points = 60
prizes = [{ name = "一等奖", count = 10 }, { name = "二等奖", count = 90 }]
"""
OPEN, OVER = datetime(2026, 12, 2, 10, tzinfo=clock.BEIJING), datetime(2026, 12, 4, 20, tzinfo=clock.BEIJING)
DRAWN = OVER + timedelta(days=4)


def rows() -> Iterator[tuple[str, str, str]]:
    with folder_with_redis() as folder:
        config = settings(folder, free_port())
        wiring.prepare(config)
        listed, drawn = _draw(config)
        yield f"the list of {ENTRIES:,} entries fixed and published", f"{listed:.1f} s", ""
        yield f"draw among {ENTRIES:,} entries", f"{drawn:.1f} s", "<= 5 s"
    with folder_with_redis() as folder:
        config = settings(folder, free_port())
        with ours(config) as server:
            yield f"verification in the browser of {CHECKED:,}", f"{_verified(server.port):.1f} s", "<= 5 s"


def _draw(config: Config) -> tuple[float, float]:
    """Seconds until the list is fixed, and from the second person's numbers until the record is published."""
    database, keyring = Database(config.database_url), wiring.keyring(config)
    with clock.fixed_at(OPEN), database.transaction() as session:
        for name in STAFF:
            staff.add_staff(session, name, "演示", ["campaigns"], "")
        register.put_on(session, CAMPAIGN, RULES, keyring, STAFF[0])
        for first in range(0, ENTRIES, CHUNK):
            session.execute(insert(Participant), [_participant(number) for number in range(first, first + CHUNK)])
    with clock.fixed_at(OVER), database.transaction() as session:
        started = time.perf_counter()
        entries.fix(session, register.get_held(session, CAMPAIGN), STAFF[0])
    listed = time.perf_counter() - started
    with clock.fixed_at(DRAWN):
        for name in STAFF:
            started = time.perf_counter()
            with database.transaction() as session:
                drawing.type_numbers(session, register.get_held(session, CAMPAIGN), NUMBERS, SOURCE, name)
        drawing.conclude(database, keyring, CAMPAIGN, STAFF[1])
    drawn = time.perf_counter() - started
    database.close()
    return listed, drawn


def _participant(number: int) -> dict[str, object]:
    points = 120 + number % 81
    return {
        "campaign_id": CAMPAIGN, "name": f"p{number:08}", "code": f"{number:016X}", "joined_at": OPEN, "papers": 1,
        "round_id": f"r{number}", "half_points": points, "seconds": 60 + number % 800, "handed_in_at": OPEN,
        "merit": standings.merit_of(points, 60 + number % 800, OPEN),
    }  # fmt: skip


def _verified(port: int) -> float:
    """Seconds from handing the published file to the page until it says what it has found."""
    codes = [f"{number:016X}" for number in range(CHECKED)]
    secret, digest, prizes = "5e" * 32, draw.entries_digest(codes), [draw.Prize("奖", 100)]
    winners = draw.winners_of(codes, draw.seed_of(secret, digest, NUMBERS), prizes)
    record = draw.Record(
        format=draw.FORMAT, campaign="演示竞答", prizes=prizes, commitment=draw.commitment_of(secret), lottery="双色球",
        issue="2026141", later_issue="2026148", drawn=draw.Drawn("双色球", "2026141", NUMBERS, SOURCE), entries=codes,
        entries_sha256=digest, secret=secret, winners=winners,
    )  # fmt: skip
    with opened_chromium() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.goto(f"http://127.0.0.1:{port}/h/draw/")
        started = time.perf_counter()
        file = {"name": "draw.json", "mimeType": "application/json", "buffer": draw.as_json(record)}
        page.set_input_files("#record", file)  # type: ignore[arg-type]
        page.locator("#verdict li").first.wait_for()
        seconds = time.perf_counter() - started
        if "一致" not in page.locator("#verdict").inner_text():
            raise RuntimeError(page.locator("#verdict").inner_text())
    return seconds
