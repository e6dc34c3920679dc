"""takeover: reads what a live account has — auto-replies, menu, published articles — into files for the library."""

from pathlib import Path

import click

from bot import takeover as reading
from bot import wiring
from bot.demo.settings import open_config


@click.command(help="接管之前：把公众号现有的自动回复、菜单和已发文章读成文件，供核对后导入。不改动公众号。")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def takeover(path: Path | None, folder: Path) -> None:
    taken = reading.take_over(wiring.open_wechat(open_config(path)), folder)
    click.echo(f"读到 {taken.replies} 条自动回复、{taken.buttons} 个菜单项、{taken.articles} 篇文章，都在 {folder}。")
    click.echo(f"文章核对后运行：pufa content import {folder / 'articles'}")
    click.echo(f"关键词：在 {folder / 'keywords.toml'} 里填好主题，再用 pufa content import 导入它。")


COMMANDS = (takeover,)
