"""公开目录: entries looked through, written, published by another person, withdrawn; their history; files in and out.
Rules are those of `content/catalogue/`.
"""

from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.console.questions import sent
from content import render
from content.catalogue import categories, entries, files, imports, shelf, wording
from content.catalogue.entries import PUBLISHES, WITHDRAWS, WRITES, NotKept, WrittenOver
from content.catalogue.imports import Run, Verdict
from content.catalogue.models import EntryState, Validity
from content.catalogue.shelf import Wanted
from content.catalogue.wording import FIELDS, Words
from content.importers.library import Unreadable
from content.staff import NotFound
from content.store import clock

NAVIGATION = (("console.catalogue_list", "公开目录"),)
STATES = {
    EntryState.DRAFT: ("草稿", "secondary"), EntryState.PUBLISHED: ("已公开", "success"),
    EntryState.WITHDRAWN: ("已撤回", "dark"),
}  # fmt: skip
FILTERS = {"": "全部", "waiting": "待公开", "draft": "草稿", "published": "已公开", "withdrawn": "已撤回"}
VERDICTS = {Verdict.NEW: "新增", Verdict.CHANGED: "改动", Verdict.SAME: "不变", Verdict.BAD: "有问题"}
LISTED, MOST_FAULTS = 50, 200
NAMES: dict[str, Any] = {
    "states": STATES, "category_name": categories.category_name, "validity_name": categories.validity_name,
    "label": categories.label, "may_write": lambda: current_user.may(*WRITES),
    "may_publish": lambda: current_user.may(*PUBLISHES), "may_withdraw": lambda: current_user.may(*WITHDRAWS),
}  # fmt: skip


def catalogue_list() -> str:
    page = max(request.args.get("page", 1, type=number), 1)
    state, category = request.args.get("state", ""), request.args.get("category", "")
    words = request.args.get("words", "").strip()[:100]
    wanted = Wanted(words, category if category in categories.categories() else "", state if state in FILTERS else "")
    with parts().database.reading() as session:
        listed = shelf.listing(session, wanted, LISTED + 1, (page - 1) * LISTED)
        count, waiting = shelf.count(session, wanted), entries.waiting(session)
    return render_template(
        "console/catalogue.html", listed=listed[:LISTED], has_more=len(listed) > LISTED, page=page, wanted=wanted,
        count=count, waiting=waiting, filters=FILTERS, categories=categories.categories(), **NAMES,
    )  # fmt: skip


def catalogue_show(entry_id: int) -> str:
    with parts().database.reading() as session:
        entry = entries.get_entry(session, entry_id)
        revisions = entries.history(session, entry_id)
        by_number = {one.number: one for one in revisions}
        newest = Words.from_json(by_number[entry.newest_number].words)
        due = None if entry.shown_number else entries.publish_by(session, newest)
    shown = by_number.get(entry.shown_number)
    old = request.args.get("old", entry.shown_number, type=number)
    new = request.args.get("new", entry.newest_number, type=number)
    if new not in by_number or (old and old not in by_number):
        raise NotFound("没有这一版：请从版本列表里选。")
    before = Words.from_json(by_number[old].words) if old else None
    changed = entries.changes(before, Words.from_json(by_number[new].words)) if before and old != new else {}
    return render_template(
        "console/catalogue_entry.html", entry=entry, revisions=revisions, newest=newest, shown=shown, changes=changed,
        old=old, new=new, html=render.page(newest.body), is_waiting=entry.newest_number != entry.shown_number,
        due=due, is_late=due is not None and due.day < clock.today(), **NAMES,
    )  # fmt: skip


def catalogue_new() -> str:
    return _form(dict.fromkeys(FIELDS, ""), None, 0)


def catalogue_edit(entry_id: int) -> str:
    with parts().database.reading() as session:
        entry = entries.get_entry(session, entry_id)
        words = entries.get_revision(session, entry_id, entry.newest_number).words
    return _form(dict(words), entry_id, entry.newest_number)


def catalogue_save() -> Any:
    """Nothing typed is ever lost: whatever is refused comes back in the form."""
    form = request.form
    typed = {name: form.get(name, "") for name in FIELDS}
    entry_id, base = form.get("entry", type=number), form.get("base", 0, type=number)
    words, faults = wording.read(typed)
    if words is None:
        return _form(typed, entry_id, base, faults=faults), 400
    try:
        with parts().database.transaction() as session:
            entry = entries.save(session, entry_id, words, current_user.name, base)
    except WrittenOver as refused:
        with parts().database.reading() as session:
            theirs = Words.from_json(entries.get_revision(session, entry_id or 0, refused.number).words)
        changed = entries.changes(theirs, words)
        return _form(typed, entry_id, refused.number, sentence=str(refused), changes=changed), 409
    except NotKept as refused:
        return _form(typed, entry_id, base, sentence=str(refused)), 409
    if entry.newest_number == base:
        flash("和原来一样，没有新的一版。", "info")
    else:
        flash(f"已保存为第 {entry.newest_number} 版，还没有公开：请另一个有审核或签发角色的人公开。", "success")
    return redirect(url_for("console.catalogue_show", entry_id=entry.id))


