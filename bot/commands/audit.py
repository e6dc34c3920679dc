"""audit: the log of acts checked, its head of a day printed and compared with what stands on paper, and taken away."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot import wiring
from bot.demo.settings import open_config
from content import audit as log
from content.store import clock

_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
_day = click.option("--day", metavar="DAY", callback=lambda _context, _option, text: _read_day(text),
                    help="哪一天（北京时间，如 2026-12-04；默认今天）。")  # fmt: skip


class Broken(Exception):
    """The log is not what it was; the message says since when and what to do."""


@dataclass(frozen=True)
class Told:
    is_whole: bool
    entries: int
    head: str
    sentence: str


@click.group(help="操作记录：核对、每日校验码、导出。")
def audit() -> None:
    pass


@audit.command(help="核对全部操作记录首尾相连、没有被改动过；否则退出码为 1。")
@_json
@click.pass_obj
def verify(path: Path | None, as_json: bool) -> int:
    with _reading(path) as session:
        broken, newest = log.verify(session), log.entries(session, limit=1)
    count = newest[0].id if newest else 0
    whole = f"{count} 条操作记录首尾相连，没有被改动过。"
    return _tell(Told(not broken, count, newest[0].digest if newest else "", broken or whole), as_json)


@audit.command(help="一天的校验码；写上 --head 时与纸上（审核单、晨报）印的核对。")
@_day
@click.option("--head", "printed", metavar="CODE", default="", help="纸上印的校验码，至少前 8 位。")
@_json
@click.pass_obj
def head(path: Path | None, day: date, printed: str, as_json: bool) -> int:
    with _reading(path) as session:
        newest, found = log.entries(session, limit=1), log.head_of_day(session, day)
        if printed:
            trouble, sentence = _compare(session, printed, day)
        else:
            trouble = ""
            sentence = f"{day} 的校验码：{found}" if found else f"{day} 和以前没有操作记录。"
    return _tell(Told(not trouble, newest[0].id if newest else 0, found, trouble or sentence), as_json)


@audit.command(help="把全部操作记录导出成表格（CSV）。")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export(path: Path | None, file: Path) -> None:
    with _reading(path) as session:
        table = log.export_csv(session)
    if file.exists():
        raise click.UsageError(f"{file} 已经有了：请换一个文件名。")
    file.write_text(table, encoding="utf-8", newline="")
    click.echo(f"操作记录导出到 {file}。")


def _compare(session: Session, printed: str, day: date) -> tuple[str, str]:
    """(what is wrong, what is right): one of them is empty. Raises UsageError."""
    if not log.is_head(printed):
        raise click.UsageError("--head 应是纸上印的校验码：数字和字母 a 到 f，至少前 8 位。")
    entry = log.find_by_head(session, printed)
    if entry is None:
        return "操作记录里没有纸上的这个校验码：那以后记录被删改或重新计算过。请停用数据库、保存备份并报告。", ""
    if broken := log.verify(session):
        return broken, ""
    written = clock.in_beijing(entry.at)
    if written.date() != day:
        return f"这个校验码是 {written:%Y-%m-%d %H:%M} 的，不是 {day} 的：请核对纸上的日期。", ""
    return "", f"与纸上一致：第 {entry.id} 条（{written:%Y-%m-%d %H:%M}）及以前的操作记录，打印之后没有被改动过。"


def _read_day(text: str | None) -> date:
    """Raises BadParameter."""
    try:
        return clock.day(text) if text else clock.today()
    except ValueError as error:
        raise click.UsageError(f"--day 应写成 2026-12-04 这样的日期，现在是“{str(text)[:20]}”。") from error


def _tell(told: Told, as_json: bool) -> int:
    """The exit code. What is wrong goes to stderr."""
    if as_json:
        click.echo(json.dumps(asdict(told), ensure_ascii=False))
        return 0 if told.is_whole else 1
    if not told.is_whole:
        raise Broken(told.sentence)
    click.echo(told.sentence)
    return 0


@contextmanager
def _reading(path: Path | None) -> Iterator[Session]:
    with wiring.current_database(open_config(path)) as database, database.reading() as session:
        yield session


COMMANDS = (audit,)
