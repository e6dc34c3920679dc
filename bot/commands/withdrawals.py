"""quiz withdraw: a campaign is taken back before its opening, as in the console."""

from pathlib import Path

import click

from bot import wiring
from bot.commands.staff import as_staff
from bot.demo.settings import open_config
from content.phrases import say
from content.store import clock
from handlers.quiz import register, withdrawing


@click.command(help="撤回还没有开始的活动：不再公开，编号空出来。有抽奖的要两个人：一人提出，另一人加 --agree 同意。")
@click.argument("name", metavar="ID")
@click.option("--reason", default="", help="为什么撤回；不带别的选项时必须写。")
@click.option("--agree", "act", flag_value="agree", help="同意别人提出的撤回。")
@click.option("--keep", "act", flag_value="keep", help="不撤回，活动照常。")
@as_staff
@click.pass_obj
def withdraw(path: Path | None, name: str, reason: str, act: str | None, by: str) -> None:
    with wiring.current_database(open_config(path)) as database, database.transaction() as session:
        if act == "keep":
            held = withdrawing.keep(session, name, by)
            click.echo(say("withdraw_kept", title=held.title, opens=clock.spoken(held.opens_at)))
            return
        opens = clock.spoken(register.get_held(session, name).opens_at)
        row = withdrawing.agree(session, name, by) if act else withdrawing.ask(session, name, reason, by)
        key = "withdraw_done" if row.withdrawn_at else "withdraw_asked"
        click.echo(say(key, title=row.title, name=name, opens=opens))


SUBCOMMANDS = (withdraw,)
