"""A whole installation as an operator starts it, in a folder and on a port of its own, and a citizen's phone before it.

`standing` is shared by journeys that leave it as they found it; `installation` is for those that break it. Both come
twice: alone on its machine (SQLite, embedded Redis) and with servers (PostgreSQL, a Redis by URL).
"""

import html
import http.client
import itertools
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
import redis as redis_library
import requests
from conftest import ROOT, free_port, new_postgres_database, wait_until
from defusedxml import ElementTree
from makers import ACCOUNT, message_xml, signed_query
from sqlalchemy import select, text
from wechatpy.crypto import WeChatCrypto

from bot import wiring
from bot.config import Config, make_config
from bot.demo import environment_of
from content.store import embedded
from content.store.db import Database
from content.store.keys import open_keyring
from handlers import citizens
from handlers.quiz.models import GivenAnswer, Round

TOKEN, APP_ID = "journey-token", "wxjourney0000000"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PATIENCE_SECONDS = 5.0  # WeChat's
ATTEMPTS = 3
START_SECONDS = 90.0  # of a machine that is busy with other things; a quiet one needs three
ALONE, WITH_SERVERS = "sqlite+embedded", "postgresql+redis"
_CHOICE = re.compile(r'msgmenucontent=([^&"]+)')
_LINK = re.compile(r'<a href="(https?://[^"]+)"')
_moments = itertools.count(1_793_600_000)


# ── the phone ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Heard:
    """What came back for one message; `status` is None where nobody answered."""

    status: int | None
    wire: bytes = b""
    xml: str = ""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        return (self._tag("Content") or "") if self.xml else ""

    @property
    def choices(self) -> list[str]:
        return _CHOICE.findall(self.text)

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.text)

    def _tag(self, name: str) -> str | None:
        found: str | None = ElementTree.fromstring(self.xml).findtext(name)
        return found


@dataclass
class Phone:
    """A citizen and the WeChat that carries his words: signs, encrypts, posts, reads what comes back."""

    port: int
    mode: str = "plain"
    aes_key: str = AES_KEY
    openid: str = field(default_factory=lambda: f"o{secrets.token_hex(13)}")
    heard: list[Heard] = field(default_factory=list)
    sent: str = ""

    def says(self, text: str, **fields: str) -> Heard:
        return self.deliver(message_xml(self.openid, Content=text, **fields))

    def taps(self, number: int) -> Heard:
        """A choice under the last reply, as WeChat sends it when it is touched."""
        return self.says(html.unescape(self.heard[-1].choices[number - 1]), bizmsgmenuid=str(number))

    def writes(self, text: str) -> str:
        """A message of his, not sent yet."""
        self.sent = message_xml(self.openid, Content=text)
        return self.sent

    def sends(self, kind: str, **fields: str) -> Heard:
        return self.deliver(message_xml(self.openid, kind, **fields))

    def event(self, name: str, **fields: str) -> Heard:
        return self.deliver(message_xml(self.openid, "event", next(_moments), Event=name, **fields))

    def again(self) -> Heard:
        """WeChat delivers the last message once more, signed and encrypted anew."""
        return self.deliver(self.sent)

    def answers(self) -> Heard:
        """The open question of a quiz: the first option, or two letters where more than one may be right."""
        return self.taps(1) if self.heard[-1].choices else self.says("AB")

    def insists(self, text: str) -> Heard:
        """Delivered as often as WeChat does while nobody answers."""
        heard = self.says(text)
        for _ in range(ATTEMPTS - 1):
            if heard.status == 200:
                break
            heard = self.again()
        return heard

    def deliver(self, xml: str) -> Heard:
        self.sent = xml
        heard = self.post(xml)
        self.heard.append(heard)
        return heard

    def line(self) -> http.client.HTTPConnection:
        """An open connection, for whoever wants to see who takes it."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        line.connect()
        return line

    def post(self, xml: str, line: http.client.HTTPConnection | None = None) -> Heard:
        began = time.monotonic()
        line = line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            path, body = self.sealed(xml)
            line.request("POST", path, body, {"Content-Type": "text/xml", "Connection": "close"})
            answer = line.getresponse()
            wire = answer.read()
        except (OSError, http.client.HTTPException):
            return Heard(None, seconds=time.monotonic() - began)
        finally:
            line.close()
        return Heard(answer.status, wire, self.opened(answer.status, wire), time.monotonic() - began)

    def sealed(self, xml: str) -> tuple[str, bytes]:
        """Path with query, and body."""
        query = signed_query(TOKEN, nonce=secrets.token_hex(5), timestamp=str(next(_moments)))
        if self.mode == "plain":
            return f"/wechat?{urlencode(query)}", xml.encode()
        envelope = WeChatCrypto(TOKEN, self.aes_key, APP_ID).encrypt_message(xml, query["nonce"], query["timestamp"])
        tags = ElementTree.fromstring(envelope)
        query |= {"encrypt_type": "aes", "msg_signature": tags.findtext("MsgSignature"), "openid": self.openid}
        locked = f"<Encrypt><![CDATA[{tags.findtext('Encrypt')}]]></Encrypt>"
        outside = f"<xml><ToUserName>{ACCOUNT}</ToUserName>" if self.mode == "safe" else xml.removesuffix("</xml>")
        return f"/wechat?{urlencode(query)}", f"{outside}{locked}</xml>".encode()

    def opened(self, status: int, wire: bytes) -> str:
        """The reply's XML; empty where nothing was said."""
        if status != 200 or wire in (b"", b"success"):
            return ""
        if self.mode == "plain":
            return wire.decode()
        tags = ElementTree.fromstring(wire)
        signed = [tags.findtext(name) for name in ("MsgSignature", "TimeStamp", "Nonce")]
        return str(WeChatCrypto(TOKEN, self.aes_key, APP_ID).decrypt_message(wire, *signed))


