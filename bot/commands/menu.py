"""menu show, menu push."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from bot import wiring
from bot.config import Config
from bot.demo.settings import open_config
from bot.wechat.errors import PlatformError
from content import repository
from content.menu import load_menu

NO_MENU = 46003


@click.group(help="公众号底部的自定义菜单。")
def menu() -> None:
    pass


@menu.command(help="显示要推送的菜单；加 --live 显示公众号上现在的菜单。")
@click.option("--live", is_flag=True, help="公众号上现在的菜单。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_obj
def show(path: Path | None, live: bool, as_json: bool) -> None:
    config = open_config(path)
    body = _live(config) if live else load_menu(config.data, own_words(config))
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
        return
    for top in body.get("button", []):
        click.echo(f"{top['name']}{_leads_to(top)}")
        for sub in top.get("sub_button", []):
            click.echo(f"  └ {sub['name']}{_leads_to(sub)}")


@menu.command(help="把菜单推送到公众号（手机上最多 5 分钟后看到）。")
@click.pass_obj
def push(path: Path | None) -> None:
    push_menu(open_config(path))
    click.echo("菜单已推送。")


def push_menu(config: Config) -> None:
    """Raises BadMenu or PlatformError."""
    body = load_menu(config.data, own_words(config))
    wiring.open_wechat(config).call("menu/create", body)


def own_words(config: Config) -> set[str]:
    """What the bureau itself has given a meaning: its keywords and the titles of its answers."""
    try:
        with closing(wiring.open_database(config)) as database:
            if not database.is_current():
                return set()
            with database.reading() as session:
                shelf = repository.load_shelf(session)
    except SQLAlchemyError:  # without a database there are only the library's words
        return set()
    return {*shelf.keywords, *(answer.title for answer in shelf.answers.values())}


def _live(config: Config) -> dict[str, Any]:
    try:
        found = wiring.open_wechat(config).call("menu/get", method="get")
    except PlatformError as error:
        if error.code == NO_MENU:
            return {"button": []}
        raise
    return dict(found.get("menu", {"button": []}))


def _leads_to(button: dict[str, str]) -> str:
    target = button.get("key") or button.get("url") or ""
    return f" → {target}" if target else ""


COMMANDS = (menu,)
