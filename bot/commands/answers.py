"""answers: stops what the account answers by itself, in an emergency, and lets it go on."""

from pathlib import Path

import click

from bot import wiring
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content.store import clock
from handlers import stopping
from handlers.stopping import StopMode

_MODES = {StopMode.NOTICE: "答复照常，前面加提示", StopMode.REPLACE: "不再答复，只说这句话"}


@click.group(help="自动答复的总开关：暂停、恢复、查看。")
def answers() -> None:
    pass


@answers.command(help="暂停自动答复，或在每条答复前加提示。两秒内全部生效；紧急求助照常。")
@click.argument("text", metavar="TEXT")
@click.option("--notice", "mode", flag_value=str(StopMode.NOTICE), help="答复照常，前面加上这句话。")
@click.option("--replace", "mode", flag_value=str(StopMode.REPLACE), default=True, help="只说这句话（默认）。")
@as_staff
@click.pass_obj
def stop(path: Path | None, text: str, mode: str, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        held = stopping.stop(session, by, mode, text)
    click.echo(f"已生效（{_MODES[StopMode(held.mode)]}）：{held.text}")


@answers.command(help="恢复自动答复。")
@as_staff
@click.pass_obj
def resume(path: Path | None, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        stopping.resume(session, by)
    click.echo("已恢复：两秒内全部照常答复。")


@answers.command(help="现在有没有暂停。")
@click.pass_obj
def show(path: Path | None) -> None:
    with wiring.current_database(open_config(path)) as database, database.reading() as session:
        held = stopping.find(session)
    if held is None:
        click.echo("照常答复。")
    else:
        click.echo(f"{_MODES[StopMode(held.mode)]}：{held.text}（{held.set_by}，{clock.spoken(held.set_at)}）")


COMMANDS = (answers,)
