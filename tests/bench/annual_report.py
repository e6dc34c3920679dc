"""What the year's report on disclosure costs beside a hundred thousand applications."""

import random
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

from conftest import free_port
from sqlalchemy import insert

from bot import wiring
from content import word_forms
from content.store import clock
from content.store.db import Database
from handlers.disclosure import handling
from handlers.disclosure.models import Applicant, DisclosureRequest, State
from scheduler import annual_report
from tests.bench.servers import folder_with_redis, settings

REQUESTS, CHUNK, YEAR = 100_000, 5_000, 2025


def rows() -> Iterator[tuple[str, str, str]]:
    with folder_with_redis() as folder:
        config = settings(folder, free_port())
        wiring.prepare(config)
        database = Database(config.database_url)
        with database.transaction() as session:
            for first in range(0, REQUESTS, CHUNK):
                session.execute(insert(DisclosureRequest), _made(range(first, first + CHUNK)))
        started = time.perf_counter()
        with database.reading() as session:
            report = annual_report.gather(session, YEAR)
        word_forms.as_docx(annual_report.form(report))
        seconds = time.perf_counter() - started
        if report.faults:
            raise RuntimeError(report.faults)
        yield f"annual report over {REQUESTS:,} applications", f"{seconds:.2f} s", "<= 10 s"
        database.close()


def _made(numbers: range) -> list[dict[str, object]]:
    pick, classes = random.Random(numbers.start), [one.report_class for one in handling.answers().values()]  # noqa: S311
    return [_row(number, pick, classes) for number in numbers]


def _row(number: int, pick: random.Random, classes: list[str]) -> dict[str, object]:
    received = date(YEAR - 1, 1, 1) + timedelta(days=pick.randrange(1000))
    ended = received + timedelta(days=pick.randrange(200)) if pick.random() < 0.95 else None  # noqa: PLR2004
    return {
        "year": received.year, "serial": number + 1, "code_hash": "", "channel": "page",
        "applicant_kind": pick.choice(list(Applicant)), "applicant": f"{number:032x}", "particulars": "x" * 300,
        "wanted": "演示：一份信息", "document_number": "", "way": "online", "handler": "", "rests": [],
        "filed_at": datetime.combine(received, time_of_day(10), clock.BEIJING), "received_on": received,
        "counted_from": received, "extended_days": 0, "is_provisional": False, "drafted_by": "", "answer": "",
        "state": State.ANSWERED if ended else State.IN_HAND, "ended_on": ended,
        "report_class": pick.choice(classes) if ended else "",
    }  # fmt: skip
