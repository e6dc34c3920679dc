"""privacy: the register of erasures as a file, to be kept apart from the backups and handed to `pufa restore`."""

from pathlib import Path

import click

from bot import wiring
from bot.demo.settings import open_config
from content import audit
from handlers.privacy import register as erasures


@click.group(help="个人信息：删除登记。")
def privacy() -> None:
    pass


@privacy.command(help="把删除登记导出到文件（没有姓名、查不出是谁），恢复旧备份时交给 pufa restore --erased。")
@click.option("--out", metavar="FILE", required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def register(path: Path | None, out: Path) -> None:
    database = wiring.open_database(open_config(path))
    try:
        with database.transaction() as session:
            lines = list(erasures.write(session))
            audit.record(session, "", "privacy.register", "erasures", lines=len(lines))
    finally:
        database.close()
    draft = out.with_name(f".{out.name}.unfinished")
    draft.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    draft.replace(out)
    click.echo(f"导出了 {len(lines)} 条删除登记，在 {out}。请和备份分开存放。")


COMMANDS = (privacy,)
