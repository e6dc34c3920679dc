"""Entries of the disclosure catalogue as staff write them, for tests."""

from datetime import date
from typing import Any

from content.catalogue.wording import Words


def words(index_number: str = "YS-2026-001", title: str = "演示：社区矫正工作方案", **more: Any) -> Words:
    given = {"category": "plans", "body": "演示正文。", "published_on": date(2026, 11, 20), **more}
    return Words(index_number=index_number, title=title, **given)
