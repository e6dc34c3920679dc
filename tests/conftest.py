"""Real parts for every test: a database (SQLite, and PostgreSQL where there is one), a Redis, the library's own model.

What a machine lacks is skipped with the name of the package to install; REQUIRE_ALL=1 makes that a failure. Nothing
leaves this machine: a connection to anywhere but the loopback address or a unix socket fails the test that tried.
"""

import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import databases
import pytest
import redis as redis_library
from databases import Recycled, new_postgres_database
from playwright.sync_api import Browser, sync_playwright

from bot import wiring
from bot.config import Config, make_config
from content.store import embedded
from content.store.db import Database
from content.store.keys import Keyring, open_keyring
from content.store.memory import Memory
from handlers.desk import Bureau
from handlers.understanding import training

ROOT = Path(__file__).parent.parent
CACHE = ROOT / "var" / "test"  # holds the trained model between runs


def lacking(what: str, package: str) -> None:
    """Skips the test, or fails it where everything is required."""
    reason = f"没有 {what}：请安装软件包 {package}"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Asked where the suite runs in several processes, and only there."""
    from sharing import ByFile

    return ByFile(config, log)


@pytest.fixture(autouse=True)
def stay_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address[0]}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


# ── databases ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL in which databases may be made: $PUFA_TEST_POSTGRES, else one started here."""
    if given := os.environ.get("PUFA_TEST_POSTGRES"):
        yield given
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        lacking("PostgreSQL", "postgresql")
    with databases.private_server(programs[-1], free_port()) as server, databases.without_tls():
        yield server


@pytest.fixture(scope="session")
def sqlite_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the newest schema and nothing in it, to be copied: the migrations take far longer."""
    file = tmp_path_factory.mktemp("schema") / "pufa.db"
    databases.make(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def recycled_postgres(postgres_server: str) -> Iterator[Recycled]:
    made = Recycled(postgres_server)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind; for a test that has `database` too, that one."""
    has_schema = "database" in request.fixturenames
    if request.param == "sqlite":
        if has_schema:
            shutil.copy(request.getfixturevalue("sqlite_schema"), tmp_path / "pufa.db")
        return f"sqlite:///{tmp_path}/pufa.db"
    if has_schema:
        return str(request.getfixturevalue("recycled_postgres").fresh())
    return new_postgres_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the newest schema and nothing in it."""
    made = Database(database_url)
    if not made.step():
        made.upgrade()
    yield made
    made.close()


# ── Redis ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def redis_socket(tmp_path: Path) -> Iterator[str]:
    """A private Redis as an installation starts it; its address."""
    process = embedded.start(tmp_path)
    yield embedded.socket_url(tmp_path)
    if process:
        embedded.stop(process)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """A Redis server on a port, as a larger installation has one; its address."""
    if given := os.environ.get("PUFA_TEST_REDIS"):
        yield given
        return
    program = shutil.which("redis-server")
    if program is None:
        lacking("redis-server", "redis-server")
    port = free_port()
    process = subprocess.Popen([str(program), "--port", str(port), "--save", ""], stdout=subprocess.DEVNULL)  # noqa: S603
    url = f"redis://127.0.0.1:{port}/0"
    wait_until(lambda: _pings(url))
    yield url
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def memory(redis_socket: str) -> Memory:
    return Memory(redis_socket)


def _pings(url: str) -> bool:
    try:
        with redis_library.Redis.from_url(url, socket_timeout=1) as client:
            return bool(client.ping())
    except redis_library.RedisError:
        return False


# ── the bureau ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def model() -> Path:
    """The library's trained model, built once and kept between runs. Of processes that want it at once one builds."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return training.ensure(CACHE)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return open_keyring(tmp_path / "keys.json")


@pytest.fixture
def config(database_url: str, tmp_path: Path, model: Path) -> Config:
    """Settings of an installation in the test's own folder, with everything prepared."""
    (tmp_path / "model").mkdir(exist_ok=True)
    (tmp_path / "model" / model.name).symlink_to(model)
    made = make_config(
        {
            "wechat.token": "test-token",
            "wechat.app_id": "wxtest0000000000",
            "wechat.app_secret": "test-secret",
            "wechat.encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
            "wechat.mode": "compatible",
            "database.url": database_url,
            "server.data": str(tmp_path),
            "server.public_url": "https://pufa.example",
            "security.key_file": str(tmp_path / "keys.json"),
        }
    )
    wiring.prepare(made)
    return made


@pytest.fixture
def bureau(config: Config, model: Path) -> Iterator[Bureau]:
    """The whole library in a database, ready to answer."""
    database = Database(config.database_url)
    yield wiring.open_bureau(config, database, config.server_public_url)
    database.close()


# ── a browser ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_CHROMIUM += ["--disable-component-update", "--disable-sync"]


@contextmanager
def opened_chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        lacking("chromium", "chromium")
    with sync_playwright() as player:
        yield player.chromium.launch(executable_path=program, args=_CHROMIUM)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Started once: Playwright can do so only once at a time, and it takes a second or two."""
    with opened_chromium() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """A browser that knows nothing yet; its pages are closed behind the test."""
    yield chromium
    for context in chromium.contexts:
        context.close()


# ── small things ──────────────────────────────────────────────────────────────────────────────────────────────────────


PORTS, PER_PROCESS = range(10_000, 30_000), 1_000


def free_port(following: int = 0) -> int:
    """A port at which nobody listens, with as many free ones after it. Not one of those that the kernel gives to any
    program that asks: what was free a moment ago would then often be taken when it is used. Each process of a suite
    that is shared out has ports of its own.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    own = PORTS[int(worker[2:]) % 20 * PER_PROCESS :][: PER_PROCESS - following] if worker else PORTS
    while True:
        port = secrets.choice(own)
        if all(is_free(port + more) for more in range(following + 1)):
            return port


def is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def wait_until(is_so: Any, seconds: float = 60.0) -> None:
    """Raises AssertionError where it never becomes so. Long: what is waited for costs nothing where it comes soon."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")
