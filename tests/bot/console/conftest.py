"""The console over a prepared installation, and members of staff who have signed in."""

import html
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import new_postgres_database
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import wiring
from bot.config import make_config
from bot.console import create_console
from bot.demo import officials
from content import articles, pictures
from content.covers import plain_cover
from content.staff import Role
from content.store import clock
from content.store.db import Database
from content.store.keys import open_keyring
from scheduler import posts
from scheduler.models import Publication

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)  # 10:00 in Beijing, a Wednesday
DUE = datetime(2026, 12, 4, 0, 0, tzinfo=UTC)  # 08:00 in Beijing, a Friday


@dataclass
class Desk:
    """One browser at the console; forms carry the page's own token, as a person's do."""

    client: FlaskClient
    token: str = field(default="", repr=False)

    def opens(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(f"/console{path}", query_string=query)

    def sends(self, path: str, data: dict[str, Any] | None = None, follow: bool = True, **form: Any) -> TestResponse:
        fields = {"csrf_token": self.token, **form, **(data or {})}
        return self.client.post(f"/console{path}", data=fields, follow_redirects=follow)

    def reviews(self, number: int, data: dict[str, Any] | None = None, **form: Any) -> TestResponse:
        """His word on what the page shows just now."""
        found = re.search(r'name="look" value="([^"]*)"', self.opens(f"/posts/{number}").text)
        look = html.unescape(found[1]) if found else ""
        return self.sends(f"/posts/{number}/review", {"look": look, **(data or {})}, **form)


@pytest.fixture(autouse=True)
def in_december() -> Iterator[None]:
    with clock.fixed_at(NOW):
        yield


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite; on PostgreSQL too where a test asks for it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/pufa.db"
    return new_postgres_database(request.getfixturevalue("postgres_server"))


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with its staff, made once: passwords take their time."""
    folder = tmp_path_factory.mktemp("installed")
    made = Database(f"sqlite:///{folder}/pufa.db")
    made.upgrade()
    with clock.fixed_at(NOW):
        officials.seed(made, open_keyring(folder / "keys.json"))
    made.close()
    with sqlite3.connect(folder / "pufa.db") as whole:  # all of it in the one file
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def database(database_url: str, installed: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(installed / "keys.json", tmp_path / "keys.json")
    if database_url.startswith("sqlite"):
        shutil.copy(installed / "pufa.db", tmp_path / "pufa.db")
    made = Database(database_url)
    if not database_url.startswith("sqlite"):
        made.upgrade()
    yield made
    made.close()


ON_BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> dict[str, Any]:
    keys = str(tmp_path / "keys.json")
    return {
        "database.url": database_url, "server.data": str(tmp_path), "security.key_file": keys,
        "security.second_factor": "off",
    }  # fmt: skip


@pytest.fixture
def make_console(settings: dict[str, Any], database: Database) -> Callable[..., Flask]:
    """A console over the same database; `people=2` for `review.people`."""

    def made(**more: Any) -> Flask:
        config = make_config({**settings, **{name.replace("__", "."): value for name, value in more.items()}})
        return create_console(config, database, wiring.keyring(config))

    return made


@pytest.fixture
def console(make_console: Callable[..., Flask], settings: dict[str, Any], database: Database) -> Flask:
    officials.seed(database, wiring.keyring(make_config(settings)))
    return make_console()


@pytest.fixture
def password(settings: dict[str, Any]) -> str:
    return officials.password_of(wiring.keyring(make_config(settings)))


@pytest.fixture
def stranger(console: Flask) -> Desk:
    """Somebody who has not signed in, with the sign-in page in front of him."""
    client = console.test_client()
    return Desk(client, csrf(client.get("/console/sign-in")))


@pytest.fixture
def sign_in(console: Flask, password: str) -> Callable[..., Desk]:
    def signed_in(role: Role, app: Flask | None = None) -> Desk:
        return entered(app or console, officials.NAMES[role], password)

    return signed_in


@pytest.fixture
def writer(sign_in: Callable[..., Desk]) -> Desk:
    return sign_in(Role.WRITE)


@pytest.fixture
def reviewer(sign_in: Callable[..., Desk]) -> Desk:
    return sign_in(Role.REVIEW2)


@pytest.fixture
def publisher(sign_in: Callable[..., Desk]) -> Desk:
    return sign_in(Role.PUBLISH)


@pytest.fixture
def uploads(settings: dict[str, Any]) -> Path:
    return Path(settings["server.data"]) / "uploads"


@pytest.fixture
def cover(database: Database, uploads: Path) -> str:
    with database.transaction() as session:
        return pictures.address(pictures.add_picture(session, plain_cover(), uploads))


@pytest.fixture
def wrote(database: Database, cover: str) -> Callable[..., str]:
    """An article that nothing speaks against; its slug."""

    def made(title: str = "演示标题", body: str = "演示正文的第一句。", slug: str | None = None, **more: str) -> str:
        words = {"author": "演示作者", "digest": "演示摘要", "cover": cover, **more}
        by = officials.NAMES[Role.WRITE]
        with database.transaction() as session:
            base = 0
            if slug and (known := articles.find_article(session, slug)):
                base = articles.latest_revision(session, known.id).number  # type: ignore[union-attr]
            revision = articles.save_draft(session, slug, title=title, body=body, by=by, base_number=base, **words)
            return revision.material.slug

    return made


@pytest.fixture
def planned(database: Database, wrote: Callable[..., str]) -> Callable[..., int]:
    """A push in review."""

    def made(
        *slugs: str, channel: str = "publish", audience: dict[str, Any] | None = None, due_at: datetime = DUE
    ) -> int:
        chosen = slugs or (wrote(),)
        with database.transaction() as session:
            wanted = []
            for slug in chosen:
                material = articles.find_article(session, slug)
                assert material
                wanted.append((material.id, articles.latest_revision(session, material.id).id))  # type: ignore[union-attr]
            return posts.plan(session, wanted, due_at, channel, audience or {}, officials.NAMES[Role.WRITE]).id

    return made


@pytest.fixture
def post(database: Database) -> Callable[[int], Publication]:
    def found(number: int) -> Publication:
        with database.reading() as session:
            return posts.get_post(session, number)

    return found


def entered(app: Flask, name: str, password: str) -> Desk:
    client = app.test_client()
    token = csrf(client.get("/console/sign-in"))
    form = {"csrf_token": token, "name": name, "password": password}
    assert client.post("/console/sign-in", data=form).status_code == 302
    return Desk(client, csrf(client.get("/console/password")))


def csrf(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]
