"""What the tests of bot/ share: a Redis that can be upset, installations for many tests, WeChat as the other side."""

import io
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from conftest import new_postgres_database
from databases import PostgresAsItWas, SqliteAsItWas
from defusedxml import ElementTree
from flask import Flask
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from makers import signed_query
from sqlalchemy import create_engine, update
from wechatpy.crypto import WeChatCrypto
from werkzeug.serving import make_server

from bot import cli, wiring
from bot.app import create_app
from bot.config import Config, make_config
from bot.sandbox.app import SandboxSettings, create_sandbox
from bot.turnstile import Turnstile
from bot.webhook import Webhook, make_blueprint
from bot.wechat.envelope import Envelope
from content.store import embedded
from content.store.db import Database
from content.store.memory import Memory
from handlers.desk import Bureau
from handlers.quiz.models import HeldCampaign
from handlers.turns import Tally

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

settings.register_profile("bot", deadline=None)  # a busy machine is no fault
settings.load_profile("bot")


class Compiled(BytecodeCache):
    """Templates, compiled once for all the apps that tests make: each would compile all it shows."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code


Flask.jinja_options = {"bytecode_cache": Compiled()}


@dataclass
class Upset:
    """A private Redis and what can happen to it."""

    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return embedded.socket_url(self.folder)

    def memory(self) -> Memory:
        return Memory(self.url)

    def up(self) -> None:
        pass

    def emptied(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def killed(self) -> None:
        self.process.kill()
        self.process.wait()

    def stopped(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def going_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def started_again(self) -> None:
        self.process = embedded.start(self.folder) or self.process


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Upset]:
    process = embedded.start(tmp_path)
    assert process is not None
    upset = Upset(tmp_path, process)
    yield upset
    upset.killed()  # at once, also where it was stopped


@pytest.fixture(params=["up", "emptied", "killed", "stopped"])
def mishap(request: pytest.FixtureRequest, own_redis: Upset) -> Callable[[], None]:
    """What happens to Redis in this run of the test, when it is called."""
    return getattr(own_redis, request.param)


# ── an installation that many tests use, each with citizens of its own ────────────────────────────────────────────────

TOKEN, APP_ID = "test-token", "wxtest0000000000"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@dataclass
class Installations:
    """The installation of a kind, prepared when it is asked for first. The tests of a file leave nothing in it to those
    of another: which file comes before which is chance.
    """

    prepare: Callable[[str], Config]
    made: dict[str, Config] = field(default_factory=dict)
    before: list[SqliteAsItWas | PostgresAsItWas] = field(default_factory=list)

    def __call__(self, kind: str) -> Config:
        if kind not in self.made:
            made = self.made[kind] = self.prepare(kind)
            is_file = kind == "sqlite"
            self.before.append(
                SqliteAsItWas(Path(made.data) / "pufa.db") if is_file else PostgresAsItWas(made.database_url)
            )
        return self.made[kind]

    def restore(self) -> None:
        for one in self.before:
            one.restore()
        for made in list(self.made.values())[:1]:  # one Redis serves them all
            with redis.Redis.from_url(made.redis_url) as client:
                client.flushall()


@pytest.fixture(scope="session")
def installations(request, tmp_path_factory, model: Path, shared_redis: str) -> Installations:
    def prepare(kind: str) -> Config:
        postgres = request.getfixturevalue("postgres_server") if kind == "postgresql" else ""
        return _prepare(tmp_path_factory.mktemp(kind), model, shared_redis, postgres)

    return Installations(prepare)


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left(installations: Installations) -> Iterator[None]:
    yield
    installations.restore()


def _prepare(folder: Path, model: Path, redis_url: str, postgres: str) -> Config:
    (folder / "model").symlink_to(model.parent)
    made = make_config(
        {
            "wechat.token": TOKEN,
            "wechat.app_id": APP_ID,
            "wechat.app_secret": "test-secret",
            "wechat.encoding_aes_key": AES_KEY,
            "wechat.mode": "compatible",
            "database.url": new_postgres_database(postgres) if postgres else f"sqlite:///{folder}/pufa.db",
            "redis.url": redis_url,
            "server.data": str(folder),
            "server.public_url": "https://pufa.example",
            "security.key_file": str(folder / "keys.json"),
        }
    )
    wiring.prepare(made)
    return made


@pytest.fixture(scope="session")
def bureaus(installations: Callable[[str], Config]) -> Iterator[Callable[[str], Bureau]]:
    made: dict[str, Bureau] = {}

    def of_kind(kind: str) -> Bureau:
        if kind not in made:
            config = installations(kind)
            made[kind] = wiring.open_bureau(config, Database(config.database_url, 1.5), config.server_public_url)
        return made[kind]

    yield of_kind
    for bureau in made.values():
        bureau.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def shared_bureau(request: pytest.FixtureRequest, bureaus: Callable[[str], Bureau]) -> Bureau:
    """The shared installation's, for what touches the database: with either kind."""
    return bureaus(request.param)