# ── the installation ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class RedisServer:
    """The installation's Redis, as somebody with root on its machine can treat it."""

    url: str
    port: int = 0  # 0: the installation's own, which it must bring back itself
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        if self.port:
            command = [embedded.find_binary(), "--port", str(self.port), "--save", "", "--appendonly", "no"]
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
        wait_until(self.answers, START_SECONDS)
        self.__dict__.pop("pid", None)

    @cached_property
    def pid(self) -> int:
        with redis_library.Redis.from_url(self.url, socket_timeout=5) as client:
            return int(client.info("server")["process_id"])

    def answers(self) -> bool:
        try:
            with redis_library.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis_library.RedisError:
            return False

    def empty(self) -> None:
        with redis_library.Redis.from_url(self.url, socket_timeout=5) as client:
            client.flushall()

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        wait_until(lambda: not self.answers())
        if self.process:
            self.process.wait()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=10)


@dataclass
class Installation:
    """`pufa` running as processes of its own. What it prints is in `log`."""

    config: Config
    redis: RedisServer
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def port(self) -> int:
        return self.config.server_port

    @property
    def log(self) -> Path:
        return self.config.data / "log"

    @cached_property
    def database(self) -> Database:
        return Database(self.config.database_url)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`pufa` with these words, to its end."""
        command = [sys.executable, "-m", "bot.cli", *words]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=90)  # noqa: S603

    def start(self, command: str = "serve") -> None:
        self.launch(command)
        wait_until(self.is_ready, START_SECONDS)

    def launch(self, command: str) -> None:
        """Started, and not waited for."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "bot.cli", command], stdout=log, stderr=log, cwd=self.config.data,
                env=self.environment(),
            )  # fmt: skip

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("PUFA_")}
        return {**own, **environment_of(self.config), "PYTHONPATH": str(ROOT), "JOURNEY": str(self.config.data)}

    def is_ready(self) -> bool:
        assert self.process is None or self.process.poll() is None, self.log.read_text()
        return self.answers("/readyz")

    def answers(self, path: str = "/healthz") -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=1).status_code == 200
        except requests.RequestException:
            return False

    def get(self, path: str) -> bytes:
        return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=5).content

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=20)

    def close(self) -> None:
        """Ends it however it is, and says if that left anybody behind."""
        stuck = False
        if self.process and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                stuck = True
        self.database.close()
        left = {process: process.cmdline() for process in self.processes()}
        for process in left:
            process.kill()
        self.redis.stop()
        if self.process:
            self.process.wait()
        assert not stuck, "it did not stop in time"
        assert not left, f"left behind: {list(left.values())}"

    def processes(self) -> list[psutil.Process]:
        """Every process that this installation has started, whoever its parent is by now."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def workers(self) -> list[psutil.Process]:
        """The web workers: children of the `pufa web` that watches over them."""
        webs = self._webs()
        return [process for process, parent in webs.items() if parent in {other.pid for other in webs}]

    def _webs(self) -> dict[psutil.Process, int]:
        """Every process of `pufa web`, with its parent's number."""
        webs = {}
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                if process.cmdline()[-1:] == ["web"]:
                    webs[process] = process.ppid()
        return webs

    def web(self) -> psutil.Process:
        """The web server's main process."""
        webs = self._webs()
        return next(process for process, parent in webs.items() if parent not in {other.pid for other in webs})

    def worker_of(self, line: http.client.HTTPConnection) -> psutil.Process:
        """The worker that has this connection."""
        port = line.sock.getsockname()[1]
        wait_until(lambda: any(_talks_to(worker, port) for worker in self.workers()))
        return next(worker for worker in self.workers() if _talks_to(worker, port))

    @contextmanager
    def nothing_is_written(self) -> Iterator[None]:
        """Whatever wants to write to the database waits."""
        with self.database.transaction() as session:
            if not self.database.is_sqlite:
                session.execute(text("LOCK TABLE receipts IN ACCESS EXCLUSIVE MODE"))
            yield

    def is_handling(self, phone: Phone) -> bool:
        """Whether a message of this citizen is being answered now."""
        with redis_library.Redis.from_url(self.redis.url, socket_timeout=5) as client:
            return bool(client.exists(f"lock:{self.pseudonym(phone)}"))

    def phone(self, mode: str = "plain", **more: str) -> Phone:
        return Phone(self.port, mode, **more)

    def citizen_id(self, phone: Phone) -> str | None:
        with self.database.reading() as session:
            return citizens.find_citizen_id(session, self.pseudonym(phone))

    def pseudonym(self, phone: Phone) -> str:
        return citizens.pseudonym_of(open_keyring(Path(self.config.security_key_file)), phone.openid)

    def given(self, phone: Phone) -> list[str]:
        """The letters of every quiz answer of this citizen that SQL holds, in order."""
        rows = (
            select(GivenAnswer.letters)
            .join(Round, Round.id == GivenAnswer.round_id)
            .where(Round.citizen_id == self.citizen_id(phone))
            .order_by(Round.started_at, GivenAnswer.place)
        )
        with self.database.reading() as session:
            return list(session.scalars(rows))

    def rounds(self, phone: Phone) -> int:
        with self.database.reading() as session:
            return len(session.scalars(select(Round.id).where(Round.citizen_id == self.citizen_id(phone))).all())

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.status() != psutil.STATUS_ZOMBIE and process.environ().get("JOURNEY") == str(
                self.config.data
            )
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False


