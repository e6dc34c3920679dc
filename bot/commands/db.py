"""db upgrade."""

from pathlib import Path

import click

from bot import wiring
from bot.demo.settings import open_config


@click.group(help="数据库。")
def db() -> None:
    pass


@db.command(help="建立或升级数据库结构，并把自带的内容库放进去。")
@click.pass_obj
def upgrade(path: Path | None) -> None:
    wiring.prepare(open_config(path))
    click.echo("数据库已是最新。")


COMMANDS = (db,)
