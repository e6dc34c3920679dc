"""The disclosure catalogue with tens of thousands of entries: a search until its page of results is read, on SQLite."""

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert

from content.catalogue import entries, shelf
from content.catalogue.categories import categories
from content.catalogue.index import CatalogueIndex, open_index
from content.catalogue.models import CatalogueEntry, EntryState, Validity
from content.store import clock
from content.store.db import Database

ENTRIES, CHUNK, PAGE, TURNS = 50_000, 5_000, 20, 15
MATTERS = ("社区矫正", "法律援助", "人民调解", "公证", "律师", "司法鉴定", "普法", "行政复议", "安置帮教", "规范性文件")
ACTS = ("关于印发", "关于开展", "关于公布", "关于做好", "关于修改", "关于废止")
KINDS = ("工作方案", "通知", "公告", "实施办法", "年度工作计划", "统计情况", "办事指南", "名单")
ASKED = (
    "社区矫正",
    "演司发〔2018〕12号",
    "关于印发通知",
    "关于印发全市工作方案的通知",
    "第12345号",
    "宠物医院",
    "法律援助办事指南公告",
)
"""Rare words, the commonest ones, numbers, and what is not there."""


def rows() -> Iterator[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder)}/pufa.db")
        yield from measured(database)
        database.close()


def measured(database: Database) -> Iterator[tuple[str, str, str]]:
    """On any database: PostgreSQL is measured by hand with it."""
    database.upgrade()
    fill(database)
    started = time.perf_counter()
    with database.reading() as session:
        index = open_index(session)
    seconds = time.perf_counter() - started
    slowest = max(statistics.median(_search(database, index, words) for _ in range(TURNS)) for words in ASKED)
    yield f"catalogue search over {ENTRIES:,} entries, slowest kind of words", f"{slowest * 1000:.1f} ms", "<= 20 ms"
    yield f"its index made anew after a change of {ENTRIES:,} entries", f"{seconds:.1f} s", ""


def _search(database: Database, index: CatalogueIndex, words: str) -> float:
    """Until the first page of what was found has been read, as a page does it."""
    started = time.perf_counter()
    found = index.search(words)
    with database.reading() as session:
        shelf.cards(session, found[:PAGE])
    return time.perf_counter() - started


def fill(database: Database) -> None:
    pick = random.Random(3)  # noqa: S311 - made-up entries
    with database.transaction() as session:
        for first in range(0, ENTRIES, CHUNK):
            session.execute(insert(CatalogueEntry), [_entry(number, pick) for number in range(first, first + CHUNK)])
        entries.touch(session)


def _entry(number: int, pick: random.Random) -> dict[str, object]:
    year = 2010 + number % 17
    what = f"{year}年全市{pick.choice(MATTERS)}{pick.choice(MATTERS)}{pick.choice(KINDS)}"
    return {
        "index_number": f"YS-{number:06d}", "state": EntryState.PUBLISHED, "category": pick.choice([*categories()]),
        "title": f"演示：{pick.choice(ACTS)}《{what}》的{pick.choice(KINDS)}（第{number}号）",
        "document_number": f"演司发〔{year}〕{number % 400}号", "issued_on": None, "issuer": "演示机构",
        "published_on": date(2010, 1, 1) + timedelta(days=pick.randrange(6000)), "validity": Validity.VALID,
        "abstract": f"演示：就{pick.choice(MATTERS)}和{pick.choice(MATTERS)}的{pick.choice(KINDS)}作出安排。" * 3,
        "keywords": pick.choice(MATTERS), "body": "演示正文。" * 100, "url": "", "newest_number": 1, "shown_number": 1,
        "created_at": clock.now(), "changed_at": clock.now(), "withdrawn_by": "", "withdrawn_reason": "",
    }  # fmt: skip
