"""posts: the push schedule. Plans, shows, has reviewed, stops. Every act goes by the same functions as the console."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from bot import wiring
from bot.commands.content import show_progress
from bot.commands.staff import as_staff
from bot.config import Config
from bot.demo.settings import open_config
from content import articles, pictures
from content import staff as members
from content.covers import plain_cover
from content.importers import documents
from content.importers.documents import ArticleFile
from content.store import clock
from content.store.db import Database
from content.workflow import needed_steps
from scheduler import posts as schedule
from scheduler import preflight, slots
from scheduler.models import Channel, State
from scheduler.moves import NAMES

_CHANNELS = {Channel.PUBLISH: "发布（不推送，不占次数）", Channel.MASS: "群发（推送到手机，占次数）"}
_TIME = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)?")
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
_number = click.argument("number", metavar="ID", type=click.IntRange(1, 2**31 - 1))


@click.group(help="推送排期：排上、查看、审核、取消、立即发布、停发。")
def posts() -> None:
    pass


@posts.command(help="把文章（.md 或 .docx，可以几篇）排进推送，等待审核。")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=False))
@click.option("--at", "due", required=True, metavar="TIME", help="北京时间，如 2026-12-04 08:00。")
@click.option("--channel", type=click.Choice([str(one) for one in Channel]), default=str(Channel.PUBLISH),
              help="publish 发布（默认，不推送）；mass 群发（推送到手机，占次数）。")  # fmt: skip
@click.option("--tag", default="", help="群发给有这个标签的关注者。")
@click.option("--to-all", is_flag=True, help="群发给全部关注者。")
@click.option("--late-after", type=click.IntRange(1, 1440), default=30, help="最多可以迟多少分钟再发（默认 30）。")
@as_staff
@_json
@click.pass_obj
def add(
    path: Path | None, files: tuple[Path, ...], due: str, channel: str, tag: str, to_all: bool, late_after: int,
    by: str, as_json: bool,
) -> None:  # fmt: skip
    due_at, audience = read_time(due), _audience(channel, tag, to_all)
    config = open_config(path)
    read = [documents.open_article(file, config.data / "uploads", show_progress(file)) for file in files]
    notes = [f"{file.name}：{note}" for file, article in zip(files, read, strict=True) for note in article.notes]
    with wiring.current_database(config) as database, database.transaction() as session:
        wanted = [_save(session, config, article, by, notes) for article in read]
        made = schedule.plan(session, wanted, due_at, channel, audience, by, timedelta(minutes=late_after))
        notes += slots.check_slot(session, due_at, channel, config.wechat_account_type, without=made.id)
        told = schedule.as_json(made)
    _warn([*notes, *_unsendable(config)])
    receipt = (
        f"第 {told['id']} 号《{told['title']}》排期到 {clock.spoken(due_at)}，{_CHANNELS[Channel(channel)]}，等待审核。"
    )
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else receipt)


@posts.command("list", help="列出推送，最近的在前。")
@click.option("--state", "states", multiple=True, type=click.Choice([str(one) for one in State]), help="只列这些状态。")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200)
@_json
@click.pass_obj
def list_(path: Path | None, states: tuple[str, ...], limit: int, as_json: bool) -> None:
    with wiring.current_database(open_config(path)) as database, database.reading() as session:
        found = [schedule.as_json(one) for one in schedule.listing(session, states, limit=limit)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one['id']}\t{_when(one)}\t{NAMES[State(one['state'])]}\t{one['channel']}\t{one['title']}")
    if not found:
        click.echo('还没有推送：pufa posts add 文章.md --at "2026-12-04 08:00" 排上第一条。')


@posts.command(help="一条推送的全部情况。")
@_number
@_json
@click.pass_obj
def show(path: Path | None, number: int, as_json: bool) -> None:
    with wiring.current_database(open_config(path)) as database, database.reading() as session:
        told = schedule.as_json(schedule.get_post(session, number))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in _lines(told):
        click.echo(line)


@posts.command(help="审核通过（写稿人不能审自己的）。运行本命令就是确认已看过提示、已做保密审查。")
@_number
@click.option("--opinion", default="同意", help="审核意见。")
@click.option(
    "--secrecy-checked/--no-secrecy-checked",
    "is_secrecy_checked",
    default=None,
    help="保密审查（默认已做；review.secrecy 是 separate 时要写明）。",
)
@as_staff
@_json
@click.pass_obj
def approve(
    path: Path | None, number: int, opinion: str, is_secrecy_checked: bool | None, by: str, as_json: bool
) -> None:
    config = open_config(path)
    if is_secrecy_checked is None:
        is_secrecy_checked = config.review_secrecy != "separate"
    with wiring.current_database(config) as database:
        with database.reading() as session:  # who may not, causes no call to WeChat
            schedule.get_post(session, number)
            members.require(session, by, *needed_steps(config.review_people))
        notes = _prepare(config, database, number)
        uploads = config.data / "uploads"
        with database.reading() as session:
            shown = preflight.yellows(session, schedule.get_post(session, number), uploads)
        _ask_for_ticks(list(shown.values()), by)
        with database.transaction() as session:
            post = schedule.get_post(session, number)
            if red := preflight.reds(session, post, uploads):
                raise schedule.NotPossible(f"检查没有通过，不能审核通过。{red[0]}")
            if (yellow := preflight.yellows(session, post, uploads)).keys() - shown.keys():
                raise schedule.NotPossible("刚才稿子变了，多了要看的提醒：请再运行一次。")
            made = schedule.approve(
                session, number, by, opinion, is_secrecy_checked, list(yellow), config.review_people,
                config.wechat_account_type,
            )  # fmt: skip
            told = schedule.as_json(made)
    _warn([*notes, *_unsendable(config), *yellow.values()])
    _tell(told, as_json, "已审核通过" if told["state"] == State.SCHEDULED else "已记下这一道审核，还要下一道")


def _ask_for_ticks(yellow: list[str], by: str) -> None:
    """At a terminal they are shown and ticked by name first; a script's approval is its tick. Raises NotPossible."""
    if not yellow or not sys.stdin.isatty():
        return
    _warn(yellow)
    asked = f"上面的提醒逐条看过了，以 {by} 的名义勾选并审核通过？（是/否）"
    if click.prompt(asked, default="否", show_default=False, err=True).strip().lower() not in ("是", "y", "yes"):
        raise schedule.NotPossible("没有勾选，没有审核通过，什么都没有改动。")