def _talks_to(worker: psutil.Process, port: int) -> bool:
    return any(line.raddr and line.raddr.port == port for line in worker.net_connections("tcp"))


def lend_model(folder: Path, model: Path) -> None:
    """The trained model, so that nobody waits for training."""
    (folder / "model").mkdir(parents=True)
    (folder / "model" / model.name).symlink_to(model)


def make_installation(kind: str, folder: Path, model: Path, postgres: Callable[[], str]) -> Installation:
    """Its Redis server runs; nothing else does."""
    lend_model(folder, model)
    port, redis_port = free_port(), free_port() if kind == WITH_SERVERS else 0
    settings = {
        "wechat.token": TOKEN,
        "wechat.app_id": APP_ID,
        "wechat.app_secret": "journey-secret",
        "wechat.encoding_aes_key": AES_KEY,
        "wechat.mode": "compatible",
        "database.url": f"sqlite:///{folder}/pufa.db" if kind == ALONE else new_postgres_database(postgres()),
        "redis.url": f"redis://127.0.0.1:{redis_port}/0" if redis_port else "embedded",
        "server.data": str(folder),
        "server.port": port,
        "server.public_url": f"http://127.0.0.1:{port}",
        "security.key_file": str(folder / "keys.json"),
    }
    config = make_config(settings)
    redis = RedisServer(wiring.redis_url(config), redis_port)
    if redis_port:
        redis.start()
    return Installation(config, redis)


@pytest.fixture(scope="session", params=[ALONE, WITH_SERVERS])
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model: Path
) -> Iterator[Installation]:
    """One that serves the whole session."""
    folder = tmp_path_factory.mktemp("standing")
    made = make_installation(request.param, folder, model, lambda: request.getfixturevalue("postgres_server"))
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture(params=[ALONE, WITH_SERVERS])
def installation(request: pytest.FixtureRequest, tmp_path: Path, model: Path) -> Iterator[Installation]:
    """A fresh one, not started yet."""
    made = make_installation(request.param, tmp_path, model, lambda: request.getfixturevalue("postgres_server"))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(params=["plain", "compatible", "safe"])
def phone(request: pytest.FixtureRequest, standing: Installation) -> Phone:
    """A new citizen, in each of the three modes."""
    return standing.phone(request.param)


@pytest.fixture
def citizen(standing: Installation) -> Phone:
    """A new citizen, in the mode of a real account."""
    return standing.phone("safe")


@pytest.fixture
def in_background() -> Iterator[Callable[..., Future[Heard]]]:
    with ThreadPoolExecutor(48) as pool:
        yield pool.submit
