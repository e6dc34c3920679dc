"""backup and restore: everything that matters but the keys."""

import sys
from pathlib import Path

import click

from bot import backup as backups
from bot.commands.check import look, show
from bot.demo.settings import open_config
from content.inspection import RED
from content.store import clock

_NO_KEYS = "密钥不在备份里：请另外妥善保存 {file}，没有它，动态码要重设，加密的个人资料打不开，市民的记录也对不上。"
_OTHER_KEYS = (
    "本机没有备份时用的密钥：请在启动服务之前把原来的密钥文件放到 {file}；实在找不回来，请逐个运行 pufa staff reset，"
    "加密的个人资料打不开，市民的记录也对不上。"
)
_ERASED = "备份之后要求删除数据的市民，照删除登记又删了一遍：{count} 处。登记不在本机的，用 --erased 再恢复一次。"
_NOT_ERASED = "备份之后要求删除数据的市民还没有再删一遍：放好原来的密钥文件、启动服务，程序会自己补上。"


@click.command(help="备份全部重要内容到一个新文件夹（不含密钥和密码）；不用停机。")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_obj
def backup(path: Path | None, folder: Path) -> None:
    config = open_config(path)
    made = backups.make_backup(config, folder, _tell)
    _end()
    files = sum(name.startswith("data/") for name in made.files)
    click.echo(f"备份好了：{sum(made.tables.values())} 行数据、{files} 个文件，在 {folder}。")
    click.echo(_NO_KEYS.format(file=config.security_key_file))


@click.command(help="把备份恢复到一台空机器上，核对后运行一遍检查。")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--replace", "is_replacing", is_flag=True, help="覆盖本机已有的内容（先停掉服务）。")
@click.option("--erased", "registers", metavar="FILE", multiple=True, type=click.Path(path_type=Path),
              help="备份之后的删除登记：pufa privacy register 导出的文件，或更新的一份备份；可以写几次。")  # fmt: skip
@click.pass_obj
def restore(path: Path | None, folder: Path, is_replacing: bool, registers: tuple[Path, ...]) -> None:
    config = open_config(path)
    done = backups.restore_backup(config, folder, is_replacing, _tell, registers)
    _end()
    made = done.manifest
    click.echo(f"恢复好了：{clock.spoken(made.moment)} 的备份，{sum(made.tables.values())} 行数据，逐一核对无误。")
    click.echo(done.broken or "操作记录首尾相连，没有被改动过。")
    if done.held_back:
        click.echo(
            f"备份里有 {done.held_back} 条审核通过的推送，备份之后原来的机器可能已经发出：都不会自动发送。"
            "请逐条到公众号后台核对，再在工作台点“已经发出”或“没有发出”。"
        )
    click.echo(_ERASED.format(count=done.erased_again) if done.erased_again is not None else _NOT_ERASED)
    if not done.has_same_keys:
        click.echo(_OTHER_KEYS.format(file=config.security_key_file))
    click.echo(f"备份时的设置见 {folder / backups.SETTINGS_FILE}。下面是 pufa check 的结果：")
    lines = look(config)
    show(lines)
    if red := sum(line.level == RED for line in lines):
        click.echo(f"数据已经恢复；上面还有 {red} 处要处理，处理完再启动服务。")


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{what}", nl=False, err=True)


def _end() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)


COMMANDS = (backup, restore)
