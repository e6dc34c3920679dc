"""check: everything that could hurt citizens, one line each."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import alerts, wiring
from bot.commands.menu import own_words
from bot.config import BadConfig, Config, require_credentials
from bot.demo.settings import open_config
from bot.wechat.errors import PlatformError
from content import audit, inspection, repository, staff
from content.figures import FiguresUnreadable
from content.inspection import RED, YELLOW
from content.menu import BadMenu, load_menu
from content.models import Attachment
from content.offices import OfficesUnreadable
from content.pictures import picture_path
from content.store import embedded
from content.store.keys import KeysUnreadable

GREEN = "好"
_KINDS = (
    ("待核实：", "待核实的事实"), ("待填：", "待本局填写"), ("还没有律师审核", "没有律师审核的答复"),
    ("超过一年没有核对", "超过一年没有核对的答复"), ("题目的依据", "依据有问题的题目"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    level: str
    where: str
    what: str


@click.command(help="检查配置、数据库、Redis、公众号凭据和内容；有会伤到市民的问题时退出码为 1。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_obj
def check(path: Path | None, as_json: bool) -> int:
    lines = look(open_config(path))
    if as_json:
        click.echo(json.dumps([vars(line) for line in lines], ensure_ascii=False))
    else:
        show(lines)
    return 1 if any(line.level == RED for line in lines) else 0


def look(config: Config) -> list[Line]:
    return [*_settings(config), *_store(config), *_redis(config), *_menu(config), *_account(config)]


def show(lines: list[Line]) -> None:
    """How many of each kind, worst first; then every one."""
    for told in _summary(lines):
        click.echo(told)
    click.echo()
    for line in lines:
        click.echo(f"{line.level} {line.where}：{line.what}")


def _summary(lines: list[Line]) -> Iterator[str]:
    counts = Counter(line.level for line in lines)
    yield f"一共：{RED} {counts[RED]} 处，{YELLOW} {counts[YELLOW]} 处，{GREEN} {counts[GREEN]} 处。"
    for level in (RED, YELLOW):
        kinds = Counter(_kind(line) for line in lines if line.level == level)
        for kind, number in kinds.most_common():
            yield f"{level} {kind} {number} 处"


def _kind(line: Line) -> str:
    """Findings about the many answers by what is the matter; the few others by where they are."""
    named = next((name for begins, name in _KINDS if line.what.startswith(begins)), "")
    return named or ("内容" if "/" in line.where else line.where)


def _settings(config: Config) -> Iterator[Line]:
    try:
        require_credentials(config)
        yield Line(GREEN, "配置", "可以使用")
    except BadConfig as error:
        yield Line(RED, "配置", str(error))
    try:
        if Path(config.security_key_file).exists():  # else it is made at the first start
            wiring.keyring(config)
    except KeysUnreadable as error:
        yield Line(RED, "密钥", str(error))
    if not config.server_public_url and not config.sandbox_enabled:
        yield Line(YELLOW, "配置", "server.public_url 没有填：聊天里不会有“查看完整说明”的链接")
    if not alerts.open_senders(config):
        told = "没有设置邮件（alerts.mail_*）或企业微信机器人（alerts.wecom_webhook）：失败和提醒只在工作台里显示"
        yield Line(YELLOW, "提醒", told)
    else:
        yield Line(GREEN, "提醒", f"发到{'和'.join(alerts.open_senders(config))}")
    if config.sandbox_enabled and config.wechat_app_id and not config.wechat_app_id.startswith("wxdemo"):
        yield Line(RED, "配置", "正式公众号不要打开 sandbox.enabled")


def _store(config: Config) -> Iterator[Line]:
    database = wiring.open_database(config)
    try:
        if not database.is_current():
            yield Line(RED, "数据库", "结构不是最新的：请运行 pufa db upgrade")
            return
        yield Line(GREEN, "数据库", "结构是最新的")
        with database.reading() as session:
            findings = inspection.inspect(session, config.data)
            machines = repository.machines(session)
            people = [*_people(session, config), *_record(session, config)]
        if len(machines) > 1 and (database.is_sqlite or config.redis_url == "embedded"):
            told = "多台机器一起运行时，database.url 要用 PostgreSQL，redis.url 要用 Redis 服务器"
            yield Line(RED, "机器", f"{'、'.join(machines)}：{told}")
        yield from people
        yield from (Line(found.level, found.where, found.what) for found in findings)
        unreviewed = sum("还没有律师审核" in found.what for found in findings)
        yield Line(YELLOW if unreviewed else GREEN, "内容", f"{unreviewed} 篇答复还没有律师审核")
    except (FiguresUnreadable, OfficesUnreadable) as error:
        yield Line(RED, "内容", str(error))
    except SQLAlchemyError:
        yield Line(RED, "数据库", "打不开：请检查 database.url")
    finally:
        database.close()


def _people(session: Session, config: Config) -> Iterator[Line]:
    """The bureau's A/B rule. Red where real citizens are written to; on a machine without staff nobody writes yet."""
    members = [member for member in staff.all_staff(session) if member.is_active]
    if not members:
        yield Line(YELLOW, "人员", "还没有工作人员，不能写稿和审核：pufa staff add 名字 --role admin，至少两名管理员")
    elif missing := staff.admins_missing(session):
        told = f"还差 {missing} 名管理员：至少要有两名，一人不在时另一人能办（pufa staff add 名字 --role admin）"
        yield Line(YELLOW if config.sandbox_enabled else RED, "人员", told)
    else:
        yield Line(GREEN, "人员", f"{len(members)} 名在用，管理员 {len(staff.active_admins(session))} 名")
    without = [m.shown_name for m in members if not m.totp_encrypted and not m.must_change_password]
    if without and not config.sandbox_enabled:
        yield Line(YELLOW, "人员", f"没有启用动态码：{'、'.join(without)}，请本人在控制台设置")


