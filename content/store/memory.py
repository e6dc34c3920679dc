"""Redis as speed: the one trip before a reply, and what happens when it is away. Never the only place of anything.

A turn is one message of one citizen. `begin` asks in a single round trip: was this message answered already, is
somebody answering it now, is it this citizen's turn, is a conversation open. `finish` stores the reply for a retry
and lets the next message in; nobody waits for it. Where Redis does not answer in time every call raises `Away` at
once for a while, so that one slow Redis costs one citizen a moment and not everybody every time.
"""

import hashlib
import socket
import ssl
import struct
import threading
import time
from collections import deque
from contextlib import suppress
from enum import IntEnum
from typing import Any, NamedTuple

import hiredis
import redis

from content.store import clock
from content.store.scripts import (
    BROKEN_OFF,
    CONVERSATION_SECONDS,
    KEEP_TURN,
    LATE_SECONDS,
    LEASE_MS,
    NONE,
    OPEN,
    REPLY_SECONDS,
    TURN,
    UNKNOWN,
    WAITERS,
)

__all__ = ["LEASE_MS", "NONE", "OPEN", "UNKNOWN", "WAITERS", "Away", "Begun", "Ended", "Memory", "Stand"]

TIMEOUT_SECONDS = 0.2
AWAY_SECONDS = 1.0
FLUSH_SECONDS = 0.005

OWED = b"owed"
"""In place of a late reply: there is something to be told, and SQL knows what."""
LATEST = 0.75  # of the timeout: what Redis does later than that nobody may be there to hear
_NOT_KNOWN = 1e10  # seconds: never too late
_MOST_UNSENT = 1000
_ANY_NUMBER = 2**31  # redis-py counts every connection ever made and by itself stops at a hundred

_SAY_NOTHING = b"*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$4\r\nSKIP\r\n"
_TURN_SHA = hashlib.sha1(TURN.encode(), usedforsecurity=False).hexdigest()


class Away(Exception):
    """Redis does not answer, or not in time."""


class _NotTried(Away):
    """It was away a moment ago: nothing has been sent."""


class Stand(IntEnum):
    """How a message stands when it arrives."""

    ANSWERED = 0  # the reply is there
    RUNNING = 1  # another worker is answering this very message
    QUEUED = 2  # an earlier message of this citizen is being answered
    CROWDED = 3  # too many of his messages wait already
    YOURS = 4  # answer it
    LATE = 5  # Redis heard of it when nobody waited for its word any more: nothing was done


class Begun(NamedTuple):
    stand: Stand
    reply: bytes = b""
    tries: int = 1  # repeated deliveries of this message so far, while RUNNING or QUEUED
    conversation: str = UNKNOWN
    copy: str = ""  # of the open talk, as it was left behind; SQL decides whether it still stands so
    late: bytes = b""  # the reply that a citizen is still owed
    offer: str = ""  # what the numbered choices of the last reply stand for, a line each


class Ended(NamedTuple):
    """What is left behind when a message has been answered."""

    reply: bytes
    conversation: str
    offer: str = ""
    late_told: bool = False
    copy: str = ""  # of the talk, where one is open


_Ending = tuple[str, str, bytes, str, int, str]
"""What `finish` of the script takes."""
_LET_GO = (b"", BROKEN_OFF, 0, "")
_BEGIN = "begin"


