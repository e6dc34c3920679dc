"""quiz questions: the bank's ways in and out from a terminal. quiz cite-check: every citation against the laws held."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bot import wiring
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content.importers.library import sync_library
from content.questions import files, imports, looking, reading, records, shelf, template
from content.questions.looking import DryRun, Looked, Verdict
from content.questions.records import ImportState, QuestionImport
from content.questions.words import subject_of
from content.store import clock
from content.store.db import Database
from handlers.quiz import unsettled

STATES = {ImportState.WAITING: "等待导入", ImportState.TAKEN: "已导入", ImportState.UNDONE: "已撤销"}
VERDICTS = {Verdict.NEW: "新题", Verdict.CHANGED: "改动", Verdict.SAME: "不变", Verdict.BAD: "有问题"}
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_out = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


@contextmanager
def _bank(path: Path | None) -> Iterator[Database]:
    """With the library's questions, also on a fresh machine."""
    with wiring.current_database(open_config(path)) as database:
        with database.transaction() as session:
            sync_library(session, unsettled.holds(session))
        yield database


@click.group(help="题库：导入、导出、模板、撤销导入。")
def questions() -> None:
    pass


@questions.command(
    "import",
    help="导入题目：Excel 模板、Word、纯文字、GIFT、Aiken 或 TOML。有问题的题全部列出；没有问题才导入，除非加 --good。",
)
@_file
@click.option("--dry-run", is_flag=True, help="只看一遍，什么都不改。")
@click.option("--good", is_flag=True, help="有问题的题留下，只导入没有问题的。")
@click.option("--marked", type=click.Path(dir_okay=False, path_type=Path), help="把标出问题的 Excel 写到这个文件。")
@click.option("--subject", default="", help="没有写类别的题算哪一类。")
@as_staff
@_json
@click.pass_obj
def import_(
    path: Path | None, file: Path, dry_run: bool, good: bool, marked: Path | None, subject: str, by: str, as_json: bool
) -> int:
    data, subject = file.read_bytes(), subject_of(subject)
    found = reading.read(data, file.name)
    with _bank(path) as database:
        with database.reading() as session:
            run = looking.look(session, found, unsettled.holds(session), subject)
        if marked:
            marked.write_bytes(looking.handed_back(data, file.name, found, run))
        is_refused = run.count(Verdict.BAD) > 0 and not good
        row = None
        if not dry_run and not is_refused and any(one.may_be_taken for one in run.rows):
            with database.transaction() as session:
                row = imports.hand_in(session, data, file.name, subject, by)
                row = imports.take(session, row.id, None, run.digest, by, unsettled.holds(session))
    click.echo(json.dumps(_as_json(run, row), ensure_ascii=False) if as_json else _told(run, row, dry_run))
    if is_refused and not dry_run:
        click.echo(
            f"{run.count(Verdict.BAD)} 道题有问题，一道也没有导入：请改好再来，或加 --good 只导入没有问题的。", err=True
        )
    return 1 if is_refused else 0


@questions.command(help="导出题库（停用的除外）：按文件名的后缀写成 .xlsx（模板的样子）、.toml、.gift 或 .aiken。")
@_out
@click.option("--subject", default="", help="只要这一类。")
@click.pass_obj
def export(path: Path | None, file: Path, subject: str) -> None:
    form = file.suffix.lower().removeprefix(".")
    if form not in files.FORMS:
        raise click.UsageError("文件名请以 .xlsx、.toml、.gift 或 .aiken 结尾。")
    wanted = shelf.Wanted(subject=subject_of(subject), retired=False)
    with _bank(path) as database, database.reading() as session:
        bank = shelf.find(session, wanted)
    data, left_out = files.write(bank, form)
    file.write_bytes(data)
    click.echo(f"导出了 {len(bank) - len(left_out)} 道题：{file}。")
    if left_out:
        click.echo(f"Aiken 只能写单选题：{len(left_out)} 道没有导出（{'、'.join(left_out[:5])}等）。", err=True)


@questions.command("template", help="写一份 Excel 模板：有下拉框、一行示例和一页说明。")
@_out
def template_(file: Path) -> None:
    file.write_bytes(template.template())
    click.echo(f"模板写好了：{file}。填好后运行 pufa quiz questions import。")


