"""How well and how fast messages are understood, over tests/asked."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from handlers.desk import Bureau, Desk
from handlers.router import hear

ASKED = Path(__file__).parent.parent / "asked"
BINS = 10
_confusion: Counter[tuple[str, str]] = Counter()


def asked() -> list[tuple[str, str, str]]:
    """(kind, text, topic) of every line."""
    lines = []
    for file in sorted(ASKED.rglob("*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            text, topic = line.split("\t")
            lines.append((file.stem, text, topic))
    return lines


def rows(bureau: Bureau) -> Iterator[tuple[str, str, str]]:
    desk = Desk(bureau, "o", "")
    right, total, sure = Counter[str](), Counter[str](), []
    for kind, text, topic in asked():
        understood = hear(text, desk)
        is_right = understood.topic == topic
        right[kind] += is_right
        total[kind] += 1
        sure.append((understood.confidence, is_right))
        if not is_right:
            _confusion[topic, understood.topic] += 1
    yield "right topic, all kinds", f"{sum(right.values()) / sum(total.values()):.1%}", ">= 95 %"
    for kind in sorted(total):
        yield f"  {kind}", f"{right[kind] / total[kind]:.1%}", ">= 90 %"
    yield "expected calibration error", f"{calibration_error(sure):.3f}", "<= 0.05"
    yield "a keyword, understood", f"{_milliseconds(desk, 'keyword'):.3f} ms", "<= 0.15 ms"
    yield "a story, understood", f"{_milliseconds(desk, 'long'):.2f} ms", "<= 3 ms"


def calibration_error(sure: list[tuple[float, bool]]) -> float:
    """Mean distance between confidence and share of right answers, over ten bins weighted by size."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, is_right in sure:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, is_right))
    error = 0.0
    for members in bins.values():
        mean = sum(confidence for confidence, _ in members) / len(members)
        share = sum(is_right for _, is_right in members) / len(members)
        error += len(members) / len(sure) * abs(mean - share)
    return error


def print_confusion() -> None:
    print("\nmost frequent confusions (wanted → understood):")  # noqa: T201 - a report
    for (wanted, understood), count in _confusion.most_common(15):
        print(f"  {count}  {wanted} → {understood}")  # noqa: T201


def _milliseconds(desk: Desk, kind: str) -> float:
    """Of one message, each heard for the first time."""
    texts = [f"{text} " for heard, text, _ in asked() if heard == kind]
    started = time.perf_counter()
    for text in texts:
        desk.bureau.ears.hear(text)
    return (time.perf_counter() - started) / len(texts) * 1000
