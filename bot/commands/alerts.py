"""alerts: what staff should have heard and what became of it; a failed one is sent again."""

import json
from pathlib import Path
from typing import Any

import click

from bot import alerts as channels
from bot import wiring
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content import staff as members
from content.staff import Role
from content.store import clock
from scheduler import outbox
from scheduler.models import Outgoing
from scheduler.moves import NotPossible

_NAMES = {
    outbox.WAITING: "等待发送", outbox.SENDING: "正在发送", outbox.SENT: "已送出", outbox.FAILED: "没有送出",
}  # fmt: skip
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


@click.group(help="给工作人员的提醒（邮件、企业微信机器人）：查看、重新发送。")
def alerts() -> None:
    pass


@alerts.command("list", help="最近的提醒和它们的结果。")
@click.option("--failed", "is_failed", is_flag=True, help="只列没有送出、也没有人看过的。")
@click.option("--limit", type=click.IntRange(1, 1000), default=50)
@_json
@click.pass_obj
def list_(path: Path | None, is_failed: bool, limit: int, as_json: bool) -> None:
    with wiring.current_database(open_config(path)) as database, database.reading() as session:
        found = outbox.undelivered(session)[:limit] if is_failed else outbox.newest(session, limit)
        told = [_as_json(row) for row in found]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in told:
        click.echo(f"{one['id']}\t{one['at'][:16]}\t{one['state_name']}\t{one['title']}\t{one['trouble']}")
    if not told:
        click.echo("没有提醒。")


@alerts.command(help="把没有送出的提醒再发一次（例如改好了邮件设置以后）。")
@click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))
@as_staff
@click.pass_obj
def again(path: Path | None, number: int, by: str) -> None:
    config = open_config(path)
    if not channels.open_senders(config):
        raise NotPossible("还没有设置邮件或企业微信机器人（alerts.*），没有地方可发。")
    with wiring.current_database(config) as database, database.transaction() as session:
        name = members.require(session, by, Role.ADMIN, Role.PUBLISH).name
        if not outbox.try_again(session, number, name):
            raise NotPossible(f"第 {number} 条提醒不是“没有送出”的：用 pufa alerts list --failed 查看。")
    click.echo(f"第 {number} 条提醒马上再发一次。")


def _as_json(row: Outgoing) -> dict[str, Any]:
    at = clock.in_beijing(row.owed_at).isoformat(timespec="seconds")
    return {
        "id": row.id, "at": at, "state": row.state, "state_name": _NAMES.get(row.state, row.state),
        "title": str(row.body["title"]), "trouble": row.trouble, "heard_by": row.heard_by,
    }  # fmt: skip


COMMANDS = (alerts,)
