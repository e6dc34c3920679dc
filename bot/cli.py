"""`pufa`: one command line for operators and staff. Errors are one plain Chinese sentence; a traceback goes to the
log only.
"""

import logging
import sys
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.commands import ask, check, content, db, menu, run, takeover
from bot.config import BadConfig
from bot.processes import PortTaken
from bot.version import VERSION
from bot.wechat.errors import PlatformError
from content.importers.library import Unreadable
from content.importers.questions import BadQuestion
from content.menu import BadMenu
from content.offices import OfficesUnreadable
from content.store.embedded import NoRedisServer
from content.store.keys import KeysUnreadable
from content.store.memory import Away

_TOLD = (
    BadConfig, BadMenu, BadQuestion, KeysUnreadable, NoRedisServer, OfficesUnreadable, PlatformError, PortTaken,
    Unreadable,
)  # fmt: skip


@click.group(help="葫芦岛普法：公众号程序的命令行。")
@click.option(
    "--config", "path", type=click.Path(path_type=Path), help="配置文件（默认：$PUFA_CONFIG，再默认 config.toml）。"
)
@click.version_option(VERSION, message="%(version)s", help="显示版本。")
@click.pass_context
def pufa(context: click.Context, path: Path | None) -> None:
    context.obj = path


for module in (ask, check, content, db, menu, run, takeover):
    for command in module.COMMANDS:
        pufa.add_command(command)


def main() -> None:
    """Exit 0 = done, 1 = refused or failed, 2 = wrong usage."""
    try:
        sys.exit(pufa(standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        sys.exit(1)
    except click.UsageError as error:
        _say(f"用法不对：{error.format_message()} 运行 pufa --help 看说明。")
        sys.exit(2)
    except _TOLD as error:
        _say(str(error))
        sys.exit(1)
    except Away:
        _say("Redis 没有应答：请检查 redis.url，或稍后再试。")
        sys.exit(1)
    except SQLAlchemyError:
        logging.getLogger(__name__).debug("database", exc_info=True)
        _say("数据库打不开或还没有建好：请检查 database.url，并运行 pufa db upgrade。")
        sys.exit(1)


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


__all__ = ["main", "pufa"]

if __name__ == "__main__":
    main()
