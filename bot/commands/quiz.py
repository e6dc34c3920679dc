"""quiz: campaigns from a terminal: checked, put on, listed, their results; and whether a draw's published record is
true.
"""

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from bot import wiring
from bot.commands import certificates, editions, exam, lessons, questions, withdrawals
from bot.commands import draw as draws
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content import repository
from content.export import as_xlsx
from content.phrases import say
from content.store import clock
from handlers.quiz import draw, paper, play, register, standings
from handlers.quiz.campaign import Campaign, Phase, read_campaign
from handlers.quiz.desk import writing
from handlers.quiz.models import HeldCampaign
from handlers.quiz.standings import Stand

SAMPLES = 200
"""Papers drawn to see how far they differ in difficulty."""
PHASES = {Phase.BEFORE: "campaign_before", Phase.OPEN: "campaign_open", Phase.CLOSED: "campaign_closed"}
PROMISED = {
    "commitment": "draw_value_commitment", "entries": "draw_value_entries", "lottery": "draw_value_lottery",
    "prizes": "draw_value_prizes",
}  # fmt: skip
HEADINGS = ("名次", "参与码", "昵称", "单位", "得分", "用时（秒）", "交卷时间", "交卷次数")


@click.group(help="竞答活动：检查、开办、清单、成绩，抽奖核验。")
def quiz() -> None:
    pass


quiz.add_command(questions.questions)
quiz.add_command(questions.cite_check)
quiz.add_command(draws.draw)
_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@quiz.command(help="一份活动文件的样例，每一项都有说明：写了 FILE 就写到这个文件，不写就显示出来。")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def sample(file: Path | None) -> int:
    if file is None:
        click.echo(writing.sample())
        return 0
    if file.exists():
        click.echo(say("campaign_sample_there", file=file), err=True)
        return 1
    file.write_text(writing.sample(), encoding="utf-8")
    click.echo(say("campaign_sample_written", file=file))
    return 0


@quiz.command(help="活动文件能不能用：题库够不够，满分多少，预计平均分多少。什么都不改。")
@_file
@_json
@click.pass_obj
def check(path: Path | None, file: Path, as_json: bool) -> int:
    campaign = read_campaign(writing.text_of(file.read_bytes()))
    with closing(wiring.open_database(open_config(path))) as database, database.reading() as session:
        bank, doubts = repository.questions(session), register.doubts(session, file.stem, campaign)
        doubts += [told for told in [register.fault_of_name(session, file.stem)] if told]
    difficulties = {question.key: question.difficulty for question in bank}
    papers = [paper.draw(bank, blueprint, str(number)) for number in range(SAMPLES) for blueprint in campaign.papers]
    expected = sorted(paper.expected_points(drawn, difficulties) for drawn in papers)
    if as_json:
        phase = str(campaign.phase(clock.now()))
        told = {"title": campaign.title, "phase": phase, "questions": campaign.questions, "points": campaign.full_marks}
        told |= {"minutes": campaign.minutes, "expected": [expected[0], expected[-1]], "doubts": doubts}
        click.echo(json.dumps(told, ensure_ascii=False))
        return 0
    click.echo(_told(campaign))
    click.echo(say("campaign_expected", least=f"{expected[0]:.1f}", most=f"{expected[-1]:.1f}"))
    for doubt in doubts:
        click.echo(doubt)
    return 0


@quiz.command(help="按活动文件开办一次活动；文件名就是编号。规则定了不能再改，抽奖的承诺当场定下。")
@_file
@as_staff
@_json
@click.pass_obj
def create(path: Path | None, file: Path, by: str, as_json: bool) -> None:
    config = open_config(path)
    wiring.prepare(config)
    with closing(wiring.open_database(config)) as database, database.transaction() as session:
        written = writing.text_of(file.read_bytes())
        rules = read_campaign(written)
        doubts = register.doubts(session, file.stem, rules)
        _ask(session, file.stem, rules, doubts)
        held = register.put_on(session, file.stem, written, wiring.keyring(config), by)
        if as_json:
            click.echo(json.dumps({**_as_json(session, held), "doubts": doubts}, ensure_ascii=False))
            return
        click.echo("\n".join([*doubts, _told(rules)]))
        click.echo(say("campaign_put_on", name=held.id, commitment=held.commitment))


@quiz.command(name="list", help="所有活动：编号、名称、起止、状态、参加人数。")
@_json
@click.pass_obj
def list_(path: Path | None, as_json: bool) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        told = [_as_json(session, held) for held in register.all_held(session)]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in told:
        click.echo(say("campaign_line", **one))
    if not told:
        click.echo(say("campaign_none"))


