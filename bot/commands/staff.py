"""staff: console accounts, their roles, and the ways back in. Also how every command learns who acts: `--as`."""

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from bot import wiring
from bot.demo.settings import open_config
from content import staff as members
from content.staff import ROLE_NAMES, SENTENCES, Role, Staff
from content.store import clock


def system_user() -> str:
    """Who sits at this machine; empty where the system has no name for him."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run under a number without a name
        return ""


as_staff: Callable[[Any], Any] = click.option(
    "--as", "by", default=system_user, metavar="NAME", help="以哪位工作人员的名义（默认：与系统用户同名的那位）。"
)


def _known(text: str) -> list[str]:
    """Raises UsageError."""
    named = [one for one in text.replace("，", ",").split(",") if one]
    if unknown := [one for one in named if one not in list(Role)]:
        raise click.UsageError(f"没有角色 {unknown[0]}：可以写 {' '.join(Role)}。")
    return named


def _flat(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(role for text in given for role in _known(text))


_roles = click.option(
    "--role", "roles", multiple=True, metavar="ROLE...", callback=_flat,
    help=f"角色，可写几个：{' '.join(Role)}。",
)  # fmt: skip
_more = click.argument("more", metavar="", nargs=-1, callback=_flat)
"""Roles behind the first one: `--role write review1`."""
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
_leaves_one = click.option("--leaves-one-admin", is_flag=True, help="明知去掉后只剩一名管理员，仍要这样做。")


@click.group(help="控制台账号：增加、角色、解除锁定、重设密码、停用。")
def staff() -> None:
    pass


@staff.command(help="增加一名工作人员，显示一次首次登录的密码。")
@click.argument("name")
@_more
@_roles
@click.option("--shown-name", default="", help="页面和审核单上显示的名字（默认同用户名）。")
@click.option("--password-stdin", is_flag=True, help="首次密码从标准输入读，不由程序生成。")
@as_staff
@_json
@click.pass_obj
def add(
    path: Path | None, name: str, more: tuple[str, ...], roles: tuple[str, ...], shown_name: str,
    password_stdin: bool, by: str, as_json: bool,
) -> None:  # fmt: skip
    roles = (*roles, *more)
    if not roles:
        raise click.UsageError("请用 --role 写上角色。")
    typed = _typed() if password_stdin else ""
    with _changing(path) as session:
        member, password = members.add_staff(session, name, shown_name, roles, by, first_password=typed)
        missing = members.admins_missing(session)
        told = _as_json(member)
    if as_json:
        click.echo(json.dumps(told if password_stdin else told | {"first_password": password}, ensure_ascii=False))
        return
    click.echo(
        f"增加了 {member.shown_name}（{member.name}）：{'、'.join(ROLE_NAMES[role] for role in _held(member))}。"
    )
    if not password_stdin:
        click.echo(f"首次密码（只显示这一次，登录后必须修改）：{password}")
    if missing:
        click.echo(f"还差 {missing} 名管理员：至少要有两名（pufa staff add 名字 --role admin）。")


@staff.command("list", help="列出全部工作人员。")
@_json
@click.pass_obj
def list_(path: Path | None, as_json: bool) -> None:
    with _changing(path) as session:
        found = members.all_staff(session)
    if as_json:
        click.echo(json.dumps([_as_json(member) for member in found], ensure_ascii=False))
        return
    for member in found:
        held = "、".join(ROLE_NAMES[role] for role in _held(member))
        click.echo(f"{member.name}\t{member.shown_name}\t{held}\t{_standing(member)}")
    if not found:
        click.echo("还没有工作人员：pufa staff add 名字 --role admin 增加第一位。")


@staff.command(help="改变一个人的角色；不写名字时列出有哪些角色。")
@click.argument("name", required=False)
@_more
@_roles
@_leaves_one
@as_staff
@click.pass_obj
def roles(
    path: Path | None, name: str | None, more: tuple[str, ...], roles: tuple[str, ...], leaves_one_admin: bool, by: str
) -> None:
    roles = (*roles, *more)
    if not name:
        for role, sentence in SENTENCES.items():
            click.echo(f"{role}\t{sentence}")
        return
    if not roles:
        raise click.UsageError("请用 --role 写上角色。")
    with _changing(path) as session:
        member = members.set_roles(session, name, roles, by, leaves_one_admin=leaves_one_admin)
    click.echo(f"{member.shown_name} 现在的角色：{'、'.join(ROLE_NAMES[role] for role in _held(member))}。")


@staff.command(help="解除因连续输错而来的登录锁定。")
@click.argument("name")
@as_staff
@click.pass_obj
def unlock(path: Path | None, name: str, by: str) -> None:
    with _changing(path) as session:
        member = members.unlock(session, name, by)
    click.echo(f"{member.shown_name} 可以再登录了；密码没有变。")


@staff.command(help="重设密码和动态码，显示一次新的首次密码。")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="首次密码从标准输入读，不由程序生成。")
@as_staff
@_json
@click.pass_obj
def reset(path: Path | None, name: str, password_stdin: bool, by: str, as_json: bool) -> None:
    typed = _typed() if password_stdin else ""
    with _changing(path) as session:
        password = members.reset(session, name, by, first_password=typed)
    if as_json:
        click.echo(json.dumps({"name": members.folded(name)} | ({} if typed else {"first_password": password})))
    elif typed:
        click.echo("已经重设：登录后必须修改密码，并重新设置动态码。")
    else:
        click.echo(f"新的首次密码（只显示这一次，登录后必须修改，动态码要重新设置）：{password}")


@staff.command(help="停用一个人：不能再登录，做过的事都留着。")
@click.argument("name")
@_leaves_one
@as_staff
@click.pass_obj
def deactivate(path: Path | None, name: str, leaves_one_admin: bool, by: str) -> None:
    with _changing(path) as session:
        member = members.deactivate(session, name, by, leaves_one_admin=leaves_one_admin)
    click.echo(f"{member.shown_name} 已停用。")


@staff.command(help="重新启用一个停用的人，角色同以前。")
@click.argument("name")
@as_staff
@click.pass_obj
def activate(path: Path | None, name: str, by: str) -> None:
    with _changing(path) as session:
        member = members.activate(session, name, by)
    click.echo(f"{member.shown_name} 重新启用了。")


def _typed() -> str:
    """Raises NotAllowed."""
    if typed := sys.stdin.readline().rstrip("\r\n"):
        return typed
    raise members.NotAllowed("标准输入里没有读到密码：请把密码写成一行送进来。")


@contextmanager
def _changing(path: Path | None) -> Iterator[Session]:
    """One transaction in a database that has its tables, also on a fresh machine."""
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        yield session


def _held(member: Staff) -> list[Role]:
    return [role for role in Role if role in members.roles_of(member)]


def _standing(member: Staff) -> str:
    if not member.is_active:
        return "已停用"
    if member.locked_until and member.locked_until > clock.now():
        return f"锁定到 {clock.spoken(member.locked_until)}"
    return "首次密码还没改" if member.must_change_password else "正常"


def _as_json(member: Staff) -> dict[str, Any]:
    locked = member.locked_until if member.locked_until and member.locked_until > clock.now() else None
    return {
        "name": member.name,
        "shown_name": member.shown_name,
        "roles": [str(role) for role in _held(member)],
        "is_active": member.is_active,
        "has_second_factor": bool(member.totp_encrypted),
        "must_change_password": member.must_change_password,
        "locked_until": clock.in_beijing(locked).isoformat() if locked else None,
    }


COMMANDS = (staff,)
