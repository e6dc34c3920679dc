"""WeChat's side of publishing, played in a SQLite file of its own: what it was asked to do stays known when the asking
process dies, and several processes see the same. Faults are given by call and number, or as a queue of answers.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from content.store import clock
from scheduler.platform import (
    AlreadySent,
    AwaitsAdmin,
    DraftArticle,
    Later,
    Never,
    Outcome,
    Published,
    Unknown,
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS drafts (media_id INTEGER PRIMARY KEY, articles TEXT, is_there INTEGER DEFAULT 1);
CREATE TABLE IF NOT EXISTS sends (
    number INTEGER PRIMARY KEY, kind TEXT, media_id TEXT, titles TEXT, client_msg_id TEXT, at REAL, wall REAL);
CREATE TABLE IF NOT EXISTS pictures (number INTEGER PRIMARY KEY, purpose TEXT, size INTEGER);
CREATE TABLE IF NOT EXISTS calls (number INTEGER PRIMARY KEY, name TEXT);
"""
Moment = Callable[[str, str], None]
"""Called with ("before" | "during" | "after", the call's name)."""


def nothing(_moment: str, _call: str) -> None:
    """Where nothing is to happen between the calls."""


@dataclass
class Played:
    file: Path
    moment: Moment = nothing
    answers: dict[str, list[Exception | str]] = field(default_factory=dict)
    """By call, one for each time: an exception instead of doing it, "lost" (done, and no answer), "ok"."""
    is_finishing: bool = True
    """Whether results are there at once."""
    keeps_draft: bool = False
    """Whether a draft stays when it was sent."""
    gives_msg_id: bool = True
    """Whether a send that waits for the administrator is told its number."""
    quota: int | None = None

    def __post_init__(self) -> None:
        with self._open() as store:
            store.executescript(f"PRAGMA journal_mode=WAL; {SCHEMA}")

    # ── what the test looks at ────────────────────────────────────────────────────────────────────────────────────────

    def sent_titles(self) -> list[str]:
        return [row[0] for row in self._all("SELECT titles FROM sends ORDER BY number")]

    def sent_at(self) -> list[float]:
        return [row[0] for row in self._all("SELECT wall FROM sends ORDER BY number")]

    def calls(self, name: str = "") -> int:
        return len(self._all("SELECT 1 FROM calls WHERE name = ? OR ? = ''", name, name))

    def drafts(self) -> int:
        return len(self._all("SELECT 1 FROM drafts WHERE is_there"))

    def delete_by_hand(self, media_id: str) -> None:
        self._do("UPDATE drafts SET is_there = 0 WHERE media_id = ?", int(media_id))

    # ── the Platform ──────────────────────────────────────────────────────────────────────────────────────────────────

    def upload_body_picture(self, picture: bytes, media_type: str) -> str:
        number = self._play("upload_body_picture", lambda: self._picture("body", picture))
        return f"https://mmbiz.qpic.cn/played/{number}"

    def upload_cover(self, picture: bytes, media_type: str) -> str:
        return f"cover-{self._play('upload_cover', lambda: self._picture('cover', picture))}"

    def add_draft(self, articles: Sequence[DraftArticle]) -> str:
        text = json.dumps([asdict(article) for article in articles])
        return str(self._play("add_draft", lambda: self._do("INSERT INTO drafts (articles) VALUES (?)", text)))

    def find_draft(self, media_id: str) -> list[DraftArticle] | None:
        return self._play("find_draft", lambda: self._draft(media_id))

    def delete_draft(self, media_id: str) -> None:
        self._play("delete_draft", lambda: self.delete_by_hand(media_id))

    def submit_publish(self, media_id: str) -> str:
        return str(self._play("submit_publish", lambda: self._send("publish", media_id, "")))

    def publish_outcome(self, publish_id: str) -> Outcome:
        return self._play("publish_outcome", lambda: self._outcome(publish_id))

    def list_published(self, count: int = 20) -> list[Published]:
        return self._play("list_published", lambda: self._list(count))

    def delete_published(self, article_id: str) -> None:
        self._play("delete_published", lambda: None)

    def send_mass(self, media_id: str, audience: Mapping[str, Any], client_msg_id: str) -> tuple[str, str]:
        assert client_msg_id.isascii() and 0 < len(client_msg_id) <= 32
        number = self._play("send_mass", lambda: self._send("mass", media_id, client_msg_id))
        return str(number), f"data-{number}"

    def mass_outcome(self, msg_id: str) -> Outcome:
        return self._play("mass_outcome", lambda: self._outcome(msg_id))

    def delete_mass(self, msg_id: str) -> None:
        self._play("delete_mass", lambda: None)

    def preview(self, media_id: str, wechat_name: str) -> None:
        self._play("preview", lambda: None)

    def tags(self) -> dict[str, int]:
        return {"普法志愿者": 101}

    def count_followers(self) -> int:
        return 3

    def statistics(self, name: str, begin: Any, end: Any) -> list[dict[str, Any]]:
        return []

    def send_to_citizen(self, openid: str, text: str) -> None:
        raise Never("不在这里试")

    # ── how it is played ──────────────────────────────────────────────────────────────────────────────────────────────

    def _play(self, name: str, act: Callable[[], Any]) -> Any:
        self.moment("before", name)
        self._do("INSERT INTO calls (name) VALUES (?)", name)
        queue = self.answers.get(name, [])
        answer = queue.pop(0) if queue else "ok"
        if isinstance(answer, Exception) and not isinstance(answer, AwaitsAdmin):
            raise answer
        self.moment("during", name)
        made = act()
        self.moment("after", name)
        if answer == "lost":
            raise Unknown("没有收到微信的回答")
        if isinstance(answer, AwaitsAdmin):
            answer.msg_id = str(made) if self.gives_msg_id else ""
            raise answer
        return made

    def _send(self, kind: str, media_id: str, client_msg_id: str) -> int:
        with self._open() as store:
            store.execute("BEGIN IMMEDIATE")
            now = clock.now().timestamp()
            known = "SELECT number FROM sends WHERE kind = 'mass' AND client_msg_id = ? AND at > ?"
            if kind == "mass" and (twin := store.execute(known, (client_msg_id, now - 86400)).fetchone()):
                raise AlreadySent("这个群发已经存在", str(twin[0]))
            row = store.execute("SELECT articles FROM drafts WHERE media_id = ? AND is_there", (media_id,)).fetchone()
            if row is None:
                raise Never("草稿不存在", 40007)
            count = store.execute("SELECT count(*) FROM sends").fetchone()[0]
            if self.quota is not None and count >= self.quota:
                raise Later("今天的次数用完了", 45028, seconds=3600)
            titles = "|".join(article["title"] for article in json.loads(row[0]))
            made = store.execute(
                "INSERT INTO sends (kind, media_id, titles, client_msg_id, at, wall) VALUES (?, ?, ?, ?, ?, ?)",
                (kind, media_id, titles, client_msg_id, now, time.time()),
            )
            if not self.keeps_draft:
                store.execute("UPDATE drafts SET is_there = 0 WHERE media_id = ?", (media_id,))
            return int(made.lastrowid or 0)

    def _outcome(self, number: str) -> Outcome:
        if not self._all("SELECT 1 FROM sends WHERE number = ?", int(number)):
            raise Never("编号不存在", 53600)
        if not self.is_finishing:
            return Outcome("running")
        return Outcome("published", article_id=f"article-{number}", urls=[f"https://mp.weixin.qq.com/s/{number}"])

    def _list(self, count: int) -> list[Published]:
        query = "SELECT number, titles, at FROM sends WHERE kind = 'publish' ORDER BY number DESC LIMIT ?"
        return [
            Published(f"article-{number}", titles.split("|"), [f"https://mp.weixin.qq.com/s/{number}"], int(at))
            for number, titles, at in (self._all(query, count) if self.is_finishing else [])
        ]

    def _draft(self, media_id: str) -> list[DraftArticle] | None:
        rows = self._all("SELECT articles FROM drafts WHERE media_id = ? AND is_there", int(media_id))
        return [DraftArticle(**article) for article in json.loads(rows[0][0])] if rows else None

    def _picture(self, purpose: str, picture: bytes) -> int:
        return self._do("INSERT INTO pictures (purpose, size) VALUES (?, ?)", purpose, len(picture))

    def _open(self) -> sqlite3.Connection:
        """Outlives a process that is killed; a machine that loses its power it need not."""
        store = sqlite3.connect(self.file, timeout=30)
        store.execute("PRAGMA synchronous=OFF")
        return store

    def _do(self, statement: str, *values: Any) -> int:
        with self._open() as store:
            return int(store.execute(statement, values).lastrowid or 0)

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        store = self._open()
        try:
            return store.execute(query, values).fetchall()
        finally:
            store.close()
