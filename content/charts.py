"""Where lines and bars of a plot stand, as plain numbers; the template draws them as SVG with a table beside.

Knows no colour and no page. A value that nobody knows leaves a gap and is never drawn as nought.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

LEFT, RIGHT, TOP, BOTTOM = 56.0, 12.0, 12.0, 28.0
_MOST_TICKS, _MOST_LABELS = 5, 8
Value = int | float | None


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    """x or y in the drawing."""
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    label: str
    """What it says when one points at it, such as "12月4日：31"."""


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    paths: tuple[str, ...]
    """`points` of one polyline each: a gap ends one and begins the next."""
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class LineChart:
    width: float
    height: float
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    left: float = LEFT
    right: float = RIGHT
    bottom: float = BOTTOM


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    value: Value
    y: float
    length: float
    label: str


@dataclass(frozen=True, slots=True)
class BarChart:
    width: float
    height: float
    bars: tuple[Bar, ...]
    left: float
    thickness: float


def line_chart(
    labels: Sequence[str], values: Mapping[str, Sequence[Value]], width: float = 720, height: float = 240
) -> LineChart:
    """One line a name; `labels` name the places from left to right."""
    top = max((value for line in values.values() for value in line if value is not None), default=0)
    steps = ticks_up_to(top)
    across, up = width - LEFT - RIGHT, height - TOP - BOTTOM
    gaps = len(labels) - 1
    xs = [LEFT + (across * place / gaps if gaps else across / 2) for place in range(len(labels))]

    def y(value: float) -> float:
        return round(TOP + up * (1 - value / steps[-1]), 1)

    lines = tuple(_line(name, labels, xs, line, y) for name, line in values.items())
    every = max(1, math.ceil(len(labels) / _MOST_LABELS))
    x_ticks = tuple(Tick(round(xs[place], 1), labels[place]) for place in range(0, len(labels), every))
    return LineChart(width, height, lines, x_ticks, tuple(Tick(y(step), readable(step)) for step in steps))


def bar_chart(
    rows: Sequence[tuple[str, Value]], width: float = 720, left: float = 180, thickness: float = 18, gap: float = 8
) -> BarChart:
    """Lying bars, one a row, from the top; the longest leaves room for its figure."""
    longest = max((value for _, value in rows if value is not None), default=0) or 1
    room = width - left - 72
    bars = tuple(
        Bar(
            name, value, round(gap + place * (thickness + gap), 1),
            round(room * max(value or 0, 0) / longest, 1), "无数据" if value is None else readable(value),
        )
        for place, (name, value) in enumerate(rows)
    )  # fmt: skip
    return BarChart(width, gap + len(rows) * (thickness + gap), bars, left, thickness)


def ticks_up_to(most: float) -> list[float]:
    """From nought in round steps to at least `most`: at most six."""
    if most <= 0:
        return [0, 1]
    rough = most / _MOST_TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    step = max(step, 1)
    return [step * number for number in range(math.ceil(most / step) + 1)]


def readable(value: float) -> str:
    """12,345; whole numbers without a point."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _line(
    name: str, labels: Sequence[str], xs: Sequence[float], values: Sequence[Value], y: Callable[[float], float]
) -> Line:
    paths: list[list[str]] = [[]]
    dots: list[Dot] = []
    for x, label, value in zip(xs, labels, values, strict=True):
        if value is None:
            paths.append([])
            continue
        dots.append(Dot(round(x, 1), y(value), f"{label}：{readable(value)}"))
        paths[-1].append(f"{round(x, 1)},{y(value)}")
    return Line(name, tuple(" ".join(path) for path in paths if path), tuple(dots))
