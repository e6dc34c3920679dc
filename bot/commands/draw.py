"""quiz draw: the steps of a draw from a terminal, the same as in the console."""

import gzip
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
from content.staff import Role
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers.quiz import register
from handlers.quiz.prizes import drawing, entries, line
from handlers.quiz.prizes.drawing import Look, Stage


@click.command(name="draw", help="抽奖：截止后先定名单；两个人各录一遍开奖号码，一致后当场抽出。不带选项就办下一步。")
@click.argument("name", metavar="ID")
@click.option("--numbers", default="", help='开奖号码，如 "03 07 11 18 22 29 + 05"。')
@click.option("--source", default="", help="开奖号码是从哪里看到的。")
@click.option("--withhold", "why", default="", metavar="REASON", help="过了最后一天，已改用后一期：写明原因。")
@click.option("--status", is_flag=True, help="只看到了哪一步，什么都不改。")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="把公布的抽奖记录写到这个文件。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@as_staff
@click.pass_obj
def draw(
    path: Path | None, name: str, numbers: str, source: str, why: str, status: bool, out: Path | None, by: str,
    as_json: bool,
) -> None:  # fmt: skip
    config = open_config(path)
    keyring = wiring.keyring(config)
    with wiring.current_database(config) as database:
        told = "" if status else _step(database, keyring, name, by, (numbers, source), why)
        with database.reading() as session:
            now = drawing.look(session, register.get_held(session, name))
            lines = [told] if told else _told(session, now)
            record = drawing.record_of(session, name)
        if out:
            _write(out, record, now.held.title)
            lines.append(say("prizes_record_written", file=out))
    click.echo(json.dumps(_as_json(now), ensure_ascii=False) if as_json else "\n".join(lines))


def _step(database: Database, keyring: Keyring, name: str, by: str, typed: tuple[str, str], why: str) -> str:
    """The one that was asked for, else the one that is due; what is to be said of it, empty where there was none."""
    with database.transaction() as session:
        held = register.get_held(session, name)
        if why:
            drawing.give_reason(session, held, why, by)
            return say("prizes_withheld", issue=drawing.look(session, held).issue)
        now = drawing.look(session, held)
        if typed[0]:
            now = drawing.type_numbers(session, held, *typed, by)
        elif now.stage is Stage.CLOSED:
            staff.require(session, by, Role.CAMPAIGNS)
            fixed = entries.fix(session, held, by)
            return say("prizes_list_fixed", title=held.title, people=fixed.people, digest=fixed.digest)
    if now.stage is Stage.LISTED and now.agreed:
        record = drawing.conclude(database, keyring, name, by)
        fields = {"entries": len(record.entries), "winners": len(record.winners), "numbers": record.drawn.numbers}
        return say("prizes_drawn", title=record.campaign, issue=record.drawn.issue, **fields)
    if not typed[0]:
        return ""
    if now.differs:
        return say("prizes_differ")
    mine = next(one for one in now.typed if one.typed_by == staff.folded(by))
    return say("prizes_typed", issue=now.issue, numbers=mine.numbers, source=mine.source)


def _told(session: Session, now: Look) -> list[str]:
    """Where it stands."""
    title = now.held.title
    if now.stage is Stage.BEFORE:
        return [say("prizes_status_before", title=title)]
    if now.stage is Stage.OPEN:
        return [say("prizes_status_open", title=title, commitment=now.held.commitment)]
    if now.entry_list is None:
        return [say("prizes_status_closed", title=title)]
    if now.decided is None or now.decided.drawn_at is None:
        fixed = {"people": now.entry_list.people, "digest": now.entry_list.digest, "typed": len(now.typed)}
        lottery = {"lottery": now.rules.lottery, "issue": now.issue, "day": clock.spoken_day(now.drawn_on)}
        return [say("prizes_status_listed", title=title, **fixed, **lottery)]
    drawn = {"at": clock.spoken(now.decided.drawn_at), "issue": now.decided.issue, "numbers": now.decided.numbers}
    stock = [
        say("prizes_stock", prize=one.prize, count=one.count, handed=one.handed_over, offered=one.offered)
        for one in line.stock(session, now.held)
    ]
    return [say("prizes_status_drawn", title=title, **drawn), *stock]


def _write(out: Path, record: bytes | None, title: str) -> None:
    """Raises NotDrawn where nothing has been published yet."""
    if record is None:
        raise entries.NotDrawn(say("prizes_not_drawn", title=title))
    out.write_bytes(gzip.decompress(record))


def _as_json(now: Look) -> dict[str, Any]:
    fixed, decided = now.entry_list, now.decided
    is_drawn = now.stage is Stage.DRAWN and decided is not None
    return {
        "id": now.held.id, "stage": str(now.stage), "commitment": now.held.commitment, "lottery": now.rules.lottery,
        "issue": now.issue, "drawn_on": str(now.drawn_on), "is_withheld": now.is_withheld,
        "entries": fixed.people if fixed else None,
        "entries_sha256": fixed.digest if fixed else None, "typed_by": [one.typed_by for one in now.typed],
        "agreed": bool(now.agreed), "numbers": decided.numbers if is_drawn and decided else None,
    }  # fmt: skip
