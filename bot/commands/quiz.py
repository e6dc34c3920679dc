"""quiz: the law quiz from a terminal. Today: whether a campaign can be held as it is written, and whether a draw's
published record is true.
"""

from contextlib import closing
from pathlib import Path

import click

from bot import wiring
from bot.demo import open_config
from content import repository
from content.phrases import say
from content.store import clock
from handlers.quiz import draw, paper
from handlers.quiz.campaign import Phase, read_campaign

SAMPLES = 200
"""Papers drawn to see how far they differ in difficulty."""

PHASES = {Phase.BEFORE: "campaign_before", Phase.OPEN: "campaign_open", Phase.CLOSED: "campaign_closed"}


@click.group(help="竞答：活动文件检查、抽奖核验。")
def quiz() -> None:
    pass


@quiz.command(help="活动文件能不能用：题库够不够，满分多少，预计平均分多少。什么都不改。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def check(path: Path | None, file: Path) -> int:
    campaign = read_campaign(file.read_text(encoding="utf-8-sig"))
    with closing(wiring.open_database(open_config(path))) as database, database.reading() as session:
        bank = repository.questions(session)
    difficulties = {question.key: question.difficulty for question in bank}
    papers = [paper.draw(bank, campaign.paper, str(number)) for number in range(SAMPLES)]
    expected = sorted(paper.expected_points(drawn, difficulties) for drawn in papers)
    click.echo(say(PHASES[campaign.phase(clock.now())], title=campaign.title))
    click.echo(say("campaign_paper", questions=campaign.questions, full=campaign.full_marks, minutes=campaign.minutes))
    click.echo(say("campaign_expected", least=f"{expected[0]:.1f}", most=f"{expected[-1]:.1f}"))
    return 0


@quiz.command(name="verify-draw", help="按公布的规则重算一次抽奖：名单、秘密数、开奖号码、中奖人。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_draw(file: Path) -> int:
    record = draw.read_record(file.read_bytes())
    found = draw.problems(record)
    for problem in found:
        click.echo(say("draw_false", problem=problem))
    if found:
        return 1
    winners = len(record.winners)
    click.echo(say("draw_true", campaign=record.campaign, entries=len(record.entries), winners=winners))
    return 0


COMMANDS = (quiz,)
