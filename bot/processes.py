"""How our processes live and die together: children end with their parent, a dead child is started again, Ctrl-C
stops all.
"""

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from content.store import clock

RESTART_SECONDS = 1.0
STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1
_log = logging.getLogger(__name__)


class PortTaken(Exception):
    """Somebody listens there already, or it is no place to listen at; the message says what to do."""


def end_with_parent(number: int = signal.SIGTERM) -> None:
    """This process gets this signal when the one that started it is gone, even by kill -9 (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def end_forked_with_parent() -> None:
    """Whatever is forked from here on ends on a stop signal: until the web server has set handlers of its own in a
    worker, it has those of the main process, which would swallow the signal.

    And it ends at once where this process is gone. The kernel tells of that once for every thread that goes, and a
    worker that is told to stop three times in the middle of a request locks up for good, with its transaction open.
    WeChat delivers again what was cut off.
    """
    main = os.getpid()

    def begin() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        end_with_parent(signal.SIGKILL)
        if os.getppid() != main:  # gone before anybody could tell us
            os.kill(os.getpid(), signal.SIGKILL)

    os.register_at_fork(after_in_child=begin)


def check_port_free(host: str, port: int) -> None:
    """The web server would share a taken port silently. Raises PortTaken."""
    target = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    with socket.socket(socket.AF_INET6 if ":" in target else socket.AF_INET) as probe:
        probe.settimeout(1.0)
        try:
            is_taken = probe.connect_ex((target, port)) == 0
        except socket.gaierror:
            raise PortTaken(f"找不到 server.host 写的地址 {host}：请写本机的地址，如 127.0.0.1。") from None
        if is_taken:
            raise PortTaken(
                f"端口 {port} 已经被占用：请先停掉占用它的程序，或换一个端口，例如 make demo PORT={port + 1000}。"
            )


@dataclass
class Child:
    """One process of ours: `pufa` with these words."""

    words: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    when_orphaned: int = signal.SIGTERM
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        command = [sys.executable, "-m", "bot.cli", *self.words]
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            env={**os.environ, **self.environment},
            start_new_session=True,
            preexec_fn=partial(end_with_parent, self.when_orphaned),
        )


def supervise(
    children: Sequence[Child],
    after: Callable[[list[int]], None] | None = None,
    keep: Callable[[], None] | None = None,
) -> None:
    """Runs the children until this process is told to stop; starts again what ends by itself. `after` runs once they
    run and is given what fills when a stop signal comes; `keep` looks after what else must be there.
    """
    stop = _on_stop_signals()
    try:
        for child in children:
            child.start()
        if after:
            after(stop)
        while not stop:
            time.sleep(0.2)
            if keep:
                keep()
            _restart_ended(children, stop)
    finally:
        stop_all([child.process for child in children if child.process])


def _restart_ended(children: Sequence[Child], stop: list[int]) -> None:
    for child in children:
        if child.process and child.process.poll() is not None and not stop:
            _log.error("a process ended and is started again", extra={"words": list(child.words)})
            time.sleep(RESTART_SECONDS)
            child.start()


def stop_all(processes: "Sequence[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        process.terminate()
    until = clock.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, until - clock.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()


def _on_stop_signals() -> list[int]:
    """A list that is empty until a stop signal comes."""
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, frame: received.append(signum))
    return received