@pytest.fixture
def one_bureau(bureaus: Callable[[str], Bureau]) -> Bureau:
    """The shared installation's, for what does not touch the database."""
    return bureaus("sqlite")


@pytest.fixture(scope="session")
def tally_of() -> Iterator[Callable[[Database], Tally]]:
    made: dict[str, Tally] = {}

    def of(database: Database) -> Tally:
        if database.url not in made:
            made[database.url] = Tally(database)
        return made[database.url]

    yield of
    for tally in made.values():
        tally.close()


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("redis")
    process = embedded.start(folder)
    yield embedded.socket_url(folder)
    if process:
        embedded.stop(process)


@pytest.fixture(scope="session")
def shared_app(installations: Callable[[str], Config]) -> Flask:
    """A whole worker of the shared installation."""
    return create_app(installations("sqlite"))


@pytest.fixture(scope="session")
def shared_memory(shared_redis: str) -> Memory:
    return Memory(shared_redis)


@pytest.fixture(scope="session")
def turnstiles(shared_memory: Memory) -> dict[Memory, Turnstile]:
    return {shared_memory: Turnstile(shared_memory)}


@pytest.fixture
def make_post(tally_of: Callable[[Database], Tally], turnstiles: dict[Memory, Turnstile]) -> Callable[..., "Post"]:
    """WeChat before a worker with these parts."""

    def make(bureau: Bureau, memory: Memory, mode: str = "plain", **more: object) -> Post:
        envelope = Envelope(TOKEN, APP_ID, (AES_KEY, ""), mode, bureau.keyring.derive("webhook"))
        turnstile = turnstiles.get(memory) or Turnstile(memory)
        webhook = Webhook(envelope, turnstile, tally_of(bureau.database), lambda: bureau, **more)
        if bureau.database.step():  # it has tables: whatever other tests have held, nothing of it is open here
            with bureau.database.transaction() as session:
                session.execute(update(HeldCampaign).values(opens_at=LONG_AGO, closes_at=LONG_AGO))
        app = Flask("webhook")
        app.register_blueprint(make_blueprint(webhook))
        return Post(app, mode)

    return make


@pytest.fixture
def post(make_post: Callable[..., "Post"], one_bureau: Bureau, shared_memory: Memory) -> "Post":
    """WeChat, which sends to a worker of the shared installation."""
    return make_post(one_bureau, shared_memory)


@pytest.fixture
def each_post(make_post: Callable[..., "Post"], shared_bureau: Bureau, shared_memory: Memory) -> "Post":
    """With either kind of database."""
    return make_post(shared_bureau, shared_memory)


