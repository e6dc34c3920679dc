"""The first page: the morning card as it stands now."""

from flask import Blueprint, render_template

from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import parts

NAVIGATION = (("console.today", "今天"),)


def today() -> str:
    with parts().database.reading() as session:
        del session
    return render_template("console/today.html", card=None)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/", today, SIGNED_IN)
