"""An article in a file, planned and approved on the command line, goes out at its second: on the demonstration's own
scheduler, over HTTP to the sandbox, and back by WeChat's word to the webhook.
"""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

import pytest
import requests
from conftest import ROOT, wait_until

from content.store import clock
from tests.journeys.installation import Demo

ARTICLE = """+++
title = "{title}"
author = "葫芦岛普法"
digest = "试一试。"
+++
## 为什么是十二月四日

1982年12月4日，现行宪法公布施行。

- 维护宪法权威
- 弘扬宪法精神
"""


def pufa(demo: Demo, *words: str) -> "subprocess.CompletedProcess[str]":
    own = {name: value for name, value in os.environ.items() if not name.startswith("PUFA_")}
    own |= {"PUFA_SERVER_PORT": str(demo.port), "PUFA_SERVER_DATA": str(demo.folder / "data")}
    own |= {"PYTHONPATH": str(ROOT), "JOURNEY": str(demo.folder)}
    command = [sys.executable, "-m", "bot.cli", *words]
    return subprocess.run(command, env=own, cwd=demo.folder, capture_output=True, text=True, timeout=90)


def told(demo: Demo, *words: str) -> Any:
    ran = pufa(demo, *words, "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.fixture
def pace(standing_demo: Demo) -> float:
    """Seconds that a command takes just now: how much happens before a push is due depends on the machine."""
    began = clock.monotonic()
    told(standing_demo, "posts", "list")
    return clock.monotonic() - began


def planned(demo: Demo, title: str, seconds: float, *more: str) -> tuple[int, datetime]:
    file = demo.folder / f"{title}.md"
    file.write_text(ARTICLE.format(title=title), encoding="utf-8")
    due_at = clock.in_beijing(clock.now()).replace(microsecond=0) + timedelta(seconds=ceil(seconds))
    made = told(demo, "posts", "add", str(file), "--at", f"{due_at:%Y-%m-%d %H:%M:%S}", "--as", "demo-write", *more)
    assert made["state"] == "in_review"
    return made["id"], due_at


def sandbox(demo: Demo) -> dict[str, Any]:
    return dict(requests.get(f"http://127.0.0.1:{demo.port + 1}/sandbox/api/_control", timeout=10).json())


def test_an_approved_article_goes_out_at_its_time(standing_demo: Demo, pace: float) -> None:
    title = "国家宪法日：走进宪法"
    number, due_at = planned(standing_demo, title, max(15, 8 * pace))
    refused = pufa(standing_demo, "posts", "approve", str(number), "--as", "demo-write")
    assert (refused.returncode, refused.stdout) == (1, "")
    approved = told(standing_demo, "posts", "approve", str(number), "--as", "demo-review2")
    assert approved["state"] == "scheduled"
    wait_until(lambda: told(standing_demo, "posts", "show", str(number))["state"] == "published", 120)
    assert told(standing_demo, "posts", "show", str(number))["urls"]
    ours = [one for one in sandbox(standing_demo)["publications"] if one["titles"] == [title]]
    assert len(ours) == 1
    assert 0 <= ours[0]["at"] - due_at.timestamp() <= max(8, 4 * pace)  # the machine is busy with the rest of the suite


def test_a_cancelled_push_stays_where_it_is(standing_demo: Demo, pace: float) -> None:
    number, due_at = planned(standing_demo, "不会发出的一篇", max(30, 10 * pace))
    told(standing_demo, "posts", "approve", str(number), "--as", "demo-review2")
    assert told(standing_demo, "posts", "cancel", str(number), "--as", "demo-write")["state"] == "withdrawn"
    other, _ = planned(standing_demo, "会发出的一篇", max(12, 6 * pace))
    told(standing_demo, "posts", "approve", str(other), "--as", "demo-review2")
    wait_until(lambda: told(standing_demo, "posts", "show", str(other))["state"] == "published", 120)
    wait_until(lambda: clock.now() > due_at + timedelta(seconds=3), 120)
    titles = [title for one in sandbox(standing_demo)["publications"] for title in one["titles"]]
    assert ("会发出的一篇" in titles, "不会发出的一篇" in titles) == (True, False)


def test_a_word_file_goes_the_same_way(standing_demo: Demo) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_heading("从 Word 来的一篇", 0)
    document.add_paragraph("正文的第一段。")
    file = Path(standing_demo.folder) / "article.docx"
    document.save(str(file))
    at = f"{clock.in_beijing(clock.now()) + timedelta(days=1):%Y-%m-%d 08:00}"
    made = told(standing_demo, "posts", "add", str(file), "--at", at, "--as", "demo-write")
    assert [article["title"] for article in made["articles"]] == ["从 Word 来的一篇"]