@dataclass
class Post:
    """Signs, seals and sends as WeChat does, with wechatpy's crypto; opens what comes back."""

    app: Flask
    mode: str = "plain"

    def sends(self, xml: str | bytes, **headers: object) -> "Came":
        body = xml.encode() if isinstance(xml, str) else xml
        query = signed_query(TOKEN)
        if self.mode == "plain":
            return self.raw(body, query, **headers)
        sealed = ElementTree.fromstring(CRYPTO.encrypt_message(body, query["nonce"], query["timestamp"]))
        query |= {"encrypt_type": "aes", "msg_signature": str(sealed.findtext("MsgSignature"))}
        beside = b"<xml><ToUserName>gh_a</ToUserName>" if self.mode == "safe" else body.removesuffix(b"</xml>")
        return self.raw(beside + f"<Encrypt>{sealed.findtext('Encrypt')}</Encrypt></xml>".encode(), query, **headers)

    def raw(self, body: bytes, query: object, **headers: object) -> "Came":
        response = self.app.test_client().post("/wechat", query_string=query, data=body, **headers)
        return Came(response.status_code, response.data, response.content_type)


CRYPTO = WeChatCrypto(TOKEN, AES_KEY, APP_ID)


@dataclass(frozen=True)
class Came:
    """What came back for one message."""

    status: int
    wire: bytes
    content_type: str = ""

    @property
    def xml(self) -> "ElementTree.Element":
        """Decrypted where it was encrypted."""
        outer = ElementTree.fromstring(self.wire)
        if outer.find("Encrypt") is None:
            return outer
        signed = [str(outer.findtext(name)) for name in ("MsgSignature", "TimeStamp", "Nonce")]
        return ElementTree.fromstring(CRYPTO.decrypt_message(self.wire, *signed))

    @property
    def text(self) -> str:
        return self.xml.findtext("Content") or ""

    @property
    def is_silent(self) -> bool:
        return (self.status, self.wire) == (200, b"success")


# ── the command line ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A SQLite database with the schema and the library in it, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "model").symlink_to(model.parent)
    url, keys = f"sqlite:///{folder}/pufa.db", str(folder / "keys.json")
    wiring.prepare(make_config({"database.url": url, "server.data": str(folder), "security.key_file": keys}))
    return folder / "pufa.db"


@pytest.fixture(scope="session")
def prepared_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory, model: Path) -> str:
    """The same in PostgreSQL; its name there."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "model").symlink_to(model.parent)
    url, keys = new_postgres_database(postgres_server), str(folder / "keys.json")
    wiring.prepare(make_config({"database.url": url, "server.data": str(folder), "security.key_file": keys}))
    return url.rsplit("/", 1)[1]


@pytest.fixture
def sqlite_copy(prepared: Path, tmp_path: Path) -> str:
    shutil.copy(prepared, tmp_path / "pufa.db")
    return f"sqlite:///{tmp_path}/pufa.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared_url(request: pytest.FixtureRequest) -> str:
    """A prepared database of either kind that belongs to this test."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_copy"))
    template = request.getfixturevalue("prepared_postgres")
    server, name = request.getfixturevalue("postgres_server"), f"pufa_{secrets.token_hex(6)}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    engine.dispose()
    return f"{server}/{name}"


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)


@dataclass
class Operator:
    """Types `pufa …` in this process, with a config.toml of his own."""

    file: Path
    settings: dict[str, object]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def configure(self, **settings: object) -> None:
        """`wechat__token="t"` is wechat.token."""
        self.settings |= {name.replace("__", "."): value for name, value in settings.items()}
        sections: dict[str, list[str]] = {}
        for name, value in self.settings.items():
            section, key = name.split(".")
            sections.setdefault(section, []).append(f"{key} = {json.dumps(value)}")
        lines = [f"[{section}]\n" + "\n".join(entries) for section, entries in sections.items()]
        self.file.write_text("\n".join(lines), encoding="utf-8")

    def types(self, *words: object, stdin: bytes = b"") -> Ran:
        self.monkeypatch.setattr(sys, "argv", ["pufa", "--config", str(self.file), *map(str, words)])
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        written = self.capsys.readouterr()
        assert "Traceback" not in written.out + written.err
        return Ran(int(ended.value.code or 0), written.out, written.err)

    def fails(self, *words: object, stdin: bytes = b"") -> str:
        """What is said by a command that is refused: one Chinese sentence on stderr, nothing on stdout."""
        ran = self.types(*words, stdin=stdin)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.count("\n") == 1
        assert re.search("[一-鿿]", ran.err)
        return ran.err