def _record(session: Session, config: Config) -> Iterator[Line]:
    """What must be provable afterwards: the audit log and the pictures that went out."""
    broken = audit.verify(session)
    yield Line(RED if broken else GREEN, "操作记录", broken or "首尾相连，没有被改动过")
    kept = session.scalars(select(Attachment.digest)).all()
    lost = [digest for digest in kept if picture_path(config.data / "uploads", digest) is None]
    if lost:
        yield Line(RED, "图片", f"{len(lost)} 张图片的文件不见了（如 {lost[0][:8]}…）：请从备份恢复 uploads 文件夹")


def _redis(config: Config) -> Iterator[Line]:
    try:
        started = wiring.start_embedded(config)
    except embedded.NoRedisServer as error:
        yield Line(RED, "Redis", str(error))
        return
    away = wiring.open_memory(config).is_away()
    if started:
        embedded.stop(started)
    told = "没有应答：消息照样能答，但会慢一些，请检查 redis.url" if away else "有应答"
    yield Line(YELLOW if away else GREEN, "Redis", told)


def _menu(config: Config) -> Iterator[Line]:
    try:
        load_menu(config.data, own_words(config))
        yield Line(GREEN, "菜单", "符合微信的限制")
    except BadMenu as error:
        yield Line(RED, "菜单", str(error))


def _account(config: Config) -> Iterator[Line]:
    if not (config.wechat_app_id and config.wechat_app_secret):
        yield Line(YELLOW, "公众号", "没有填 wechat.app_id 和 wechat.app_secret：不能推送菜单和文章")
        return
    try:
        wiring.open_wechat(config).call("getcallbackip", method="get")
        yield Line(GREEN, "公众号", "凭据有效")
    except PlatformError as error:
        is_silent = error.code is None
        yield Line(YELLOW if is_silent else RED, "公众号", str(error))


COMMANDS = (check,)
