"""How long the console's pages take at the server, beside ten thousand articles and as many pushes."""

import itertools
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import insert

from bot import wiring
from bot.config import make_config
from bot.console import create_console
from bot.demo import officials
from content import articles, audit, staff
from content.models import Material, MaterialKind, Revision
from content.staff import Role
from content.store import clock
from content.store.db import Database
from scheduler.models import Publication, PublicationItem, State

ARTICLES = 10_000
ENTRIES = 10_000
ROUNDS = 11
SENTENCE = "演示正文，只用来量一量时间。"
PAGES = {
    "today": "/console/",
    "articles": "/console/articles/",
    "articles, searched": "/console/articles/?words=99",
    "articles, the last page": "/console/articles/?page=330",
    "the editor": "/console/articles/edit/bench/5000",
    "versions": "/console/articles/history/bench/5000",
    "pushes": "/console/posts/",
    "pushes, the last page": "/console/posts/?page=190",
    "a push": "/console/posts/9999",
    "a review sheet": "/console/posts/9999/sheet",
    "planning a push": "/console/posts/new",
    "calendar, month": "/console/calendar/",
    "calendar, week": "/console/calendar/?view=week",
    "calendar, list": "/console/calendar/?view=list",
    "figures": "/console/statistics/",
    "words": "/console/words/",
    "staff": "/console/staff/",
    "audit log": "/console/audit/",
    "audit log of one push": "/console/audit/?thing=post:9999",
}


def rows() -> Iterator[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory(prefix="pufa-bench-") as name:
        config = make_config(
            {
                "database.url": f"sqlite:///{name}/pufa.db", "server.data": name,
                "security.key_file": f"{name}/keys.json", "security.second_factor": "off",
            }
        )  # fmt: skip
        database = wiring.open_database(config)
        database.upgrade()
        keyring = wiring.keyring(config)
        officials.seed(database, keyring)
        _fill(database, Path(name))
        client = create_console(config, database, keyring).test_client()
        _sign_in(client, database, officials.password_of(keyring))
        for what, path in PAGES.items():
            yield f"console: {what}", f"{_milliseconds(client, path):.0f} ms", "<= 50 ms"
        database.close()


def _sign_in(client: FlaskClient, database: Database, password: str) -> None:
    """As one who may open everything."""
    writer, admin = officials.NAMES[Role.WRITE], officials.NAMES[Role.ADMIN]
    with database.transaction() as session:
        staff.set_roles(session, writer, list(Role), admin)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/console/sign-in").text)[0]
    client.post("/console/sign-in", data={"csrf_token": token, "name": writer, "password": password})


def _milliseconds(client: FlaskClient, path: str) -> float:
    taken = []
    for number in range(ROUNDS + 1):
        begun = time.perf_counter()
        page = client.get(path)
        if number:  # the first one opens templates and connections
            taken.append(time.perf_counter() - begun)
        if page.status_code != 200:
            raise RuntimeError(f"{path}: {page.status_code}")
    return statistics.median(taken) * 1000


def _fill(database: Database, folder: Path) -> None:
    """Articles of the last years, two versions each; a push of each, most of them gone out; a full audit log."""
    now = clock.now()
    numbers = range(1, ARTICLES + 1)
    with database.transaction() as session:
        session.execute(
            insert(Material),
            [
                {"id": n, "kind": MaterialKind.ARTICLE, "slug": f"bench/{n}", "current_revision_id": 2 * n,
                 "published_at": now - timedelta(hours=4 * (ARTICLES - n))} for n in numbers
            ],
        )  # fmt: skip
        session.execute(insert(Revision), list(itertools.chain.from_iterable(_versions(n) for n in numbers)))
        session.execute(insert(Publication), [_push(n) for n in numbers])
        session.execute(
            insert(PublicationItem),
            [{"publication_id": n, "place": 0, "material_id": n, "revision_id": 2 * n} for n in numbers],
        )
        for number in range(ENTRIES):
            audit.record(session, "demo-write", "post.change", f"post:{number + 1}", due_at=now.isoformat())
    with database.reading() as session:
        if len(articles.listing(session, limit=1)) != 1:
            raise RuntimeError("nothing was put in")


def _versions(number: int) -> list[dict[str, object]]:
    return [
        {
            "id": 2 * number - 2 + place, "material_id": number, "number": place, "title": f"第{number}期",
            "author": "", "digest": "", "category": "", "source_url": "", "chat": "",
            "body": f"{number}：" + SENTENCE * 40,
            "facts": {}, "content_hash": f"{number}-{place}", "origin": "console", "written_by": "demo-write",
            "created_at": clock.now() - timedelta(minutes=ARTICLES - number),
        }
        for place in (1, 2)
    ]  # fmt: skip


def _push(number: int) -> dict[str, object]:
    """Two a day: the last hundred are still to come."""
    due_at = clock.now() + timedelta(hours=12 * (number - ARTICLES + 100))
    state = State.PUBLISHED if number <= ARTICLES - 100 else State.SCHEDULED if number % 2 else State.IN_REVIEW
    return {
        "id": number, "title": f"第{number}期", "channel": "mass" if number % 3 else "publish",
        "audience": {"all": True} if number % 3 else {}, "due_at": due_at, "late_after_seconds": 1800, "state": state,
        "written_by": "demo-write", "is_emergency": False, "round": 1, "digest": "", "lease_owner": "", "tries": 0,
        "client_msg_id": "", "draft_media_id": "", "draft_difference": [], "publish_id": "", "msg_id": "",
        "msg_data_id": "", "article_id": "", "urls": [], "trouble": "", "evidence": [], "looked_by": "",
        "created_at": due_at, "changed_at": due_at,
        "submitted_at": due_at if state is State.PUBLISHED else None,
        "published_at": due_at if state is State.PUBLISHED else None,
    }  # fmt: skip
