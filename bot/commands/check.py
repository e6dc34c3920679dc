"""check: everything that could hurt citizens, one line each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from bot import wiring
from bot.config import BadConfig, Config, require_credentials
from bot.demo import open_config
from bot.wechat.errors import PlatformError
from content import inspection, repository
from content.inspection import RED, YELLOW
from content.menu import BadMenu, load_menu
from content.offices import OfficesUnreadable
from content.store import embedded
from content.store.keys import KeysUnreadable

GREEN = "好"


@dataclass(frozen=True)
class Line:
    level: str
    where: str
    what: str


@click.command(help="检查配置、数据库、Redis、公众号凭据和内容；有会伤到市民的问题时退出码为 1。")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def check(path: Path | None, as_json: bool) -> int:
    config = open_config(path)
    lines = [*_settings(config), *_store(config), *_redis(config), *_menu(config), *_account(config)]
    if as_json:
        click.echo(json.dumps([vars(line) for line in lines], ensure_ascii=False))
    else:
        for line in lines:
            click.echo(f"{line.level} {line.where}：{line.what}")
    return 1 if any(line.level == RED for line in lines) else 0


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
        if len(machines) > 1 and (database.is_sqlite or config.redis_url == "embedded"):
            told = "多台机器一起运行时，database.url 要用 PostgreSQL，redis.url 要用 Redis 服务器"
            yield Line(RED, "机器", f"{'、'.join(machines)}：{told}")
        yield from (Line(found.level, found.where, found.what) for found in findings)
        unreviewed = sum("还没有律师审核" in found.what for found in findings)
        yield Line(YELLOW if unreviewed else GREEN, "内容", f"{unreviewed} 篇答复还没有律师审核")
    except OfficesUnreadable as error:
        yield Line(RED, "内容", str(error))
    except SQLAlchemyError:
        yield Line(RED, "数据库", "打不开：请检查 database.url")
    finally:
        database.close()


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
        load_menu(config.data)
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
