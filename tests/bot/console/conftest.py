"""The console over a prepared installation, and members of staff who have signed in."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import demo_staff, wiring
from bot.config import Config, make_config
from bot.console import create_console
from content.staff import Role
from content.store.db import Database


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


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What the console calls is tested on both databases where it stands; here one is enough."""
    return f"sqlite:///{tmp_path}/pufa.db"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Config:
    keys = str(tmp_path / "keys.json")
    return make_config({"database.url": database_url, "server.data": str(tmp_path), "security.key_file": keys})


@pytest.fixture
def console(settings: Config, database: Database) -> Flask:
    keyring = wiring.keyring(settings)
    demo_staff.seed(database, keyring)
    app = create_console(settings, database, keyring)
    app.config["RATELIMIT_ENABLED"] = False
    return app


@pytest.fixture
def password(settings: Config) -> str:
    return demo_staff.password_of(wiring.keyring(settings))


@pytest.fixture
def stranger(console) -> Desk:
    """Somebody who has not signed in, with the sign-in page in front of him."""
    client = console.test_client()
    return Desk(client, csrf(client.get("/console/sign-in")))


@pytest.fixture
def sign_in(console, password) -> Callable[[Role], Desk]:
    def signed_in(role: Role) -> Desk:
        client = console.test_client()
        token = csrf(client.get("/console/sign-in"))
        form = {"csrf_token": token, "name": demo_staff.NAMES[role], "password": password}
        assert client.post("/console/sign-in", data=form).status_code == 302
        return Desk(client, csrf(client.get("/console/password")))

    return signed_in


def csrf(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]
