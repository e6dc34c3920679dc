"""quiz paper, quiz enter-papers, quiz confirm-papers: the paper edition as files, and its answers from a file."""

from datetime import datetime
from pathlib import Path

import click

from bot import printing, wiring
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content.phrases import say
from content.store import clock
from handlers.quiz import play, register
from handlers.quiz.editions import confirming, entering, shuffling
from handlers.quiz.editions.confirming import Change


@click.command(help="纸面卷 A/B/C 和录入表，写到一个文件夹。已经出过的，还是同一份题。")
@click.argument("name", metavar="ID")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="写到这个文件夹。")
@click.option("--key", "has_key", is_flag=True, help="只写评分标准：给阅卷的人，会记入操作记录。")
@as_staff
@click.pass_obj
def paper(path: Path | None, name: str, out: Path, has_key: bool, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        held = register.get_held(session, name)
        if has_key:
            files = {printing.KEY: printing.key(held, shuffling.take_key(session, held, by))}
        else:
            files = printing.files(held, shuffling.make(session, held, by))
    out.mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        (out / file).write_bytes(data)
    click.echo(say("edition_written", count=len(files), folder=out))


@click.command(name="enter-papers", help="录入纸面答卷：全部对才记下，有错逐格说明；另一人确认以后才计入成绩。")
@click.argument("name", metavar="ID")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--began", required=True, metavar="时间", help="开考时间，如 2026-12-04 09:00。")
@click.option("--reason", required=True, metavar="原因", help="为什么在纸上答。")
@click.option("--replace", "replaces", is_flag=True, help="改正已经录入的。")
@as_staff
@click.pass_obj
def enter_papers(path: Path | None, name: str, file: Path, began: str, reason: str, replaces: bool, by: str) -> int:
    try:
        started_at = datetime.fromisoformat(began).replace(tzinfo=clock.BEIJING)
    except ValueError as error:
        raise click.BadParameter(began, param_hint="--began") from error
    config = open_config(path)
    try:
        with wiring.current_database(config) as database, database.transaction() as session:
            held, data, ring = register.get_held(session, name), file.read_bytes(), wiring.keyring(config)
            play.settle(session, held)
            typed = confirming.propose(
                session, ring, held, data, file.name, started_at, reason, by, replaces=replaces
            )  # fmt: skip
            changes, who = confirming.look(session, held, typed), confirming.names(session, ring, held, typed)
            told = say("entry_waits", number=typed.id, count=len(changes))
    except entering.NotEntered as refused:
        return _refused(refused)
    for change in changes:
        click.echo(_line(change, who[change.row]))
    click.echo(told)
    return 0


@click.command(name="confirm-papers", help="确认别人录入的纸面答卷，计入成绩；--drop 不计入。")
@click.argument("name", metavar="ID")
@click.argument("number", metavar="第几批", type=int)
@click.option("--drop", "is_dropped", is_flag=True, help="撤回，不计入。")
@as_staff
@click.pass_obj
def confirm_papers(path: Path | None, name: str, number: int, is_dropped: bool, by: str) -> int:
    act = confirming.drop if is_dropped else confirming.confirm
    try:
        with wiring.current_database(open_config(path)) as database, database.transaction() as session:
            counted = len(act(session, register.get_held(session, name), number, by).changes)
    except entering.NotEntered as refused:
        return _refused(refused)
    click.echo(say("entry_dropped" if is_dropped else "entry_counts", number=number, count=counted))
    return 0


def _refused(refused: entering.NotEntered) -> int:
    for fault in refused.faults:
        click.echo(f"{fault.cell}：{fault.sentence}")
    click.echo(str(refused), err=True)
    return 1


def _line(change: Change, who: str) -> str:
    none = say("entry_none")
    return say(
        "entry_line", who=who, edition=change.edition, points=f"{change.points:g}", after=f"{change.after:g}",
        before=none if change.before is None else f"{change.before:g}", rank_before=change.rank_before or none,
        rank_after=change.rank_after,
    )  # fmt: skip


SUBCOMMANDS = (paper, enter_papers, confirm_papers)