@questions.command(help="撤销一次导入：改过的题恢复原样，新题没有出过的删去、出过的停用。")
@click.argument("number", metavar="ID", type=int)
@as_staff
@click.pass_obj
def undo(path: Path | None, number: int, by: str) -> None:
    with _bank(path) as database, database.transaction() as session:
        told = unsettled.undo_import(session, number, by).told
    click.echo(
        f"第 {number} 次导入已撤销：恢复 {told['restored']} 道，停用 {told['retired']} 道，删去 {told['deleted']} 道。"
    )


@questions.command("imports", help="导入记录：编号、文件、谁在什么时候导入、结果。")
@_json
@click.pass_obj
def imports_(path: Path | None, as_json: bool) -> None:
    with _bank(path) as database, database.reading() as session:
        rows = records.all_imports(session)
    if as_json:
        click.echo(json.dumps([_row_as_json(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        told = "，".join(
            f"{VERDICTS[Verdict(name)]} {number}" for name, number in row.told.items() if name in list(Verdict)
        )
        at = f"{clock.in_beijing(row.handed_in_at):%Y-%m-%d %H:%M}"
        click.echo(f"{row.id} {STATES[ImportState(row.state)]} {row.name} {row.handed_in_by} {at} {told}")
    if not rows:
        click.echo("还没有导入过题目。")


@click.command("cite-check", help="用导入的法律条文重新核对每道题的依据：法律在不在、条在不在、文本有没有更新。")
@_json
@click.pass_obj
def cite_check(path: Path | None, as_json: bool) -> int:
    with _bank(path) as database, database.reading() as session:
        found = shelf.check_citations(session)
    if as_json:
        wrong = [{"key": key, "problem": told} for key, told in found.wrong]
        told = {
            "questions": found.questions,
            "laws_held": found.is_any_held,
            "wrong": wrong,
            "not_held": found.not_held,
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return 1 if found.wrong else 0
    for key, sentence in found.wrong:
        click.echo(f"{key}：{sentence}")
    if not found.is_any_held:
        click.echo("还没有导入任何法律的条文，只按名录核对了法律名称和条号：请先用 pufa content import 导入法律。")
    elif found.not_held:
        names = "、".join(f"《{law}》（{number} 道题）" for law, number in found.not_held.most_common(10))
        click.echo(f"还没有条文、只按名录核对了的法律有 {len(found.not_held)} 部：{names}。")
    click.echo(f"核对了 {found.questions} 道题，{len({key for key, _ in found.wrong})} 道有问题。")
    return 1 if found.wrong else 0


def _told(run: DryRun, row: QuestionImport | None, is_dry: bool) -> str:
    lines = [line for one in run.rows for line in _lines(one)]
    lines += run.notes
    total = "，".join(f"{VERDICTS[verdict]} {run.count(verdict)} 道" for verdict in Verdict)
    lines.append(f"一共 {len(run.rows)} 道题：{total}。")
    if row is not None:
        lines.append(f"已导入，编号 {row.id}；要整体撤销，运行 pufa quiz questions undo {row.id}。")
    elif is_dry:
        lines.append("只看了一遍，什么都没有改。")
    elif not run.count(Verdict.BAD):
        lines.append("题库里已经都有了，没有变化。")
    return "\n".join(lines)


def _lines(one: Looked) -> Iterator[str]:
    """What stops it from being taken, and what only wants a person's eye."""
    wrong = len(one.faults)
    for place, sentence in enumerate(one.sentences):
        yield f"{one.written.place} {VERDICTS[Verdict.BAD] if place < wrong else '提醒'}：{sentence}"


def _as_json(run: DryRun, row: QuestionImport | None) -> dict[str, Any]:
    told = [{"place": one.written.place, "key": one.key, "verdict": str(one.verdict),
             "problems": one.sentences[: len(one.faults)], "reminders": one.sentences[len(one.faults) :]}
            for one in run.rows]  # fmt: skip
    return {"id": row.id if row else None, **looking.counts(run), "notes": run.notes, "questions": told}


def _row_as_json(row: QuestionImport) -> dict[str, Any]:
    at = clock.in_beijing(row.handed_in_at).isoformat()
    return {"id": row.id, "state": row.state, "file": row.name, "by": row.handed_in_by, "at": at, **row.told}
