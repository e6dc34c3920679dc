"""The red switch, and the bar on every page that says what must not be overlooked."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot.console.guard import register as guarded
from bot.console.parts import parts
from bot.console.posts import REVIEWERS
from content.staff import Role
from content.store import clock
from handlers import stopping
from handlers.stopping import AnswerStop
from scheduler import notices, posts, silence
from scheduler.models import Freeze, Publication

NAVIGATION: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Bar:
    held: Freeze | None
    worrying: list[Publication]
    silence: str
    """Why nothing goes out at all; empty where a scheduler is at work."""
    stopped: AnswerStop | None
    """Answers are stopped or carry a notice."""


def bar() -> Bar:
    with parts().database.reading() as session:
        trouble = silence.trouble(session, clock.now())
        return Bar(posts.find_freeze(session), notices.unseen(session), trouble, stopping.find(session))


def freeze_page() -> Any:
    if request.method == "POST":
        with parts().database.transaction() as session:
            if request.form.get("act") == "freeze":
                posts.freeze(session, current_user.name, request.form.get("reason", ""))
                flash("已停发：现在起什么都不会发出去。", "warning")
            elif posts.release(session, current_user.name):
                flash("已恢复发送：到时间的推送会继续发。", "success")
            else:
                flash("已记下您的确认：还要另一位同事确认。", "info")
        return redirect(url_for("console.freeze_page"))
    with parts().database.reading() as session:
        held = posts.find_freeze(session)
    return render_template("console/freeze.html", held=held)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/freeze", freeze_page, {Role.WRITE, Role.ADMIN, *REVIEWERS}, ("GET", "POST"))
