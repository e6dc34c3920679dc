"""Numbers that hold for a time and have a source: kept by the day they hold, refused where no period fits.

The library names each figure and ships none that only the bureau can know; the bureau writes `figures.toml` in its data
folder, an entry for every period:

    [[aid_hardship]]
    amount = 1000
    since = 2026-01-01
    until = 2026-12-31
    source = "…号文件"

`until` may be left out. A number is never carried on past its period, nor guessed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from content.phrases import LIBRARY

OWN = "figures.toml"
_NEEDED, _MAY = {"amount", "since", "source"}, {"until"}


class FiguresUnreadable(Exception):
    """The bureau's file cannot be used; the message says where and why."""


class NoFigure(Exception):
    """Nothing is known for that day; the message says so."""


@dataclass(frozen=True, slots=True)
class Period:
    amount: int | float
    since: date
    until: date | None
    source: str

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    title: str
    """What it is a number of, and its unit."""
    law: str
    periods: tuple[Period, ...] = ()

    def on(self, day: date) -> Period:
        """Raises NoFigure."""
        if found := next((period for period in self.periods if period.holds(day)), None):
            return found
        raise NoFigure(f"{day.isoformat()} 的“{self.title}”还没有填：请写进数据目录的 {OWN}。")


Figures = Mapping[str, Figure]


def load_figures(data: Path | None = None) -> Figures:
    """The library's figures with the bureau's numbers in them. Raises FiguresUnreadable."""
    found = {name: Figure(name, **facts) for file in _shipped() for name, facts in _read(file).items()}
    own = data / OWN if data else None
    for name, entries in (_read(own) if own and own.exists() else {}).items():
        if own is None or name not in found:
            raise FiguresUnreadable(f"{own} 里有不认识的名称：{name}。可用：{'、'.join(found)}。")
        periods = _periods(own, name, entries)
        found[name] = Figure(name, found[name].title, found[name].law, periods)
    return found


def lacking(figures: Figures, day: date) -> list[Figure]:
    """Those of which nothing is known for that day."""
    return [figure for figure in figures.values() if not any(period.holds(day) for period in figure.periods)]


def written(amount: int | float) -> str:
    """1000.0 → 1000; 1066.5 stays."""
    return f"{amount:g}" if amount < 1_000_000 else str(amount)


def _shipped() -> list[Path]:
    return sorted((LIBRARY / "figures").glob("*.toml"))


def _periods(own: Path, name: str, entries: Any) -> tuple[Period, ...]:
    """Newest first. Raises FiguresUnreadable, also where two periods meet on one day."""
    if not isinstance(entries, list):
        raise FiguresUnreadable(f"{own} 的 {name} 要写成 [[{name}]]，每个时段一段。")
    periods = sorted((_period(own, name, entry) for entry in entries), key=lambda one: one.since)
    for earlier, later in zip(periods, periods[1:], strict=False):
        if earlier.holds(later.since):
            raise FiguresUnreadable(f"{own} 的 {name} 有两个时段重叠在 {later.since}：请给前一段写上 until。")
    return tuple(reversed(periods))


def _period(own: Path, name: str, entry: Any) -> Period:
    """Raises FiguresUnreadable."""
    known = set(entry) if isinstance(entry, dict) else set()
    if not known >= _NEEDED or known - _NEEDED - _MAY:
        raise FiguresUnreadable(f"{own} 的 {name} 每段要写 amount、since、source，可写 until，别的不认识。")
    amount, since, until, source = entry["amount"], entry["since"], entry.get("until"), entry["source"]
    if isinstance(amount, bool) or not isinstance(amount, int | float) or amount <= 0:
        raise FiguresUnreadable(f"{own} 的 {name}：amount 应是大于零的数，不加引号。")
    if type(since) is not date or not (until is None or (type(until) is date and until >= since)):
        raise FiguresUnreadable(f"{own} 的 {name}：since、until 应写成 2026-01-01，不加引号，先后不能颠倒。")
    if not isinstance(source, str) or not source.strip() or "\n" in source:
        raise FiguresUnreadable(f"{own} 的 {name}：source 要写明出自哪份文件，一行，用引号括起。")
    return Period(amount, since, until, source.strip())


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FiguresUnreadable(f"{path} 写法有误：{error}。") from error
