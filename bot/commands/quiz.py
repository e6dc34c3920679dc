"""quiz: the law quiz from a terminal. Today: whether a draw's published record is true."""

from pathlib import Path

import click

from content.phrases import say
from handlers.quiz import draw


@click.group(help="竞答：核验抽奖。")
def quiz() -> None:
    pass


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
