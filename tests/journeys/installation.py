"""A whole installation as an operator starts it, in a folder and on a port of its own; its Redis can be mistreated."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import redis as redis_library
import requests
from conftest import ROOT, free_port, new_postgres_database, wait_until
from sqlalchemy import select, text

from bot import wiring
from bot.config import Config, make_config
from bot.demo.settings import environment_of
from content.store import clock, embedded
from content.store.db import Database
from content.store.keys import open_keyring
from handlers import citizens
from handlers.quiz.models import GivenAnswer, Round
from tests.journeys.phone import AES_KEY, APP_ID, TOKEN, Phone

START_SECONDS = 90.0  # of a machine that is busy with other things; a quiet one needs three
ALONE, WITH_SERVERS = "sqlite+embedded", "postgresql+redis"


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

    def naming(self, *words: str) -> set[str]:
        """Keys that hold one of these words, but for a message's own reply, which is gone within two minutes."""
        found = set()
        with redis_library.Redis.from_url(self.url, socket_timeout=5) as client:
            for key in client.scan_iter("*"):
                is_list = client.type(key) == b"list"
                held = b" ".join(client.lrange(key, 0, -1)) if is_list else client.get(key) or b""
                is_reply = key.startswith(b"reply:") and 0 < client.ttl(key) <= 120
                if not is_reply and any(word.encode() in key + b" " + held for word in words):
                    found.add(key.decode())
        return found

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
        return self.process.wait(timeout=START_SECONDS)

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
        return processes_of(self.config.data)

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
        """Whether a message of this citizen is being answered now, or was a moment ago: its turn ends behind the reply,
        and whoever wants to see the next one begin waits for that first.
        """
        with redis_library.Redis.from_url(self.redis.url, socket_timeout=5) as client:
            lock = client.get(f"lock:{self.pseudonym(phone)}")
            return lock is not None and int(lock.split()[-1]) > clock.timestamp() * 1000

    def waiting(self, phone: Phone) -> int:
        """How many messages of this citizen wait for an earlier one."""
        with redis_library.Redis.from_url(self.redis.url, socket_timeout=5) as client:
            return int(client.llen(f"wait:{self.pseudonym(phone)}"))

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


def processes_of(folder: Path) -> list[psutil.Process]:
    """Every process that was started for this folder, whoever its parent is by now."""
    return [process for process in psutil.process_iter() if _is_of(process, folder)]


def _is_of(process: psutil.Process, folder: Path) -> bool:
    """Redis writes its title over its environment; the title names its socket."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return process.environ().get("JOURNEY") == str(folder) or f"unixsocket:{folder}/" in " ".join(process.cmdline())
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
        "wechat.api_base_url": "http://127.0.0.1:1",  # nobody: schedulers ask WeChat by themselves
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


@dataclass
class Demo:
    """`pufa demo` as `make demo` runs it in a terminal; `log` is what the terminal shows."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> str:
        return (self.folder / "terminal").read_text(encoding="utf-8")

    def launch(self) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("PUFA_")}
        own |= {"HOST": "127.0.0.1", "PORT": str(self.port), "DATA": str(self.folder / "data")}
        with (self.folder / "terminal").open("wb") as terminal:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "bot.cli", "demo"],
                env={**own, "PYTHONPATH": str(ROOT), "JOURNEY": str(self.folder)},
                cwd=self.folder,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
            )

    def start(self) -> None:
        self.launch()
        wait_until(lambda: "Ctrl-C" in self.log or self.process.poll() is not None, START_SECONDS)  # type: ignore[union-attr]
        assert "Ctrl-C" in self.log, self.log

    def interrupt(self) -> int:
        """Ctrl-C: everybody in the terminal gets it."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(timeout=START_SECONDS)

    def acts(self, path: str, **form: object) -> dict[str, Any]:
        """What the sandbox's own page does."""
        answer = requests.post(f"http://127.0.0.1:{self.port + 1}/sandbox/phone/{path}", json=form, timeout=20)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def running(self) -> set[str]:
        """What runs of it: the commands of `pufa`, and other programs by their names."""
        names = set()
        for process in processes_of(self.folder):
            with suppress(psutil.NoSuchProcess):
                if words := process.cmdline():
                    names.add(words[-1] if "bot.cli" in words else process.name())
        return names

    def close(self) -> None:
        for process in processes_of(self.folder):
            process.kill()
        if self.process:
            self.process.wait()


def make_demo(folder: Path, model: Path) -> Demo:
    lend_model(folder / "data", model)
    return Demo(folder, free_port(following=1))
