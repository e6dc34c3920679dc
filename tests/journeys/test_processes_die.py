"""Processes are killed with -9 at the worst moments: WeChat's third delivery at the latest gets the reply, the same
bytes where one was made before, and there is one effect.
"""

import socket
import threading
from dataclasses import replace

import pytest
from conftest import wait_until
from sqlalchemy import make_url

from tests.journeys.installation import START_SECONDS, WITH_SERVERS


@pytest.fixture
def player(installation):
    """Somebody who has answered one question; nothing of his is on its way."""
    installation.start()
    phone = installation.phone("safe")
    phone.says("宪法知识竞答")
    phone.answers()
    wait_until(lambda: not installation.is_handling(phone))
    return phone


def see_end(process):
    """A dying process may still hold the port and reset a connection; WeChat, which delivers every five seconds, would
    not come at that very moment twice.
    """
    process.wait(timeout=START_SECONDS)


def answered_once(installation, player, first, place):
    """WeChat insists, and hears the next question; whatever was heard before or is heard again is the same."""
    heard = player.insists()
    assert f"第 {place} 题" in heard.text, heard
    assert first.result().wire in (b"", heard.wire) and player.again().wire == heard.wire
    assert len(installation.given(player)) == place - 1 and installation.rounds(player) == 1


def test_a_worker_killed_in_the_middle_of_a_message_loses_and_doubles_nothing(installation, player, in_background):
    message, line = player.writes("A"), player.line()
    worker = installation.worker_of(line)
    with installation.nothing_is_written():
        first = in_background(player.post, message, line)
        wait_until(lambda: installation.is_handling(player))
        worker.kill()
        assert first.result().status is None
    see_end(worker)
    answered_once(installation, player, first, 3)
    wait_until(lambda: len(installation.workers()) == 2, START_SECONDS)


def test_a_worker_killed_when_the_answer_is_stored_gives_the_reply_to_the_retry(installation, player, in_background):
    message, line = player.writes("A"), player.line()
    worker = installation.worker_of(line)
    first = in_background(player.post, message, line)
    wait_until(lambda: len(installation.given(player)) == 2)
    worker.kill()
    see_end(worker)
    answered_once(installation, player, first, 3)


def test_the_web_servers_main_process_killed_in_the_middle_of_a_message_loses_and_doubles_nothing(
    installation, player, in_background
):
    """Its workers do not outlive it, not even to finish: one that locks up in that could be ended by nobody."""
    ended = [installation.web(), *installation.workers()]
    with installation.nothing_is_written():
        first = in_background(player.post, player.writes("A"))
        wait_until(lambda: installation.is_handling(player))
        ended[0].kill()
        assert first.result().status is None
    for process in ended:
        see_end(process)
    wait_until(installation.is_ready, START_SECONDS)
    answered_once(installation, player, first, 3)


def test_everything_killed_in_the_middle_of_a_message_and_started_at_once_loses_and_doubles_nothing(
    installation, player, in_background
):
    """A Redis of its own is on its way out then, and may still answer the one who starts."""
    with installation.nothing_is_written():
        first = in_background(player.post, player.writes("A"))
        wait_until(lambda: installation.is_handling(player))
        installation.process.kill()
        assert first.result().status is None
    installation.process.wait()
    installation.start()
    answered_once(installation, player, first, 3)
    wait_until(lambda: b'"redis":"ok"' in installation.get("/readyz"))


class CutAfterCommit:
    """Stands between the workers and PostgreSQL; once armed, kills the worker whose answer to the quiz has just been
    committed, before it hears of that.
    """

    def __init__(self, server_port, workers):
        self.target, self.workers = server_port, workers
        self.armed, self.killed = False, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, address = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            state = {"port": address[1], "wrote": False, "commits": False}
            for source, sink, look in ((client, server, self.goes), (server, client, self.comes)):
                threading.Thread(target=self.pump, args=(source, sink, look, state), daemon=True).start()

    def pump(self, source, sink, look, state):
        try:
            while (data := source.recv(65536)) and look(data.lower(), state):
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            end.close()

    def goes(self, data, state):
        state["wrote"] |= self.armed and b"insert into quiz_answers" in data
        state["commits"] |= state["wrote"] and b"commit" in data
        return True

    def comes(self, data, state):
        if not self.armed or not state["commits"] or b"commit" not in data:
            return True
        self.armed = False
        self.killed = [worker for worker in self.workers() if state["port"] in ports_of(worker)]
        for worker in self.killed:
            worker.kill()
        return False


def ports_of(process):
    return {line.laddr.port for line in process.net_connections("tcp")}


@pytest.fixture
def cut(installation):
    address = make_url(installation.config.database_url)
    cut = CutAfterCommit(address.port, installation.workers)
    through = address.set(port=cut.port).render_as_string(hide_password=False)
    installation.config = replace(installation.config, database_url=through)
    yield cut
    cut.listener.close()


@pytest.mark.parametrize("installation", [WITH_SERVERS], indirect=True)  # SQLite has no wire to cut
def test_a_worker_killed_between_storing_and_acknowledging_gives_the_reply_to_the_retry(installation, cut):
    installation.start()
    phone = installation.phone("safe")
    phone.says("宪法知识竞答")
    cut.armed = True
    assert phone.says("A").status is None and len(cut.killed) == 1
    see_end(cut.killed[0])
    heard = phone.insists()
    assert "第 2 题" in heard.text and phone.again().wire == heard.wire
    assert installation.given(phone) == ["A"]
