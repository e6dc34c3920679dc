"""Processes of an installation live and die together; a port belongs to one; stopping finishes what was begun."""

import os
import signal

import psutil
import pytest
from conftest import wait_until

from tests.journeys.installation import START_SECONDS


@pytest.mark.parametrize("command", ["web", "serve"])
def test_stopping_finishes_the_request_that_is_being_answered(installation, in_background, command):
    installation.start(command)
    phone = installation.phone("safe")
    message, line = phone.writes("宪法知识竞答"), phone.line(START_SECONDS)
    worker = installation.worker_of(line)
    with installation.nothing_is_written():
        last = in_background(phone.post, message, line)
        wait_until(lambda: installation.is_handling(phone))
        installation.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not is_listening(worker))
    assert "第 1 题" in last.result().text
    assert installation.process.wait(timeout=START_SECONDS) == 0
    assert installation.rounds(phone) == 1 and installation.processes() == []


def is_listening(process):
    return any(line.status == psutil.CONN_LISTEN for line in process.net_connections("tcp"))


@pytest.mark.parametrize("installation", ["sqlite+embedded"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_stopping_ends_workers_that_still_start(installation, number):
    """A worker inherits the handlers of its main process until it has its own."""
    installation.launch("web")
    wait_until(lambda: len(installation.workers()) == 2, START_SECONDS)
    os.kill(installation.process.pid, number)
    installation.process.wait(timeout=START_SECONDS)
    wait_until(lambda: installation.processes() == [], START_SECONDS)


def test_killing_the_web_servers_main_process_leaves_no_worker_serving(installation):
    installation.start("web")
    os.kill(installation.process.pid, signal.SIGKILL)
    wait_until(lambda: installation.processes() == [], START_SECONDS)
    assert not installation.answers()


def test_killing_the_main_process_of_everything_leaves_nobody_behind(installation):
    installation.start("serve")
    os.kill(installation.process.pid, signal.SIGKILL)
    wait_until(lambda: installation.processes() == [], START_SECONDS)
    assert not installation.answers()


def test_a_killed_web_server_is_started_again_and_its_old_workers_are_gone(installation):
    installation.start("serve")
    wait_until(lambda: len(installation.workers()) == 2)
    phone, before = installation.phone("safe"), installation.workers()
    phone.says("宪法知识竞答")
    installation.web().kill()
    wait_until(lambda: not any(worker.is_running() for worker in before))
    wait_until(installation.is_ready, 60)
    assert "第 2 题" in phone.answers().text


@pytest.mark.parametrize("command", ["serve", "web"])
def test_a_second_start_on_a_taken_port_is_refused_in_plain_words(standing, command):
    second = standing.run(command)
    assert second.returncode == 1 and f"端口 {standing.port} 已经被占用" in second.stderr
    assert "Traceback" not in second.stderr and len(second.stderr.splitlines()) == 1
    assert standing.phone("safe").says("法律援助条件").status == 200


def test_web_and_scheduler_can_run_as_services_of_their_own(installation):
    installation.start("web")
    web = installation.process
    installation.start("scheduler")
    phone = installation.phone("safe")
    assert "第 1 题" in phone.says("宪法知识竞答").text
    wait_until((installation.config.data / "scheduler.alive").exists)
    assert installation.stop() == 0
    assert "第 2 题" in phone.answers().text
    installation.process = web


@pytest.mark.parametrize("installation", ["sqlite+embedded"], indirect=True)
@pytest.mark.parametrize(("owner", "other"), [("web", "scheduler"), ("scheduler", "web"), ("scheduler", "serve")])
def test_whoever_shares_the_redis_of_a_process_that_is_killed_gets_another_one(installation, owner, other):
    """As everything does that is started while the Redis of those before it still answers."""
    installation.launch(owner)
    wait_until(installation.redis.answers, START_SECONDS)
    first, redis = installation.process, psutil.Process(installation.redis.pid)
    installation.launch(other)
    alive = installation.config.data / "scheduler.alive"
    wait_until(alive.exists if other == "scheduler" else installation.is_ready, START_SECONDS)
    first.kill()
    first.wait()
    redis.wait(timeout=START_SECONDS)
    wait_until(installation.redis.answers, START_SECONDS)
