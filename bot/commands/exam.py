"""quiz exam: the exam of public employees from a terminal: its roster looked at and taken in, codes, the completion
report.
"""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot import wiring
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content import staff
from content.importers import roster as files
from content.staff import NotFound, Role
from handlers.quiz import play, register
from handlers.quiz.exam import codes, report, roster, units
from handlers.quiz.exam.codes import State
from handlers.quiz.exam.roster import NotTaken, Plan
from handlers.quiz.models import HeldCampaign, Unit

_SHOWN = 20
_out = click.Path(dir_okay=False, path_type=Path)
_in = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(help="公职人员考试：名单、考试码、完成情况报告。")
def exam() -> None:
    pass


@exam.command(help="空白的名单模板（Excel）。")
@click.argument("file", metavar="FILE", type=_out)
def template(file: Path) -> None:
    file.write_bytes(files.template())
    click.echo(f"模板写到 {file}。")


@exam.command(name="roster", help="看一份名单会改什么、哪一格有问题；加 --apply 才导入。")
@click.argument("name", metavar="ID")
@click.argument("file", metavar="FILE", type=_in)
@click.option("--part", "is_part", is_flag=True, help="只管表里出现的单位，别的单位不动。")
@click.option("--apply", "is_applied", is_flag=True, help="导入。")
@click.option("--drops", default=0, metavar="N", type=click.IntRange(0), help="同意 N 个表里没有的人停考。")
@click.option("--marked", default=None, type=_out, help="把标出问题的表格写到这里。")
@as_staff
@click.pass_obj
def roster_(
    path: Path | None, name: str, file: Path, is_part: bool, is_applied: bool, drops: int, marked: Path | None, by: str
) -> int:
    config, data = open_config(path), file.read_bytes()
    keyring, lines = wiring.keyring(config), files.read(data, file.name)
    with wiring.current_database(config) as database, database.transaction() as session:
        staff.require(session, by, Role.CAMPAIGNS)
        held = _get_exam(session, name)
        if is_applied:
            plan = roster.take_in(session, keyring, held, lines, by, is_part=is_part, drops=drops)
        else:
            plan = roster.look(session, keyring, held, lines, is_part)
    if marked:
        marked.write_bytes(files.marked(data, file.name, plan.lines))
    _tell(plan, is_applied)
    return 1 if plan.faulty else 0


def _tell(plan: Plan, is_applied: bool) -> None:
    for line in plan.faulty[:_SHOWN]:
        for field, sentence in line.faults.items():
            click.echo(f"{line.places.get(field, f'第 {line.row} 行')}：{sentence}", err=True)
    if len(plan.faulty) > _SHOWN:
        click.echo(f"一共 {len(plan.faulty)} 行要改，加 --marked FILE 得到标出全部问题的表格。", err=True)
    done = "已经导入" if is_applied else "还没有导入（加 --apply 才导入）"
    click.echo(
        f"读到 {len(plan.lines)} 人：新来 {len(plan.added)}，改动 {len(plan.changed)}，不变 {plan.unchanged}，"
        f"停考 {len(plan.gone)}。{done}。"
    )


@exam.command(name="codes", help="给没有领过考试码的人发码，写成表格；码只出现这一次。")
@click.argument("name", metavar="ID")
@click.option("--xlsx", "out", required=True, type=_out, help="写到这个文件。")
@click.option("--unit", "unit_path", default="", metavar="PATH", help="只发这个单位和它的下级，如 市司法局/办公室。")
@click.option("--all", "is_all", is_flag=True, help="所有人都换新码，以前发的、还没用的作废。")
@as_staff
@click.pass_obj
def codes_(path: Path | None, name: str, out: Path, unit_path: str, is_all: bool, by: str) -> None:
    config = open_config(path)
    keyring = wiring.keyring(config)
    if out.exists():
        raise click.UsageError(f"{out} 已经有了：请换一个文件名。")
    with wiring.current_database(config) as database, database.transaction() as session:
        staff.require(session, by, Role.CAMPAIGNS)
        held = _get_exam(session, name)
        every = units.all_units(session, held)
        of = units.below(every, _unit(every, unit_path)) if unit_path else every
        lines = report.people(session, keyring, held, of)
        people = [line.person for line in lines if is_all or line.code is State.NONE]
        handed = codes.issue(session, keyring, held, people, by, (unit_path or held.title)[:120])
        table = report.codes_xlsx(held.title, handed, {unit.id: unit.path for unit in every})
        out.touch(mode=0o600)
        out.write_bytes(table)
    click.echo(f"发了 {len(handed)} 个考试码，写到 {out}。只有这一份：一人一码发给本人，发完请删去。")


@exam.command(name="report", help="完成情况：应考、实考、合格、补考、未参加、免考，一单位一行，上级含下级。")
@click.argument("name", metavar="ID")
@click.option("--xlsx", default=None, type=_out, help="写成 Excel。")
@click.option("--docx", default=None, type=_out, help="写成 Word。")
@click.pass_obj
def report_(path: Path | None, name: str, xlsx: Path | None, docx: Path | None) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        held = _get_exam(session, name)
        play.settle(session, held)
        lines, total = report.completion(session, held)
    if xlsx:
        xlsx.write_bytes(report.completion_xlsx(held, lines, total))
    if docx:
        docx.write_bytes(report.completion_docx(held, lines, total))
    click.echo(
        f"{held.title}：应考 {total.due} 人，实考 {total.sat} 人，合格 {total.passed} 人，补考 {total.made_up} 人，"
        f"未参加 {total.absent} 人，免考 {total.excused} 人。"
    )


def _get_exam(session: Session, name: str) -> HeldCampaign:
    """Raises NotHeld, NotTaken."""
    held = register.get_held(session, name)
    if register.rules_of(held).exam is None:
        raise NotTaken(f"“{held.title}”不是考试。")
    return held


def _unit(every: list[Unit], path: str) -> Unit:
    """Raises NotFound."""
    found = next((unit for unit in every if unit.path == path), None)
    if found is None:
        raise NotFound(f"没有叫“{path}”的单位：从上级写到本级，中间用 / 隔开。")
    return found


SUBCOMMANDS = (exam,)
