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
    click.echo(
        f"“{record.campaign}”的抽奖是真的：{len(record.entries)}个参与码，{len(record.winners)}个中奖，重算一致。"
    )
    return 0


COMMANDS = (quiz,)
