"""ask: one turn of the conversation on the command line, by the same code as the webhook."""

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot import wiring
from bot.config import Config
from bot.demo.settings import open_config
from content.store import clock, embedded
from content.store.memory import Away, Begun, Ended, Memory, Stand
from handlers import lately, router
from handlers.citizens import pseudonym_of
from handlers.desk import Bureau, Desk
from handlers.message import Incoming, Reply


@click.command(help="像市民一样问一句，看账号怎么答。")
@click.argument("text", required=False)
@click.option("--openid", help="以这个市民的身份问（默认：每次都是新市民）。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option("--batch", is_flag=True, help="从标准输入逐行读问题，逐行输出 JSON。")
@click.pass_obj
def ask(path: Path | None, text: str | None, openid: str | None, as_json: bool, batch: bool) -> None:
    if batch == (text is not None):
        raise click.UsageError("请写上要问的话，或用 --batch 从标准输入读。")
    text, openid = _readable(text or ""), _readable(openid or "")
    with _counter(open_config(path)) as (bureau, memory):
        if not batch:
            _show(_turn(bureau, memory, text, openid or _somebody()), as_json)
            return
        for line in sys.stdin.buffer:  # bytes: only a line's end ends a line
            answer = _turn(bureau, memory, line.decode(errors="replace").rstrip("\r\n"), openid or _somebody())
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()


@contextmanager
def _counter(config: Config) -> Iterator[tuple[Bureau, Memory]]:
    wiring.prepare(config)
    redis = wiring.start_embedded(config)
    database = wiring.open_database(config)
    try:
        yield wiring.open_bureau(config, database, wiring.public_url(config)), wiring.open_memory(config)
    finally:
        database.close()
        if redis:
            embedded.stop(redis)


def _turn(bureau: Bureau, memory: Memory, text: str, openid: str) -> dict[str, Any]:
    key, citizen = secrets.token_hex(16), pseudonym_of(bureau.keyring, openid)
    begun = _begin(memory, key, citizen)
    desk = Desk(bureau, openid, citizen, begun.conversation, lately.read(begun.offer), copy=begun.copy)
    message = Incoming(key, openid, "text", text, clock.timestamp())
    reply = router.route(message, desk)
    left = Ended(reply.text.encode(), desk.conversation, str(desk.leaves(reply, message)), copy=desk.copy)
    _finish(memory, key, citizen, left)
    return _told(text, desk, reply)


def _begin(memory: Memory, key: str, citizen: str) -> Begun:
    try:
        begun = memory.begin(key, citizen)
        return begun if begun.stand is Stand.YOURS else Begun(Stand.YOURS)
    except Away:
        return Begun(Stand.YOURS)


def _finish(memory: Memory, key: str, citizen: str, left: Ended) -> None:
    with suppress(Away):  # the next question reads the database instead
        memory.finish(key, citizen, left)
        memory.flush()


def _told(text: str, desk: Desk, reply: Reply) -> dict[str, Any]:
    understood = desk.understood
    said = {"type": reply.kind, "text": reply.text, "articles": [asdict(article) for article in reply.articles]}
    return {
        "text": text,
        "topic": understood.topic if understood else router.UNKNOWN_TOPIC,
        "confidence": understood.confidence if understood else 0.0,
        "reasons": router.reasons(text, desk),
        "reply": said,
        "alternatives": [guess._asdict() for guess in understood.alternatives] if understood else [],
    }


def _show(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(answer["reply"]["text"] or "（不回复）")
    click.echo(f"\n—— {answer['topic']}（{answer['confidence']:.0%}）", err=True)


def _readable(typed: str) -> str:
    """What a terminal could not decode becomes a question mark."""
    return typed.encode(errors="replace").decode()


def _somebody() -> str:
    return f"ask-{secrets.token_hex(8)}"


COMMANDS = (ask,)