class Memory:
    """All that this process asks of Redis."""

    def __init__(self, url: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        options = {"socket_timeout": timeout_seconds, "socket_connect_timeout": timeout_seconds}
        self.client = redis.Redis.from_url(url, max_connections=_ANY_NUMBER, **options)
        self._pool = self.client.connection_pool
        self._timeout_seconds = timeout_seconds
        self._mine = threading.local()
        self._away_until = 0.0
        self._was_away = False
        self._losses = 0
        self._redis_ahead = _NOT_KNOWN  # seconds by which its clock is ahead of our monotonic one
        self._probing = threading.Lock()
        self._unsent: deque[_Ending] = deque(maxlen=_MOST_UNSENT)
        self._something_unsent = threading.Event()
        threading.Thread(target=self._keep_sending, name="redis-flush", daemon=True).start()

    def begin(self, message_key: str, citizen: str, polling: bool = False) -> Begun:
        """One round trip. Raises Away."""
        until = clock.monotonic() + self._redis_ahead + self._timeout_seconds * LATEST
        try:
            answer = self._exchange(_BEGIN, message_key, citizen, int(until * 1000), int(polling))
        except _NotTried:
            raise
        except Away:  # a Redis that hangs may still give us the turn when it goes on, and nobody would end it
            self._unsent.append((message_key, citizen, *_LET_GO))
            raise
        stand = Stand(answer[0])
        if stand is Stand.LATE:  # or its clock was put on: a new connection asks what time it is there
            self._lost()
            raise Away
        if stand is Stand.ANSWERED:
            return Begun(stand, reply=answer[1])
        if stand in (Stand.RUNNING, Stand.QUEUED):
            return Begun(stand, tries=int(answer[1]))
        if stand is Stand.YOURS:
            talk = answer[1].decode()
            return Begun(stand, conversation=talk[:1], copy=talk[1:], late=answer[2], offer=answer[3].decode())
        return Begun(stand)

    def finish(self, message_key: str, citizen: str, end: "Ended") -> None:
        """Stores the reply and lets go. Nobody waits: it leaves with the next command, or soon after. Raises Away."""
        if self._was_away:
            raise Away
        talk = OPEN + end.copy if end.conversation == OPEN else end.conversation
        self._unsent.append((message_key, citizen, end.reply, talk, int(end.late_told), end.offer))
        if not self._something_unsent.is_set():
            self._something_unsent.set()

    def flush(self) -> None:
        """What is left behind leaves now: for a process that is about to end. Raises Away."""
        self._exchange("PING")

    def keep_turn(self, message_key: str, citizen: str) -> None:
        """The worker is alive and still at it: its lease begins anew. Raises Away."""
        self._exchange("EVAL", KEEP_TURN, 1, f"lock:{citizen}", message_key)

    def told_to_wait(self, message_key: str) -> None:
        """The citizen was told that the answer is still being made: it goes out with his next message."""
        self._exchange("SET", f"reply:{message_key}:told", "1", "EX", REPLY_SECONDS)

    def keep_place(self, message_key: str, citizen: str) -> None:
        """A queued message whose delivery ran out of time keeps its place for the retry."""
        self._exchange("PEXPIRE", f"wait:{citizen}{message_key}", 6000)

    def forget(self, citizen: str) -> None:
        """Drops everything held under this citizen's name. Raises Away."""
        self._exchange("DEL", f"conv:{citizen}", f"late:{citizen}", f"wait:{citizen}", f"offer:{citizen}")

    def mark_owed(self, citizens: list[str]) -> None:
        """These are owed a message that SQL holds: known when they write next. A late reply that waits goes first.
        Raises Away.
        """
        for citizen in citizens:
            self._exchange("SET", f"late:{citizen}", OWED, "EX", LATE_SECONDS, "NX")

    def generation(self) -> str:
        """Raised whenever copies may be stale; part of the mark that says all open conversations are here."""
        return (self._exchange("GET", "gen") or b"0").decode()

    def is_warm(self) -> bool:
        return bool((self._exchange("GET", "warm") or b"").decode() == self.generation())

    def warm(self, citizens: list[str], generation: str) -> None:
        """Marks these citizens as being in a conversation, and everybody else as not. Raises Away."""
        for citizen in citizens:
            self._exchange("SET", f"conv:{citizen}", OPEN, "EX", CONVERSATION_SECONDS, "NX")
        self._exchange("SET", "warm", generation)

    def is_away(self) -> bool:
        """Asks Redis now."""
        try:
            self._exchange("PING")
        except Away:
            return True
        return False

    # ── the wire ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _exchange(self, *words: Any) -> Any:
        """Sends what is unsent and one command on this thread's own connection, and reads the answer. Raises Away."""
        probing = self._may_try()
        unsent: list[_Ending] = []
        try:
            connection = self._connection()
            if probing:
                self._found_again(connection)
            unsent = self._take_unsent()
            connection.send_packed_command([_packed(words, unsent)], check_health=False)
            answer = connection.read_response(disable_decoding=True)
        except (redis.RedisError, OSError) as error:
            self._lost()
            self._unsent.extendleft(reversed(unsent))  # to say it twice does no harm
            raise Away from error
        finally:
            if probing:
                self._probing.release()
        return answer

    def _take_unsent(self) -> list[_Ending]:
        taken: list[_Ending] = []
        with suppress(IndexError):
            while self._unsent:
                taken.append(self._unsent.popleft())
        return taken

    def _keep_sending(self) -> None:
        """A thread: what no other command has taken along goes out by itself."""
        while True:
            self._something_unsent.wait()
            self._something_unsent.clear()
            oldest = self._oldest_unsent()
            time.sleep(FLUSH_SECONDS)
            if oldest is not None and oldest is self._oldest_unsent():  # while there is traffic others take it along
                with suppress(Away):
                    self._exchange("PING")
            elif self._unsent:
                self._something_unsent.set()

    def _oldest_unsent(self) -> "_Ending | None":
        with suppress(IndexError):
            return self._unsent[0]
        return None

    def _may_try(self) -> bool:
        """True where this call probes a Redis that was away. Raises Away while it is not worth trying."""
        if not self._was_away:
            return False
        if clock.monotonic() < self._away_until or not self._probing.acquire(blocking=False):
            raise _NotTried
        return True

    def _connection(self) -> Any:
        """This thread's own; redis-py leaves its connections untyped."""
        connection: Any = getattr(self._mine, "connection", None)
        if connection is None or self._mine.losses != self._losses:  # what was lost for one thread is lost for all
            self._hang_up()
            connection = self._mine.connection = self._pool.make_connection()
            self._mine.losses = self._losses
            connection.connect()
            self._let_the_kernel_wait(connection)
            connection.send_command("SCRIPT", "LOAD", TURN)
            connection.read_response()
            connection.send_command("TIME")
            seconds, microseconds = connection.read_response()
            self._redis_ahead = int(seconds) + int(microseconds) / 1_000_000 - clock.monotonic()
        return connection

    def _let_the_kernel_wait(self, connection: Any) -> None:
        """Python's own time limit costs a second system call for every read and write; the kernel's costs none."""
        line = connection._sock
        if isinstance(line, ssl.SSLSocket):
            return
        limit = struct.pack("ll", *divmod(int(self._timeout_seconds * 1_000_000), 1_000_000))
        line.settimeout(None)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            line.setsockopt(socket.SOL_SOCKET, option, limit)

    def _hang_up(self) -> None:
        connection = getattr(self._mine, "connection", None)
        if connection is not None:
            connection.disconnect()
            self._mine.connection = None

    def _lost(self) -> None:
        self._hang_up()
        self._losses += 1
        self._was_away, self._away_until = True, clock.monotonic() + AWAY_SECONDS

    def _found_again(self, connection: Any) -> None:
        """What was written to SQL meanwhile is not here: before anything is read, every copy is called stale."""
        connection.send_command("INCR", "gen")
        connection.read_response()
        self._was_away = False


def _packed(words: tuple[Any, ...], unsent: list[_Ending]) -> bytes:
    """The command, and before it what is unsent; a turn that begins takes it along."""
    ends: list[Any] = [word for ending in unsent for word in ending]
    if words[0] is _BEGIN:
        begins: bytes = hiredis.pack_command(("EVALSHA", _TURN_SHA, 0, len(unsent), *ends, *words[1:]))
        return begins
    command: bytes = hiredis.pack_command(words)
    if not unsent:
        return command
    finishes: bytes = hiredis.pack_command(("EVALSHA", _TURN_SHA, 0, len(unsent), *ends))
    return _SAY_NOTHING + finishes + command
