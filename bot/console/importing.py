"""Word and Markdown files handed in, as a new article or in the place of an article's words; a scheduler reads them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.articles import tell_pushes
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from content import articles
from content.models import Material
from content.staff import NotFound, Role
from scheduler import imports
from scheduler import register as pushes
from scheduler.imports import Import, ImportState

NAVIGATION: tuple[tuple[str, str], ...] = ()


def import_add() -> Any:
    file, slug = request.files.get("file"), request.form.get("slug", "")
    if file is None or not file.filename:
        flash("没有选文件：请选一个 Word 文件（.docx）再上传。", "warning")
        return redirect(url_for("console.article_edit", slug=slug) if slug else url_for("console.article_list"))
    base = request.form.get("base", 0, type=number) if slug else 0
    with parts().database.transaction() as session:
        if slug:
            _material(session, slug)
        data = file.read()
        row = imports.hand_in(session, file.filename, data, current_user.name, parts().uploads, slug, base)
    return redirect(url_for("console.import_state", import_id=row.id))


def import_state(import_id: str) -> Any:
    with parts().database.reading() as session:
        row = session.get(Import, import_id)
        if row is None:
            raise NotFound("这次导入已经清理：请到文章列表里找。")
        if row.state == ImportState.DONE:
            for line in row.told.splitlines():
                flash(line, "warning")
            return redirect(_ended(session, row))
    return render_template("console/import.html", row=row, is_over=row.state == ImportState.REFUSED)


def _ended(session: Session, row: Import) -> str:
    """Where to go on: to the words, or to what is another than before."""
    material = _material(session, row.slug)
    newest = articles.latest_revision(session, material.id)
    if not row.base or newest is None:
        return url_for("console.article_edit", slug=row.slug)
    if newest.number == row.base:
        flash("文件里的内容和现在的一样，没有新的一版。", "info")
        return url_for("console.article_edit", slug=row.slug)
    flash(f"已用 {row.name} 换成第 {newest.number} 版，和原来的不同如下。", "success")
    tell_pushes(list(pushes.coming(session, [material.id]).values()))
    return url_for("console.article_difference", slug=row.slug, old=row.base, new=newest.number)


def _material(session: Session, slug: str) -> Material:
    material = articles.find_article(session, slug)
    if material is None:
        raise NotFound("没有这篇文章：请到文章列表里找。")
    return material


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/articles/imports", import_add, {Role.WRITE}, ("POST",))
    guarded(blueprint, "/articles/imports/<import_id>", import_state, {Role.WRITE})