@posts.command("return", help="退回修改。")
@_number
@click.option("--opinion", required=True, help="要改什么。")
@as_staff
@_json
@click.pass_obj
def return_(path: Path | None, number: int, opinion: str, by: str, as_json: bool) -> None:
    config = open_config(path)
    with wiring.current_database(config) as database, database.transaction() as session:
        told = schedule.as_json(schedule.return_(session, number, by, opinion, config.review_people))
    _tell(told, as_json, "已退回")


@posts.command(help="取消还没有发出的推送。")
@_number
@click.option("--reason", default="", help="原因。")
@as_staff
@_json
@click.pass_obj
def cancel(path: Path | None, number: int, reason: str, by: str, as_json: bool) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        told = schedule.as_json(schedule.withdraw(session, number, by, reason))
    _tell(told, as_json, "已取消")


@posts.command(help="已经排期的推送，现在就发。")
@_number
@as_staff
@_json
@click.pass_obj
def now(path: Path | None, number: int, by: str, as_json: bool) -> None:
    config = open_config(path)
    with wiring.current_database(config) as database, database.transaction() as session:
        told = schedule.as_json(schedule.publish_now(session, number, by, config.wechat_account_type))
    _tell(told, as_json, "马上发出")


@posts.command(help="结果不明的推送由人确认：已经发出，或没有发出（重新发送）。")
@_number
@click.option("--went-out/--not-sent", "went_out", required=True, default=None, help="已经发出，或没有发出。")
@click.option("--opinion", required=True, help="依据：在哪里看到了什么。")
@as_staff
@_json
@click.pass_obj
def decide(path: Path | None, number: int, went_out: bool, opinion: str, by: str, as_json: bool) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        told = schedule.as_json(schedule.decide(session, number, by, went_out, opinion))
    _tell(told, as_json, "已确认发出" if went_out else "重新发送")