def _form(typed: dict[str, Any], entry_id: int | None, base: int, **more: Any) -> str:
    return render_template(
        "console/catalogue_form.html", typed=typed, entry_id=entry_id, base=base, most=wording.MOST,
        categories=categories.categories(), validities=list(Validity), columns=categories.columns(),
        today=clock.today(), **{"faults": {}, **more}, **NAMES,
    )  # fmt: skip


def catalogue_publish() -> Any:
    """Those that were ticked, each in the wording that the page showed."""
    chosen = []
    for text in request.form.getlist("chosen"):
        entry_id, _, revision = text.partition(":")
        chosen.append((_whole(entry_id), _whole(revision)))
    if not chosen:
        flash("没有选：请勾选要公开的条目。", "warning")
        return redirect(url_for("console.catalogue_list", state="waiting"))
    with parts().database.transaction() as session:
        count = entries.publish(session, chosen, current_user.name)
    flash(f"公开了 {count} 条，市民几秒钟后就能看到。", "success")
    if count == 1:
        return redirect(url_for("console.catalogue_show", entry_id=chosen[0][0]))
    return redirect(url_for("console.catalogue_list", state="waiting"))


def catalogue_withdraw(entry_id: int) -> Any:
    with parts().database.transaction() as session:
        entries.withdraw(session, entry_id, request.form.get("reason", ""), current_user.name)
    flash("已撤回：打开原来链接的市民会看到撤回的原因。", "success")
    return redirect(url_for("console.catalogue_show", entry_id=entry_id))


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def catalogue_import() -> str:
    return _import_page()


def catalogue_import_take() -> Any:
    """Only looked at where that was asked for; else taken in whole, or not at all."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _import_page(sentence="没有选文件：请选一个 Excel、CSV、TOML 或 Markdown 文件。"), 400
    name = PurePath(file.filename.replace("\\", "/")).name
    try:
        rows = files.read(file.stream.read(files.MOST_BYTES + 1), name)
    except Unreadable as refused:
        return _import_page(sentence=str(refused)), 400
    with parts().database.reading() as session:
        run = imports.look(session, rows)
    if "look" in request.form or run.count(Verdict.BAD):
        return _import_page(run, name), 200 if "look" in request.form else 400
    with parts().database.transaction() as session:
        run = imports.take(session, rows, current_user.name, name)
    new, changed = run.count(Verdict.NEW), run.count(Verdict.CHANGED)
    flash(
        f"{name}：新增 {new} 条，改动 {changed} 条，不变 {run.count(Verdict.SAME)} 条。都是草稿，由另一个人公开。",
        "success",
    )
    return redirect(url_for("console.catalogue_list", state="waiting"))


def _import_page(run: Run | None = None, name: str = "", sentence: str = "") -> str:
    counts = [(shown, run.count(verdict)) for verdict, shown in VERDICTS.items()] if run else []
    return render_template(
        "console/catalogue_import.html", run=run, name=name, sentence=sentence, counts=counts, most=MOST_FAULTS,
        faults=run.faults if run else [], columns=categories.columns(),
    )  # fmt: skip


def catalogue_template() -> Response:
    return sent(files.template(), "公开目录模板.xlsx")


def catalogue_export(kind: str) -> Any:
    if kind not in files.FORMS:
        raise NotFound("没有这种格式：可以下载 xlsx、csv 或 toml。")
    with parts().database.reading() as session:
        held = list(imports.newest_words(session))
    data, left_out = files.write(held, kind)
    if left_out:  # never less than was asked for without a word
        flash(
            f"有 {len(left_out)} 条的正文太长，Excel 的一格放不下（{left_out[0]} 等）：请导出成 CSV 或 TOML。",
            "warning",
        )
        return redirect(url_for("console.catalogue_list"))
    return sent(data, f"公开目录{clock.today():%Y%m%d}.{kind}")


def _whole(text: str) -> int:
    try:
        return number(text)
    except ValueError:
        return 0


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/catalogue/", catalogue_list, SIGNED_IN)
    guarded(blueprint, "/catalogue/new", catalogue_new, WRITES)
    guarded(blueprint, "/catalogue/save", catalogue_save, WRITES, ("POST",))
    guarded(blueprint, "/catalogue/publish", catalogue_publish, PUBLISHES, ("POST",))
    guarded(blueprint, "/catalogue/import", catalogue_import, WRITES)
    guarded(blueprint, "/catalogue/import/take", catalogue_import_take, WRITES, ("POST",))
    guarded(blueprint, "/catalogue/template", catalogue_template, SIGNED_IN)
    guarded(blueprint, "/catalogue/export/<kind>", catalogue_export, SIGNED_IN)
    guarded(blueprint, "/catalogue/<int:entry_id>", catalogue_show, SIGNED_IN)
    guarded(blueprint, "/catalogue/<int:entry_id>/edit", catalogue_edit, WRITES)
    guarded(blueprint, "/catalogue/<int:entry_id>/withdraw", catalogue_withdraw, WITHDRAWS, ("POST",))
