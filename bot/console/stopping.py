"""The emergency stop of answers: a notice in front of them, or one sentence in their place. Red on every page."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot.console.guard import register as guarded
from bot.console.parts import parts
from handlers import stopping

NAVIGATION: tuple[tuple[str, str], ...] = ()


def answers_page() -> Any:
    if request.method == "POST":
        with parts().database.transaction() as session:
            if request.form.get("act") == "resume":
                stopping.resume(session, current_user.name)
                flash("已恢复：两秒内全部照常答复。", "success")
            else:
                form = request.form
                stopping.stop(session, current_user.name, form.get("mode", ""), form.get("text", ""))
                flash("已生效：两秒内所有答复都照这样。", "warning")
        return redirect(url_for("console.answers_page"))
    with parts().database.reading() as session:
        held = stopping.find(session)
    return render_template("console/answers_stop.html", held=held, most=stopping.TEXT_CHARACTERS)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/answers-stop", answers_page, stopping.MAY_STOP, ("GET", "POST"))