@pytest.fixture
def new_operator(tmp_path: Path, model: Path, shared_redis: str, monkeypatch, capsys) -> Callable[[str], Operator]:
    def make(database_url: str) -> Operator:
        (tmp_path / "model").symlink_to(model.parent)
        settings = {
            "wechat.token": TOKEN,
            "database.url": database_url,
            "redis.url": shared_redis,
            "server.data": str(tmp_path),
            "server.public_url": "https://pufa.example",
            "security.key_file": str(tmp_path / "keys.json"),
        }
        made = Operator(tmp_path / "config.toml", dict(settings), monkeypatch, capsys)
        made.configure()
        return made

    for name in [name for name in os.environ if name.startswith("PUFA_")]:
        monkeypatch.delenv(name)
    return make


@pytest.fixture
def operator(new_operator: Callable[[str], Operator], sqlite_copy: str) -> Operator:
    return new_operator(sqlite_copy)


@pytest.fixture
def each_operator(new_operator: Callable[[str], Operator], prepared_url: str) -> Operator:
    """One with SQLite and one with PostgreSQL."""
    return new_operator(prepared_url)


# ── the platform ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Platform:
    """The sandbox as WeChat's server API, over real HTTP. `asked` are the paths called, in order."""

    url: str = ""
    asked: list[str] = field(default_factory=list)

    def counting(self, app: Callable[..., object]) -> Callable[..., object]:
        def counted(environ: dict[str, object], start_response: object) -> object:
            self.asked.append(str(environ["PATH_INFO"]).removeprefix("/sandbox/api"))
            return app(environ, start_response)

        return counted

    def times(self, path: str) -> int:
        return self.asked.count(f"/cgi-bin/{path}")

    def fails_at(self, path: str, **how: object) -> None:
        """Turns the sandbox's dial for a path below /cgi-bin/."""
        requests.post(f"{self.url}/_faults", json={"path": f"/cgi-bin/{path}", **how}, timeout=5).raise_for_status()


@pytest.fixture
def platform() -> Iterator[Platform]:
    settings = SandboxSettings("http://127.0.0.1:1/wechat", TOKEN, APP_ID, "test-secret", AES_KEY, "gh_test00000001")
    made = Platform()
    with _served(made.counting(create_sandbox(settings))) as url:
        made.url = f"{url}/sandbox/api"
        yield made


@contextmanager
def _served(app: Callable[..., object]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def live_operator(operator: Operator, platform: Platform) -> Operator:
    """One whose account lives in the sandbox."""
    operator.configure(
        wechat__app_id=APP_ID, wechat__app_secret="test-secret", wechat__api_base_url=platform.url,
        redis__url="unix:///nowhere.sock",
    )  # fmt: skip
    return operator


@dataclass
class OddPlatform:
    """Something at the platform's address that answers whatever it is told to, by the last part of the path."""

    url: str = ""
    answers: dict[str, bytes | Callable[[dict[str, Any]], object]] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        asked = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = self.answers[environ["PATH_INFO"].rsplit("/", 1)[1]]
        return [answer if isinstance(answer, bytes) else json.dumps(answer(json.loads(asked or b"{}"))).encode()]


@pytest.fixture
def odd_platform() -> Iterator[OddPlatform]:
    made = OddPlatform(answers={"stable_token": b'{"access_token": "t", "expires_in": 7200}'})
    with _served(made) as url:
        made.url = url
        yield made