@quiz.command(name="open", help="提前开始：现在就开，不等活动文件写的时间。")
@click.argument("name", metavar="ID")
@as_staff
@click.pass_obj
def open_(path: Path | None, name: str, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        held = register.open_now(session, name, by)
        click.echo(say("campaign_opened", title=held.title, closes=clock.spoken(held.closes_at)))


@quiz.command(help="提前结束：正在答的卷子按已答的交卷。要写明原因。")
@click.argument("name", metavar="ID")
@click.option("--reason", default="", help="为什么提前结束。")
@as_staff
@click.pass_obj
def close(path: Path | None, name: str, reason: str, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        held = register.close_now(session, name, by, reason)
        play.settle(session, held)
        click.echo(say("campaign_ended_now", title=held.title))


@quiz.command(help="一次活动的成绩：每人最好的一份，按公布的规则排名。")
@click.argument("name", metavar="ID")
@click.option("--xlsx", "out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="写到这个文件。")
@click.pass_obj
def results(path: Path | None, name: str, out: Path) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        held = register.get_held(session, name)
        play.settle(session, held)
        stands = standings.top(session, held, None)
    out.write_bytes(as_xlsx({held.title: [HEADINGS, *map(_row, stands)]}))
    click.echo(say("campaign_results", title=held.title, people=len(stands), file=out))


@quiz.command(name="verify-draw", help="按公布的规则重算一次抽奖，并列出要和当初公布的对照的几样。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--commitment", default="", help="开赛时公布的承诺：和记录里的对照，不一样就算不对。")
@click.option("--entries-sha256", "entries", default="", help="截止时公布的名单校验码：同样对照。")
def verify_draw(file: Path, commitment: str, entries: str) -> int:
    record = draw.read_record(file.read_bytes())
    found = draw.problems(record)
    for problem in found:
        click.echo(say("draw_false", problem=problem))
    if found:
        return 1
    winners = len(record.winners)
    click.echo(say("draw_true", campaign=record.campaign, entries=len(record.entries), winners=winners))
    return _compare(record, {"commitment": commitment.strip().lower(), "entries": entries.strip().lower()})


def _compare(record: draw.Record, published: dict[str, str]) -> int:
    """Prints what the record promises beside what the reader has noted; 1 where that is not the same."""
    click.echo(say("draw_compare"))
    found = draw.promise_of(record)._asdict()
    for name, value in found.items():
        told, noted = say(PROMISED[name], value=value), published.get(name)
        if noted:
            told = say("draw_same", told=told) if noted == value else say("draw_differs", told=told, published=noted)
        click.echo(told)
    drawn = record.drawn
    used = {"lottery": drawn.lottery, "issue": drawn.issue, "numbers": drawn.numbers, "source": drawn.source}
    click.echo(say("draw_numbers_used", **used))
    return int(any(noted and noted != found[name] for name, noted in published.items()))


def _ask(session: Session, name: str, rules: Campaign, doubts: list[str]) -> None:
    """At a terminal, whether answers may be given away; of a script the command is the word. Raises Abort."""
    if sys.stdin.isatty() and register.giving_away(session, name, rules):
        click.confirm("\n".join([*doubts, say("campaign_tells_early_ask")]), abort=True, err=True)


def _told(campaign: Campaign) -> str:
    paper_told = say("campaign_paper", questions=campaign.questions, full=campaign.full_marks, minutes=campaign.minutes)
    return f"{say(PHASES[campaign.phase(clock.now())], title=campaign.title)}\n{paper_told}"


def _as_json(session: Session, held: HeldCampaign) -> dict[str, Any]:
    play.settle(session, held)
    people, papers = standings.count(session, held)
    opens_at, closes_at = (clock.in_beijing(moment).isoformat() for moment in (held.opens_at, held.closes_at))
    return {
        "id": held.id, "title": held.title, "phase": str(register.phase_of(held)),
        "opens_at": opens_at, "closes_at": closes_at, "people": people, "papers": papers, "commitment": held.commitment,
    }  # fmt: skip


def _row(stand: Stand) -> tuple[object, ...]:
    handed_in = clock.in_beijing(stand.handed_in_at).strftime("%Y-%m-%d %H:%M:%S")
    points = stand.half_points / 2
    return stand.rank, stand.code, stand.nickname, stand.unit, points, stand.seconds, handed_in, stand.papers


for noun in (certificates, lessons, editions, exam, withdrawals):
    for command in noun.SUBCOMMANDS:
        quiz.add_command(command)
COMMANDS = (quiz,)
