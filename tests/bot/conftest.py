"""What the tests of bot/ share: a Redis that can be upset, installations that many tests use, WeChat as the other side."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from conftest import new_postgres_database
from defusedxml import ElementTree
from flask import Flask
from hypothesis import settings
from makers import signed_query
from wechatpy.crypto import WeChatCrypto

from bot import wiring
from bot.config import Config, make_config
from bot.turnstile import Turnstile
from bot.webhook import Webhook, make_blueprint
from bot.wechat.envelope import Envelope
from content.store import embedded
from content.store.db import Database
from content.store.memory import Memory
from handlers.desk import Bureau
from handlers.turns import Tally

settings.register_profile("bot", deadline=None)  # a busy machine is no fault
settings.load_profile("bot")


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
    embedded.stop(upset.process)


@pytest.fixture(params=["up", "emptied", "killed", "stopped"])
def mishap(request: pytest.FixtureRequest, own_redis: Upset) -> Callable[[], None]:
    """What happens to Redis in this run of the test, when it is called."""
    return getattr(own_redis, request.param)


# ── an installation that many tests use, each with citizens of its own ────────────────────────────────────────────────

TOKEN, APP_ID = "test-token", "wxtest0000000000"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shared_config(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model: Path) -> Config:
    folder = tmp_path_factory.mktemp("office")
    (folder / "model").mkdir()
    (folder / "model" / model.name).symlink_to(model)
    url = f"sqlite:///{folder}/pufa.db"
    if request.param == "postgresql":
        url = new_postgres_database(request.getfixturevalue("postgres_server"))
    made = make_config(
        {
            "wechat.token": TOKEN,
            "wechat.app_id": APP_ID,
            "wechat.app_secret": "test-secret",
            "wechat.encoding_aes_key": AES_KEY,
            "wechat.mode": "compatible",
            "database.url": url,
            "server.data": str(folder),
            "server.public_url": "https://pufa.example",
            "security.key_file": str(folder / "keys.json"),
        }
    )
    wiring.prepare(made)
    return made


@pytest.fixture(scope="session")
def shared_bureau(shared_config: Config) -> Iterator[Bureau]:
    database = Database(shared_config.database_url, 1.5)
    yield wiring.open_bureau(shared_config, database, shared_config.server_public_url)
    database.close()


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("redis")
    process = embedded.start(folder)
    yield embedded.socket_url(folder)
    if process:
        embedded.stop(process)


@pytest.fixture(scope="session")
def shared_tally(shared_bureau: Bureau) -> Iterator[Tally]:
    made = Tally(shared_bureau.database)
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_memory(shared_redis: str) -> Memory:
    return Memory(shared_redis)


@pytest.fixture
def make_post() -> Callable[..., "Post"]:
    return _make_post


def _make_post(bureau: Bureau, memory: Memory, tally: Tally, mode: str = "compatible", **more: object) -> "Post":
    """WeChat before a worker with these parts."""
    envelope = Envelope(TOKEN, APP_ID, (AES_KEY, ""), mode, bureau.keyring.derive("webhook"))
    app = Flask("webhook")
    app.register_blueprint(make_blueprint(Webhook(envelope, Turnstile(memory), tally, lambda: bureau, **more)))
    return Post(app, "safe" if mode == "safe" else "plain")


@pytest.fixture
def post(shared_bureau: Bureau, shared_memory: Memory, shared_tally: Tally) -> "Post":
    """WeChat, which sends to a worker of the shared installation."""
    return _make_post(shared_bureau, shared_memory, shared_tally)


@dataclass
class Post:
    """Signs, seals and sends as WeChat does, with wechatpy's crypto; opens what comes back."""

    app: Flask
    mode: str = "plain"

    def sends(self, xml: str | bytes, **headers: object) -> "Came":
        body = xml.encode() if isinstance(xml, str) else xml
        query = signed_query(TOKEN)
        if self.mode == "safe":
            sealed = ElementTree.fromstring(CRYPTO.encrypt_message(body, query["nonce"], query["timestamp"]))
            query |= {"encrypt_type": "aes", "msg_signature": str(sealed.findtext("MsgSignature"))}
            body = f"<xml><ToUserName>gh_a</ToUserName><Encrypt>{sealed.findtext('Encrypt')}</Encrypt></xml>".encode()
        return self.raw(body, query, **headers)

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
