"""Imports of questions: handed in as a file or pasted, looked at, taken as far as wanted, undone as a whole."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.console.questions import MAY_CHANGE, MAY_READ, sent
from content import export
from content.importers.library import Unreadable
from content.questions import imports, looking, reading, records, words
from content.questions.imports import NotTaken
from content.questions.looking import Verdict
from content.questions.records import ImportState, QuestionImport
from content.store import clock
from handlers.quiz import unsettled

NAVIGATION: tuple[tuple[str, str], ...] = ()
STATES = {
    ImportState.WAITING: ("等待导入", "warning"), ImportState.TAKEN: ("已导入", "success"),
    ImportState.UNDONE: ("已撤销", "secondary"),
}  # fmt: skip
VERDICTS = {Verdict.BAD: ("有问题", "danger"), Verdict.CHANGED: ("改动", "warning"), Verdict.NEW: ("新题", "success"),
            Verdict.SAME: ("不变", "secondary")}  # fmt: skip
TOLD = {"new": "新题", "changed": "改动", "same": "不变", "bad": "有问题", "left": "没有选", "restored": "恢复原样",
        "retired": "停用", "deleted": "删去"}  # fmt: skip
COLUMNS = ("编号", "文件", "状态", "谁交来", "交来时间", "导入时间", "谁撤销", "撤销时间", *TOLD.values())
MOST_BYTES = 5_000_000


def question_imports() -> str:
    with parts().database.reading() as session:
        return _list(session)


def _list(session: Session, sentence: str = "", pasted: str = "") -> str:
    return render_template(
        "console/question_imports.html", rows=records.all_imports(session), states=STATES, told=TOLD,
        forms=reading.FORMS, subjects=words.subjects(), sentence=sentence, pasted=pasted,
        may_change=current_user.may(*MAY_CHANGE), running=unsettled.running(session),
        subject=words.subject_of(request.form.get("subject", "")),
    )  # fmt: skip


def question_import_list() -> Response:
    """All of them as a table."""
    with parts().database.reading() as session:
        rows = records.all_imports(session, limit=None)
        table: list[Sequence[object]] = [COLUMNS, *(_line(row) for row in rows)]
    return sent(export.as_xlsx({"导入记录": table}), f"题目导入记录{clock.today():%Y%m%d}.xlsx")


def _line(row: QuestionImport) -> list[object]:
    handed_in, taken, undone = (
        f"{clock.in_beijing(at):%Y-%m-%d %H:%M}" if at else "" for at in (row.handed_in_at, row.taken_at, row.undone_at)
    )
    state, counts = STATES[ImportState(row.state)][0], (row.told.get(name, 0) for name in TOLD)
    return [row.id, row.name, state, row.handed_in_by, handed_in, taken, row.undone_by, undone, *counts]


def question_import_add() -> Any:
    """A file, or words that were pasted; what cannot be read comes back with the sentence and all that was typed."""
    file, pasted = request.files.get("file"), request.form.get("words", "")
    subject = words.subject_of(request.form.get("subject", ""))[:32]
    if file is not None and file.filename:
        data, name = file.stream.read(MOST_BYTES + 1), PurePath(file.filename.replace("\\", "/")).name
        file.close()
    else:
        data, name = pasted.encode(), reading.PASTED
    try:
        if not data.strip():
            raise Unreadable("没有选文件，也没有粘贴文字：请选一样。")
        if len(data) > MOST_BYTES:
            raise Unreadable(f"{name} 太大：最多 {MOST_BYTES // 1_000_000} MB，请分开上传。")
        with parts().database.transaction() as session:
            row = imports.hand_in(session, data, name, subject, current_user.name)
    except Unreadable as refused:
        with parts().database.reading() as session:
            return _list(session, str(refused), pasted), 400
    return redirect(url_for("console.question_import", import_id=row.id))


def question_import(import_id: int) -> Any:
    with parts().database.reading() as session:
        row = records.get_import(session, import_id)
        if row.state == ImportState.WAITING:
            return _dry_run(session, row)
        rows = records.rows_of(session, import_id)
        return render_template(
            "console/question_import.html", row=row, rows=rows, states=STATES, told=TOLD, label=words.label,
            forms=reading.FORMS, may_change=current_user.may(*MAY_CHANGE),
        )  # fmt: skip


def _dry_run(session: Session, row: QuestionImport, sentence: str = "") -> str:
    run = imports.dry_run(session, row, unsettled.holds(session))
    return render_template(
        "console/question_dry_run.html", row=row, run=run, verdicts=VERDICTS, label=words.label, forms=reading.FORMS,
        subject_name=words.subject_name, kind_name=words.kind_name, difficulty_name=words.difficulty_name,
        may_change=current_user.may(*MAY_CHANGE), sentence=sentence, running=unsettled.running(session),
        shown=[(place, one) for place, one in enumerate(run.rows) if one.verdict != Verdict.SAME],
        can_take=any(one.may_be_taken for one in run.rows),
        counts=[(shown, run.count(verdict)) for verdict, shown in VERDICTS.items()],
    )  # fmt: skip


def question_import_take(import_id: int) -> Any:
    form = request.form
    chosen = None if "all" in form else {_place(text) for text in form.getlist("row")}
    try:
        with parts().database.transaction() as session:
            held = unsettled.holds(session)
            row = imports.take(session, import_id, chosen, form.get("look", "-"), current_user.name, held)
    except NotTaken as refused:
        with parts().database.reading() as session:
            row = records.get_import(session, import_id)
            if row.state != ImportState.WAITING:
                flash(str(refused), "danger")
                return redirect(url_for("console.question_import", import_id=import_id))
            return _dry_run(session, row, str(refused)), 409
    flash(f"已导入：新题 {row.told['new']} 道，改动 {row.told['changed']} 道。", "success")
    return redirect(url_for("console.question_import", import_id=import_id))


def _place(text: str) -> int:
    try:
        return number(text)
    except ValueError:
        return -1


def question_import_undo(import_id: int) -> Any:
    try:
        with parts().database.transaction() as session:
            told = unsettled.undo_import(session, import_id, current_user.name).told
    except NotTaken as refused:
        flash(str(refused), "danger")
    else:
        counted = (
            f"恢复 {told['restored']} 道，停用 {told['retired']} 道（出过的），删去 {told['deleted']} 道（没有出过的）"
        )
        flash(f"已撤销：{counted}。", "success")
    return redirect(url_for("console.question_import", import_id=import_id))


def question_import_marked(import_id: int) -> Response:
    with parts().database.reading() as session:
        row = records.get_import(session, import_id)
        found, run = imports.read_again(row), imports.dry_run(session, row, unsettled.holds(session))
    data = looking.handed_back(row.data, row.name, found, run)
    return sent(data, f"{PurePath(row.name).stem[:60]}（标出问题）.xlsx")


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/questions/imports/", question_imports, MAY_READ)
    guarded(blueprint, "/questions/imports/list", question_import_list, MAY_READ)
    guarded(blueprint, "/questions/imports/add", question_import_add, MAY_CHANGE, ("POST",))
    guarded(blueprint, "/questions/imports/<int:import_id>", question_import, MAY_READ)
    guarded(blueprint, "/questions/imports/<int:import_id>/take", question_import_take, MAY_CHANGE, ("POST",))
    guarded(blueprint, "/questions/imports/<int:import_id>/undo", question_import_undo, MAY_CHANGE, ("POST",))
    guarded(blueprint, "/questions/imports/<int:import_id>/marked", question_import_marked, MAY_READ)
