"""quiz lessons: what most people got wrong, as a draft article for staff."""

from pathlib import Path

import click

from bot import wiring
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content import pictures
from content.covers import plain_cover
from handlers.quiz.desk import lessons as desk


@click.command(help="错题变普法：把错得最多的几条法律写成文章草稿，不会自己发布。活动全部结束后才能写。")
@click.argument("name", metavar="ID")
@as_staff
@click.pass_obj
def lessons(path: Path | None, name: str, by: str) -> None:
    config = open_config(path)
    with wiring.current_database(config) as database, database.transaction() as session:
        cover = pictures.address(pictures.add_picture(session, plain_cover(), config.data / "uploads"))
        revision = desk.save_draft(session, name, by, cover)
        click.echo(f"已写成草稿“{revision.title}”（{revision.material.slug}），请到控制台的“文章”里改定、送审。")


SUBCOMMANDS = (lessons,)
