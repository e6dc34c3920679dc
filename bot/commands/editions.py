"""quiz paper, quiz enter-papers: the paper edition as files, and its answers from a file."""

from datetime import datetime
from pathlib import Path

import click

from bot import printing, wiring
from bot.commands.staff import as_staff
from bot.demo import open_config
from content.phrases import say
from content.store import clock
from handlers.quiz import register
from handlers.quiz.editions import entering, shuffling


@click.command(help="纸面卷 A/B/C、评分标准和录入表，写到一个文件夹。已经出过的，还是同一份题。")
@click.argument("name", metavar="ID")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="写到这个文件夹。")
@as_staff
@click.pass_obj
def paper(path: Path | None, name: str, out: Path, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        held = register.get_held(session, name)
        files = printing.files(held, shuffling.make(session, held, by))
    out.mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        (out / file).write_bytes(data)
    click.echo(say("edition_written", count=len(files), folder=out))


@click.command(name="enter-papers", help="录入纸面答卷：全部对才录入，有错逐格说明。")
@click.argument("name", metavar="ID")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--began", required=True, metavar="时间", help="开考时间，如 2026-12-04 09:00。")
@click.option("--replace", "replaces", is_flag=True, help="改正已经录入的。")
@as_staff
@click.pass_obj
def enter_papers(path: Path | None, name: str, file: Path, began: str, replaces: bool, by: str) -> int:
    try:
        started_at = datetime.fromisoformat(began).replace(tzinfo=clock.BEIJING)
    except ValueError as error:
        raise click.BadParameter(began, param_hint="--began") from error
    config = open_config(path)
    try:
        with wiring.current_database(config) as database, database.transaction() as session:
            held, data = register.get_held(session, name), file.read_bytes()
            ring = wiring.keyring(config)
            entered = entering.enter(session, ring, held, data, file.name, started_at, by, replaces=replaces)
    except entering.NotEntered as refused:
        for fault in refused.faults:
            click.echo(f"{fault.cell}：{fault.sentence}")
        click.echo(str(refused), err=True)
        return 1
    for one in entered:
        click.echo(
            say("entry_line", who=one.who, code=one.code, edition=one.edition, points=f"{one.half_points / 2:g}")
        )
    return 0


SUBCOMMANDS = (paper, enter_papers)
