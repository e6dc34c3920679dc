"""A load on one address of this machine: prepared requests over some open connections, bounded in count and time."""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Result:
    seconds: float
    latencies: list[float] = field(default_factory=list)
    wrong: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds under which this share of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def post(port: int, path: str, body: bytes) -> bytes:
    """One request, ready to be sent."""
    length = len(body)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n"
    )
    return head.encode() + body


def run(port: int, requests: Sequence[bytes], connections: int = 16, most_seconds: float = 60.0) -> Result:
    """Sends every request once and waits for its answer; an answer that is not 200 with a body counts as wrong."""
    queue = iter(requests)
    selector = selectors.DefaultSelector()
    result = Result(0.0)
    started = time.perf_counter()
    for _ in range(connections):
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(line, selectors.EVENT_READ, [b"", 0.0])
        _send_next(line, selector, queue)
    while selector.get_map() and time.perf_counter() - started < most_seconds:
        for key, _ in selector.select(timeout=1.0):
            line, state = key.fileobj, key.data
            state[0] += line.recv(65536)  # type: ignore[union-attr]
            if _is_whole(state[0]):
                result.latencies.append(time.perf_counter() - state[1])
                result.wrong += not state[0].startswith(b"HTTP/1.1 200") or state[0][-4:] == b"\r\n\r\n"
                _send_next(line, selector, queue)  # type: ignore[arg-type]
    result.seconds = time.perf_counter() - started
    return result


def paced(port: int, requests: Sequence[bytes], a_second: int, connections: int = 64) -> Result:
    """Sends so many a second, whether earlier ones have been answered or not; how long each waited from the moment at
    which it was to be sent.
    """
    free = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    for line in free:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    selector, result, sent, started = selectors.DefaultSelector(), Result(0.0), 0, time.perf_counter()
    while len(result.latencies) < len(requests):
        now = time.perf_counter() - started
        while sent < len(requests) and free and now >= sent / a_second:
            line = free.pop()
            line.sendall(requests[sent])
            selector.register(line, selectors.EVENT_READ, [b"", sent / a_second])
            sent += 1
        wait = max(0.0, sent / a_second - now) if free and sent < len(requests) else 1.0
        for key, _ in selector.select(timeout=wait) if selector.get_map() else _slept(wait):
            line, state = key.fileobj, key.data  # type: ignore[assignment]
            state[0] += line.recv(65536)
            if _is_whole(state[0]):
                result.latencies.append(time.perf_counter() - started - state[1])
                result.wrong += not state[0].startswith(b"HTTP/1.1 200") or state[0][-4:] == b"\r\n\r\n"
                selector.unregister(line)
                free.append(line)
    for line in free:
        line.close()
    result.seconds = time.perf_counter() - started
    return result


def _slept(seconds: float) -> tuple[()]:
    time.sleep(seconds)
    return ()


def _send_next(line: socket.socket, selector: selectors.BaseSelector, queue: "object") -> None:
    request = next(queue, None)  # type: ignore[call-overload]
    if request is None:
        selector.unregister(line)
        line.close()
        return
    state = selector.get_key(line).data
    state[0], state[1] = b"", time.perf_counter()
    line.sendall(request)


def _is_whole(received: bytes) -> bool:
    head, mark, body = received.partition(b"\r\n\r\n")
    if not mark:
        return False
    for row in head.lower().split(b"\r\n"):
        if row.startswith(b"content-length:"):
            return len(body) >= int(row.split(b":")[1])
    return True
