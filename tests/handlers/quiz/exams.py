"""An exam and a roster as staff would write them; visibly a demonstration."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import openpyxl

from content.store import clock

OPENS = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)
MAKEUP_OPENS = datetime(2026, 12, 18, 0, 0, tzinfo=UTC)
MAKEUP_CLOSES = datetime(2026, 12, 19, 10, 0, tzinfo=UTC)
EXAM = """
title = "演示考试"
opens_at = 2026-12-01T08:00:00+08:00
closes_at = 2026-12-04T20:00:00+08:00
minutes = 30
verdicts = "closed"

[[paper]]
subject = "constitution"
kind = "single"
count = 2
points = 50

[exam]
pass_points = 60
attempts = 2
makeup_opens_at = 2026-12-18T08:00:00+08:00
makeup_closes_at = 2026-12-19T18:00:00+08:00
"""
PEOPLE = (
    ("演示局/办公室", "A001", "张三丰", "是"),
    ("演示局/办公室", "A002", "李四", "否"),
    ("演示局/法规科", "A003", "王五", ""),
    ("演示局", "A004", "赵六", ""),
    ("演示委", "B001", "钱七", ""),
)
HEADINGS = ("单位", "工号", "姓名", "是否领导干部")


def roster_file(rows: Iterable[Sequence[object]] = PEOPLE, headings: Sequence[str] = HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(headings))
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.BEIJING)
