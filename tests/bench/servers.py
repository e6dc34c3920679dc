"""Starts what is measured: one web worker of ours or of the bare app, each on the same server program."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from bot import wiring
from bot.config import Config, make_config
from bot.demo.settings import environment_of
from content.store import embedded
from tests.bench import bare

ROOT = Path(__file__).parent.parent.parent
TOKEN = "bench-token"  # noqa: S105 - of a server that lives for this run
THREADS = 5


@dataclass
class Server:
    port: int
    process: "subprocess.Popen[bytes]"
    seconds_to_first_answer: float

    def resident_megabytes(self) -> float:
        """Of the worker, not of the program that watches over it."""
        workers = psutil.Process(self.process.pid).children(recursive=True)
        return max((worker.memory_info().rss for worker in workers), default=0) / 2**20


def settings(folder: Path, port: int, **more: object) -> Config:
    return make_config(
        {
            "wechat.token": TOKEN,
            "wechat.app_id": "wxbench",
            "database.url": f"sqlite:///{folder}/pufa.db",
            "server.data": str(folder),
            "server.port": port,
            "server.workers": 1,
            "server.threads": THREADS,
            "server.public_url": "https://pufa.example",
            "security.key_file": str(folder / "keys.json"),
            **more,
        }
    )


@contextmanager
def folder_with_redis() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pufa-bench-") as name:
        folder = Path(name)
        redis = embedded.start(folder)
        try:
            yield folder
        finally:
            if redis:
                embedded.stop(redis)


@contextmanager
def ours(config: Config) -> Iterator[Server]:
    wiring.prepare(config)
    command = [sys.executable, "-m", "bot.cli", "web"]
    with _running(command, environment_of(config), config.server_port, "/readyz") as server:
        yield server


@contextmanager
def the_bare_app(folder: Path, port: int, keywords: list[str]) -> Iterator[Server]:
    environment = {
        "BARE_REDIS": embedded.socket_url(folder),
        "BARE_KEYWORDS": "\n".join(keywords),
        "BARE_TOKEN": TOKEN,
    }
    command = [
        sys.executable, "-m", "granian", f"{bare.__name__}:create", "--factory", "--interface", "wsgi",
        "--workers", "1", "--blocking-threads", str(THREADS), "--port", str(port), "--log-level", "warning",
    ]  # fmt: skip
    with _running(command, environment, port, "/") as server:
        yield server


@contextmanager
def _running(command: list[str], environment: dict[str, str], port: int, path: str) -> Iterator[Server]:
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment, "PYTHONPATH": str(ROOT)})  # noqa: S603
    try:
        while not _answers(f"http://127.0.0.1:{port}{path}"):
            if process.poll() is not None or time.perf_counter() - started > 60:
                raise RuntimeError(f"did not start: {command}")
            time.sleep(0.02)
        yield Server(port, process, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).status_code < 500
    except requests.RequestException:
        return False
