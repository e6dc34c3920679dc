"""`pufa`: one command line for operators and staff. Errors are one plain Chinese sentence; a traceback goes to the
log only.
"""

import gc

gc.disable()  # until `main`: nothing of what is imported here ever becomes garbage, and looking for it takes a while

import errno
import logging
import os
import sys
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.backup import BadBackup
from bot.commands import (
    alerts,
    answers,
    ask,
    audit,
    backup,
    catalogue,
    check,
    content,
    db,
    interviews,
    menu,
    posts,
    privacy,
    quiz,
    report,
    requests,
    run,
    staff,
    takeover,
)
from bot.commands.audit import Broken
from bot.config import BadConfig
from bot.log import start_logging
from bot.processes import PortTaken
from bot.takeover import NotEmpty
from bot.usage import in_chinese
from bot.version import VERSION
from bot.wechat.errors import PlatformError
from bot.wiring import NoModel
from content.articles import NotSaved
from content.catalogue.entries import NotKept
from content.figures import FiguresUnreadable
from content.importers.library import Unreadable
from content.importers.questions import BadQuestion
from content.menu import BadMenu
from content.offices import OfficesUnreadable
from content.pictures import BadPicture
from content.questions.imports import NotTaken
from content.staff import NotAllowed, NotFound
from content.store.dump import Damaged
from content.store.embedded import NoRedisServer
from content.store.keys import KeysUnreadable
from content.store.memory import Away
from handlers.disclosure.requests import NotDone
from handlers.guided.flow import FlowUnreadable
from handlers.privacy.register import BadRegister
from handlers.quiz.campaign import BadCampaign
from handlers.quiz.certificates.issuing import NotIssued
from handlers.quiz.certificates.signing import Forged
from handlers.quiz.desk.lessons import NoLessons
from handlers.quiz.draw import BadNumber, BadRecord
from handlers.quiz.editions.shuffling import NotPrinted
from handlers.quiz.exam.roster import NotTaken as RosterNotTaken
from handlers.quiz.paper import TooFew
from handlers.quiz.prizes.entries import NotDrawn
from handlers.quiz.register import NotHeld
from scheduler.moves import NoSuchPost, NotPossible

_TOLD = (
    BadBackup, BadCampaign, BadConfig, BadMenu, BadNumber, BadPicture, BadQuestion, BadRecord, BadRegister, Broken,
    Damaged, Forged, KeysUnreadable, NoLessons, NoModel, NoRedisServer, NoSuchPost, NotAllowed, NotDrawn, NotEmpty,
    NotDone, NotFound, NotHeld, NotIssued, NotKept, NotPossible, NotPrinted, NotSaved, NotTaken, OfficesUnreadable,
    PlatformError, PortTaken, FiguresUnreadable, FlowUnreadable, RosterNotTaken, TooFew, Unreadable,
)  # fmt: skip


_log = logging.getLogger(__name__)


def _use(context: click.Context, _option: click.Parameter, path: Path | None) -> None:
    """The settings' file, wherever in the line it was named."""
    if path is not None:
        context.obj = path


_CONFIG = click.Option(
    ["--config"],
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_use,
    help="配置文件（默认：$PUFA_CONFIG，再默认 config.toml）。",
)


@click.group(help="葫芦岛普法：公众号程序的命令行。")
@click.version_option(VERSION, message="%(version)s", help="显示版本。")
def pufa() -> None:
    pass


def _take_config(command: click.Command) -> None:
    command.params.append(_CONFIG)
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _take_config(inner)


for module in (
    alerts,
    answers,
    ask,
    audit,
    backup,
    catalogue,
    check,
    content,
    db,
    interviews,
    menu,
    posts,
    privacy,
    quiz,
    report,
    requests,
    run,
    staff,
    takeover,
):
    for command in module.COMMANDS:
        pufa.add_command(command)
_take_config(pufa)
in_chinese(pufa)


def main() -> None:
    """Exit 0 = done, 1 = refused or failed, 2 = wrong usage."""
    gc.freeze()
    gc.enable()
    if os.environ.get("PUFA_DEBUG"):
        start_logging(logging.DEBUG)
    try:
        sys.exit(pufa(standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        sys.exit(1)
    except click.UsageError as error:
        _say(_misuse(error))
        sys.exit(2)
    except Exception as error:
        if logging.getLogger().handlers:  # without a log there is no place for it
            _log.error("command failed", exc_info=error)
        _say(_failure(error))
        sys.exit(1)


def _misuse(error: click.UsageError) -> str:
    """What is wrong with the words typed; click says it in English."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    told = error.message
    if isinstance(error, click.NoSuchOption | click.exceptions.NoSuchCommand):
        told = f"没有 {getattr(error, 'option_name', None) or getattr(error, 'command_name', '')}。"
    elif isinstance(error, click.BadParameter) and error.param:
        is_missing = isinstance(error, click.MissingParameter)
        told = f"{error.param.get_error_hint(error.ctx)} {'没有写' if is_missing else '的值不对'}。"
    elif told.isascii():
        told = "多写或少写了内容。"
    return f"用法不对：{told} 运行 pufa --help 看说明。"


def _failure(error: Exception) -> str:
    if isinstance(error, _TOLD):
        return " ".join(str(error).split("\n"))
    if isinstance(error, Away):
        return "Redis 没有应答：请检查 redis.url，或稍后再试。"
    if isinstance(error, SQLAlchemyError):
        return "数据库打不开或还没有建好：请检查 database.url，并运行 pufa db upgrade。"
    if isinstance(error, OSError):
        return f"{error.filename or '文件'}：{_SYSTEM.get(error.errno or 0, '读写失败')}。请检查路径、权限和磁盘。"
    return f"程序出了意外（{type(error).__name__}）：请设环境变量 PUFA_DEBUG=1 再运行一次，把显示的内容发给技术支持。"


_SYSTEM = {
    errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.ENOENT: "找不到", errno.EEXIST: "已经存在",
    errno.EISDIR: "是文件夹", errno.ENOTDIR: "不是文件夹", errno.ENOSPC: "磁盘已满", errno.EROFS: "只能读，不能写",
}  # fmt: skip


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)


__all__ = ["main", "pufa"]

if __name__ == "__main__":
    main()