@posts.command(help="红色开关：全部停发。")
@click.argument("reason")
@as_staff
@click.pass_obj
def freeze(path: Path | None, reason: str, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        schedule.freeze(session, by, reason)
    click.echo("已全部停发。恢复要两个人：各运行一次 pufa posts release --as 名字。")


@posts.command(help="恢复发送，要两个人各确认一次。")
@as_staff
@click.pass_obj
def release(path: Path | None, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        is_released = schedule.release(session, by)
    click.echo("已恢复发送。" if is_released else "已记下第一个人的确认：还要另一个人确认。")


def read_time(text: str) -> datetime:
    """Beijing's time where none is named. Raises UsageError."""
    try:
        if not _TIME.fullmatch(text.strip()):
            raise ValueError(text)
        date, _, rest = text.strip().replace("T", " ").partition(" ")
        year, month, day = (int(part) for part in date.split("-"))
        moment = datetime.fromisoformat(f"{year:04}-{month:02}-{day:02} {rest.zfill(5) if len(rest) < 6 else rest}")
    except ValueError as error:
        raise click.UsageError(f"--at 应写成 2026-12-04 08:00 这样的北京时间，现在是“{text[:40]}”。") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.BEIJING)


def _audience(channel: str, tag: str, to_all: bool) -> dict[str, Any]:
    """Raises UsageError."""
    if channel == Channel.PUBLISH:
        if tag or to_all:
            raise click.UsageError("“发布”不推送给任何人：不能写 --tag 或 --to-all；要推送请加 --channel mass。")
        return {}
    if bool(tag.strip()) == to_all:
        raise click.UsageError("群发要在 --tag 标签名 和 --to-all 之间选一个，只选一个。")
    return {"all": True} if to_all else {"tag": tag.strip()}


def _save(session: Session, config: Config, article: ArticleFile, by: str, notes: list[str]) -> tuple[int, int]:
    """(material_id, revision_id) of a new article with these words."""
    for picture in article.pictures:
        pictures.keep(session, picture)
    words = article.wording
    cover = str((words.facts or {}).get("cover", ""))
    if not pictures.digest_of(cover):
        cover = _other_cover(session, config, article, notes)
    revision = articles.save_draft(
        session, None, title=words.title, body=words.body, by=by, base_number=0, author=words.author,
        digest=words.digest, category=words.category, source_url=words.source_url, cover=cover,
    )  # fmt: skip
    return revision.material_id, revision.id


def _other_cover(session: Session, config: Config, article: ArticleFile, notes: list[str]) -> str:
    """The first picture of the text, else a plain one."""
    if article.pictures:
        return pictures.address(article.pictures[0])
    notes.append(f"《{article.wording.title}》没有封面图：用了默认的素色封面。")
    return pictures.address(pictures.add_picture(session, plain_cover(), config.data / "uploads"))


def _prepare(config: Config, database: Database, number: int) -> list[str]:
    """Has WeChat's version made, where nobody has seen it yet and WeChat answers. Raises NotPossible where that version
    lacks something: it must be seen before it is approved.
    """
    with database.reading() as session:
        post = schedule.get_post(session, number)
    if post.state != State.IN_REVIEW or post.draft_read_at is not None:
        return [f"微信里的版本：{line}" for line in post.draft_difference]
    try:
        pipeline = wiring.open_pipeline(config, database)
        is_read = pipeline is not None and pipeline.prepare(number)
    except Exception:  # WeChat or Redis is away: the same is tried again before it goes out
        is_read = False
    with database.reading() as session:
        post = schedule.get_post(session, number)
    if post.draft_difference:
        lines = "；".join(post.draft_difference)
        raise schedule.NotPossible(f"微信里的版本与原稿不同：{lines} 看过以后仍要通过，请再运行一次。")
    return [] if is_read else ["还没有看到微信里的版本：发送前会再核对，如有改动会退回。"]


def _unsendable(config: Config) -> list[str]:
    """Why nothing of this installation can go out."""
    is_lacking = not (config.wechat_app_id and config.wechat_app_secret)
    return ["还没有填写 wechat.app_id 和 wechat.app_secret：到时间发不出去。"] if is_lacking else []


def _warn(notes: Sequence[str]) -> None:
    for note in notes:
        click.echo(f"请留意：{note}", err=True)


def _tell(told: dict[str, Any], as_json: bool, done: str) -> None:
    sentence = f"第 {told['id']} 号《{told['title']}》{done}：{NAMES[State(told['state'])]}，{_when(told)}。"
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else sentence)


def _when(told: dict[str, Any]) -> str:
    return clock.spoken(datetime.fromisoformat(told["due_at"]))


def _lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"第 {told['id']} 号《{told['title']}》 {NAMES[State(told['state'])]}"
    yield f"时间：{_when(told)}，最多迟 {told['late_after_seconds'] // 60} 分钟"
    to = {"all": "全部关注者"}.get(next(iter(told["audience"]), ""), told["audience"].get("tag", ""))
    yield f"渠道：{_CHANNELS[Channel(told['channel'])]}{f'，发给 {to}' if to else ''}"
    yield f"写稿：{told['written_by']}"
    yield from (f"文章：{one['title']}（{one['slug']} 第 {one['revision']} 版）" for one in told["articles"])
    for word in told["approvals"]:
        yield f"审核：{word['by']} {word['verdict']} {word['opinion']}{'' if word['is_valid'] else '（已失效）'}"
    yield from (f"微信里的版本：{line}" for line in told["draft_difference"])
    yield from (f"链接：{url}" for url in told["urls"])
    yield from (f"经过：{_seen(line)}" for line in told["evidence"])
    if told["trouble"]:
        yield f"说明：{told['trouble']}"


def _seen(line: dict[str, Any]) -> str:
    """A line of evidence, in Beijing's time."""
    often = f"（到 {_clock(line['until'])} 共 {line['times']} 次）" if line.get("times") else ""
    return f"{_clock(line['at'])} {line['source']}：{line['said']}{often}"


def _clock(moment: str) -> str:
    return f"{clock.in_beijing(datetime.fromisoformat(moment)):%m-%d %H:%M:%S}"


COMMANDS = (posts,)
