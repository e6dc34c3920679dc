"""catalogue import, export, template, list, publish."""

import json
from contextlib import closing
from pathlib import Path

import click

from bot import wiring
from bot.demo.settings import open_config
from content.catalogue import entries, files, imports, shelf
from content.catalogue.categories import category_name, category_of
from content.catalogue.entries import NotKept
from content.catalogue.imports import Run, Verdict
from content.catalogue.shelf import Wanted
from content.importers.library import Unreadable
from content.staff import Role, require
from content.store.db import Database

VERDICTS = {Verdict.NEW: "新增", Verdict.CHANGED: "改动", Verdict.SAME: "不变", Verdict.BAD: "有问题"}
STATES = {"draft": "草稿", "published": "已公开", "withdrawn": "已撤回", "waiting": "待公开"}
MOST_TOLD = 50
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
_by = click.option("--as", "by", metavar="NAME", default="", help="以谁的名义（工作台的登录名），记进操作记录。")


@click.group(help="政府信息公开目录：导入、导出、列出、公开。")
def catalogue() -> None:
    pass


@catalogue.command(
    "import",
    help="导入条目：Excel（.xlsx）、.csv、.toml，或一条一个的 .md，也可以是放着它们的文件夹。导入的都是草稿，"
    "由另一个人公开。有问题的逐格列出，一条也不导入，除非加 --good。",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只看一遍，什么都不改。")
@click.option("--good", is_flag=True, help="有问题的留下，只导入没有问题的。")
@_by
@_json
@click.pass_obj
def import_(path: Path | None, paths: tuple[Path, ...], dry_run: bool, good: bool, by: str, as_json: bool) -> int:
    found = [file for given in paths for file in _files(given)]
    if not found:
        raise Unreadable(f"{paths[0]} 里没有能导入的文件：请放入 .xlsx、.csv、.toml 或 .md。")
    rows = [row for file in found for row in files.read(file.read_bytes(), file.name)]
    name = found[0].name if len(found) == 1 else f"{found[0].name} 等 {len(found)} 个文件"
    with _open(path) as database:
        with database.reading() as session:
            run = imports.look(session, rows)
        is_refused = run.count(Verdict.BAD) > 0 and not good
        if not dry_run and not is_refused:
            with database.transaction() as session:
                run = imports.take(session, rows, by, name, good)
    _tell(run, as_json, is_taken=not dry_run and not is_refused)
    return 1 if is_refused else 0


@catalogue.command(
    help="导出每一条最新的写法（撤回的除外）：按文件名的后缀写成 .xlsx、.csv 或 .toml；再导入不会改变任何东西。"
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(path: Path | None, file: Path) -> int:
    form = file.suffix.lower().removeprefix(".")
    if form not in files.FORMS:
        raise click.UsageError("文件名请以 .xlsx、.csv 或 .toml 结尾。")
    with _open(path) as database, database.reading() as session:
        held = list(imports.newest_words(session))
    data, left_out = files.write(held, form)
    file.write_bytes(data)
    click.echo(f"导出了 {len(held) - len(left_out)} 条：{file}。")
    if left_out:
        told = (
            f"{len(left_out)} 条的正文太长，Excel 的一格放不下，没有导出（{left_out[0]} 等）：请导出成 .toml 或 .csv。"
        )
        click.echo(told, err=True)
    return 1 if left_out else 0


@catalogue.command(help="写一份 Excel 模板：一行示例和一页说明。")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    file.write_bytes(files.template())
    click.echo(f"模板写好了：{file}。填好后运行 pufa catalogue import。")


@catalogue.command("list", help="列出条目：编号、索引号、状态、类别、公开日期、名称。")
@click.option("--state", type=click.Choice([*STATES]), default=None, help="只要这个状态的；waiting = 有没公开的写法。")
@click.option("--category", default="", help="只要这一类的。")
@click.option("--words", default="", help="名称、文号或索引号里有这几个字的。")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help="最多列多少条。")
@_json
@click.pass_obj
def list_(path: Path | None, state: str | None, category: str, words: str, limit: int, as_json: bool) -> None:
    if category and not category_of(category):
        raise click.UsageError("没有这一类。")
    wanted = Wanted(words, category_of(category), state or "")
    with _open(path) as database, database.reading() as session:
        found, count = shelf.listing(session, wanted, limit), shelf.count(session, wanted)
    if as_json:
        names = ("id", "index_number", "state", "category", "title", "document_number", "published_on")
        told = [{name: getattr(entry, name) for name in names} for entry in found]
        click.echo(json.dumps({"count": count, "entries": told}, ensure_ascii=False, default=str))
        return
    for entry in found:
        is_waiting = entry.state == "published" and entry.newest_number != entry.shown_number
        state_name = STATES[entry.state] + ("（有新写法待公开）" if is_waiting else "")
        facts = [entry.index_number, state_name, category_name(entry.category), str(entry.published_on or "")]
        click.echo("  ".join([f"{entry.id:>5}", *facts, entry.title]))
    click.echo(f"共 {count} 条。")


@catalogue.command(help="公开写好的条目（自己写的不能公开）：写索引号，或用 --all 公开全部待公开的。")
@click.argument("numbers", metavar="INDEX_NUMBER...", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="全部待公开的。")
@click.option("--as", "by", metavar="NAME", required=True, help="以谁的名义（要有审核或签发角色）。")
@click.pass_obj
def publish(path: Path | None, numbers: tuple[str, ...], is_all: bool, by: str) -> None:
    if bool(numbers) == is_all:
        raise click.UsageError("请写索引号，或者用 --all。")
    with _open(path) as database, database.transaction() as session:
        require(session, by, Role.REVIEW1, Role.REVIEW2, Role.PUBLISH)
        if is_all:
            chosen = shelf.listing(session, Wanted(state="waiting"), 1_000_000)
        else:
            found = {number: entries.find_by_index_number(session, number) for number in numbers}
            if missing := next((number for number, entry in found.items() if entry is None), ""):
                raise NotKept(f"没有索引号 {missing}：请用 pufa catalogue list 核对。")
            chosen = [entry for entry in found.values() if entry]
        count = entries.publish(session, [(entry.id, entry.newest_number) for entry in chosen], by)
    click.echo(f"公开了 {count} 条。")


def _open(path: Path | None) -> "closing[Database]":
    config = open_config(path)
    wiring.prepare(config)
    return closing(wiring.open_database(config))


def _files(given: Path) -> list[Path]:
    if given.is_dir():
        found = (file for file in sorted(given.rglob("*")) if file.suffix.lower() in files.SUFFIXES)
        return [file for file in found if file.is_file() and not file.name.startswith((".", "~$"))]
    return [given]


def _tell(run: Run, as_json: bool, is_taken: bool) -> None:
    counts = {verdict: run.count(verdict) for verdict in Verdict}
    if as_json:
        faults = [{"place": fault.place, "what": fault.sentence} for fault in run.faults]
        told = {**{str(verdict): count for verdict, count in counts.items()}, "taken": is_taken, "faults": faults}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for fault in run.faults[:MOST_TOLD]:
        click.echo(f"{fault.place}：{fault.sentence}", err=True)
    if len(run.faults) > MOST_TOLD:
        click.echo(f"还有 {len(run.faults) - MOST_TOLD} 处问题没有列出。", err=True)
    shown = "，".join(f"{VERDICTS[verdict]} {count} 条" for verdict, count in counts.items() if count)
    click.echo(f"{shown}。{'新增和改动的都是草稿，由另一个人在工作台公开。' if is_taken else '没有导入。'}")


COMMANDS = (catalogue,)
