"""The bureau's own word list: what must not go out, and what wants a second look."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import delete, select

from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import audit
from content.models import WatchWord
from content.staff import Role

NAVIGATION = (("console.word_list", "词表"),)
LEVELS = {"red": "必须改", "yellow": "提醒看一眼", "off": "不再提醒（关掉词库里的）"}


def word_list() -> str:
    with parts().database.reading() as session:
        words = session.scalars(select(WatchWord).order_by(WatchWord.word)).all()
    return render_template("console/words.html", words=words, levels=LEVELS)


def word_set() -> Any:
    form, by = request.form, current_user.name
    word, level = form.get("word", "").strip()[:64], form.get("level", "")
    if not word or level not in (*LEVELS, "delete"):
        flash("请写上词语，再选一种处理。", "warning")
        return redirect(url_for("console.word_list"))
    with parts().database.transaction() as session:
        session.execute(delete(WatchWord).where(WatchWord.word == word))
        if level != "delete":
            session.add(WatchWord(word=word, advice=form.get("advice", "").strip()[:200], level=level, set_by=by))
        audit.record(session, by, "words.set", f"word:{word}", level=level)
    flash("词表已更新。", "success")
    return redirect(url_for("console.word_list"))


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/words/", word_list, SIGNED_IN)
    guarded(blueprint, "/words/set", word_set, {Role.REVIEW1, Role.REVIEW2, Role.PUBLISH, Role.ADMIN}, ("POST",))
