"""`make soak`: minutes of load on the real server while its Redis is emptied and stopped, then pushes while schedulers
die, then a campaign of two thousand; ends by itself.

Every message must get an answer, and memory must not grow. Prints a line a round; exits with 1 when a promise is
broken.
"""

import itertools
import os
import signal
import statistics
import sys
import time
from pathlib import Path

import psutil
import redis
from conftest import free_port

from content.store import embedded
from tests.bench import load, soak_posts, soak_quiz, understanding
from tests.bench.__main__ import prepared
from tests.bench.servers import folder_with_redis, ours, settings

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "20"))
SLOWEST_SECONDS = 1.5  # an answer, whatever Redis does, on a machine that is busy with the load itself
MOST_GROWTH = 1.3


def main() -> int:
    texts = [text for _, text, _ in understanding.asked()]
    with folder_with_redis() as folder:
        config = settings(folder, free_port())
        faults = itertools.cycle([_nothing, _empty, _hang])
        sizes: list[float] = []
        with ours(config) as server:
            for number in range(ROUNDS):
                fault = next(faults)
                fault(folder)
                result = load.run(server.port, prepared(server.port, texts))
                _wake(folder)
                sizes.append(server.resident_megabytes())
                slowest = max(result.latencies)
                figures = f"{result.per_second:6.0f}/s slowest {slowest:.2f} s {sizes[-1]:.0f} MB"
                sys.stdout.write(f"{number:3} {fault.__name__:9} {figures}\n")
                if result.wrong or slowest > SLOWEST_SECONDS:
                    sys.stdout.write(f"broken: {result.wrong} wrong answers, slowest {slowest:.2f} s\n")
                    return 1
        growth = statistics.mean(sizes[-3:]) / statistics.mean(sizes[1:4])
        sys.stdout.write(f"memory grew {growth:.2f} x\n")
        return 0 if growth <= MOST_GROWTH and soak_posts.run() and soak_quiz.run() else 1


def _nothing(folder: Path) -> None:
    """A round without a fault."""


def _empty(folder: Path) -> None:
    redis.Redis.from_url(embedded.socket_url(folder)).flushall()


def _hang(folder: Path) -> None:
    _signal(folder, signal.SIGSTOP)


def _wake(folder: Path) -> None:
    _signal(folder, signal.SIGCONT)
    time.sleep(0.1)


def _signal(folder: Path, number: signal.Signals) -> None:
    for process in psutil.Process().children():
        if "redis" in process.name() and str(folder) in " ".join(process.cmdline()):
            process.send_signal(number)


if __name__ == "__main__":
    sys.exit(main())
