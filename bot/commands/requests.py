"""requests list, show, confirm, answer, approve: disclosure requests from the command line. Names no applicant."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from bot import wiring
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content import staff
from content.phrases import say
from content.store import clock
from handlers.disclosure import handling, letters
from handlers.disclosure import requests as rules
from handlers.disclosure.models import DisclosureRequest
from handlers.disclosure.requests import NotDone

_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


@click.group(help="政府信息公开申请：列出、查看、确认、答复、批准。不显示申请人。")
def requests() -> None:
    pass


@requests.command("list", help="没有办完的申请，先到期的在前。")
@_json
@click.pass_obj
def list_(path: Path | None, as_json: bool) -> None:
    with wiring.current_database(open_config(path)) as database, database.reading() as session:
        found = [_told(request) for request in rules.open_requests(session)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif not found:
        click.echo("没有在办的申请。")
    else:
        for one in found:
            due = f"{one['due_on']}{'（暂定）' if one['is_provisional'] else ''}" if one["due_on"] else "未开始计算"
            click.echo(f"{one['number']}  {one['state_name']}  最后一天 {due}  {one['wanted'][:30]}")


@requests.command(help="一件申请的经过。")
@click.argument("number")
@_json
@click.pass_obj
def show(path: Path | None, number: str, as_json: bool) -> None:
    with wiring.current_database(open_config(path)) as database, database.reading() as session:
        request = _get(session, number)
        told = _told(request)
        steps = [
            {"at": clock.in_beijing(step.at).isoformat(), "by": step.by, "act": rules.act_name(step.act),
             "note": step.note, "letter": step.letter}
            for step in request.steps
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({**told, "steps": steps}, ensure_ascii=False))
        return
    click.echo(f"{told['number']}  {told['state_name']}\n{told['wanted']}")
    for step in steps:
        click.echo(f"{step['at'][:16]}  {step['act']}  {step['by']}  {step['note']}".rstrip())


@requests.command(help="确认收到网上提交的申请：期限从今天起算（条例第三十一条）。")
@click.argument("number")
@as_staff
@click.pass_obj
def confirm(path: Path | None, number: str, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        request = _get(session, number)
        handling.confirm(session, request, by)
        click.echo(f"{request.number} 已确认收到。{rules.due_note(request)}")


@requests.command(help="拟一份答复，由另一个人用 approve 批准。文书的名字见 --letter 的说明。")
@click.argument("number")
@click.option("--letter", required=True, type=click.Choice(list(handling.answers())), help="哪一种答复。")
@click.option("--word", "words", multiple=True, metavar="名字=内容", help="文书里由工作人员填的，如 how=见附件。")
@as_staff
@click.pass_obj
def answer(path: Path | None, number: str, letter: str, words: tuple[str, ...], by: str) -> None:
    given = dict(_pair(word) for word in words)
    if lacking := [f"{name}（{what}）" for name, what in letters.kinds()[letter].blanks.items() if name not in given]:
        raise NotDone(f"还缺：{'、'.join(lacking)}。用 --word 名字=内容 补上。")
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        request = _get(session, number)
        handling.draft_answer(session, request, by, letter, given)
        click.echo(f"{request.number} 的答复已拟好，等另一个人批准：pufa requests approve {request.number} --as 名字")


@requests.command(help="批准别人拟的答复或者延期。")
@click.argument("number")
@as_staff
@click.pass_obj
def approve(path: Path | None, number: str, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        request = _get(session, number)
        handling.approve(session, request, by)
        click.echo(f"{request.number} 已批准：{rules.state_name(request.state)}。{rules.due_note(request)}")


def _get(session: Session, number: str) -> DisclosureRequest:
    found = rules.find_by_number(session, number)
    if found is None:
        raise staff.NotFound(say("request_not_found"))
    return found


def _pair(word: str) -> tuple[str, str]:
    name, sign, said = word.partition("=")
    if not sign:
        raise NotDone(f"“{word}”看不懂：请写成 名字=内容。")
    return name.strip(), said.strip()


def _told(request: DisclosureRequest) -> dict[str, Any]:
    return {
        "number": request.number, "state": request.state, "state_name": rules.state_name(request.state),
        "channel": request.channel, "applicant_kind": request.applicant_kind, "wanted": request.wanted,
        "received_on": _day(request.received_on), "due_on": _day(request.due_on),
        "is_provisional": request.is_provisional, "answer": request.answer, "report_class": request.report_class,
        "ended_on": _day(request.ended_on),
    }  # fmt: skip


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


COMMANDS = (requests,)
