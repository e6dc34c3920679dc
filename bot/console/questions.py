"""The bank of questions: found and counted, one question with what came of it, written by form, retired, downloaded."""

import io
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from content import audit
from content.models import Question
from content.questions import files, imports, records, shelf, template, words
from content.questions.holds import Hold
from content.questions.imports import NotTaken
from content.questions.looking import DryRun
from content.questions.shelf import Wanted
from content.questions.words import LETTERS
from content.questions.written import Written, worded
from content.staff import NotFound, Role
from content.store import clock
from handlers.quiz import asked, unsettled

NAVIGATION = (("console.question_list", "题库"),)
MAY_READ = {Role.CAMPAIGNS, Role.AUDIT}
MAY_CHANGE = set(imports.MAY_CHANGE)
PAGE = 50
MOST_PAGES = 10_000
KINDS = {kind: words.kind_name(kind) for kind in ("single", "multiple", "judge")}
DIFFICULTIES = {one: words.difficulty_name(one) for one in (1, 2, 3)}
SHOWN = {"": "在用", "retired": "停用", "all": "全部"}
_TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def question_list() -> str:
    wanted, page = _wanted(), min(max(request.args.get("page", 1, type=number), 1), MOST_PAGES)
    with parts().database.reading() as session:
        listed = shelf.find(session, wanted, PAGE + 1, (page - 1) * PAGE)
        total, counts, subjects = shelf.count(session, wanted), shelf.counts(session), shelf.subjects(session)
        law_counts = shelf.counts_by_law(session)
    filters = _filters()
    return render_template(
        "console/questions.html", listed=listed[:PAGE], has_more=len(listed) > PAGE, page=page, total=total,
        wanted=wanted, filters=filters, counts=counts, law_counts=law_counts, subjects=subjects, kinds=KINDS,
        difficulties=DIFFICULTIES,
        shown=SHOWN, subject_name=words.subject_name, may_change=current_user.may(*MAY_CHANGE), forms=files.FORMS,
    )  # fmt: skip


def _filters() -> dict[str, Any]:
    return {name: request.args[name] for name in _FILTERS if request.args.get(name)}


_FILTERS = ("subject", "kind", "difficulty", "words", "state")


def _wanted() -> Wanted:
    given = request.args
    states = {"retired": True, "all": None}
    return Wanted(
        subject=given.get("subject", "")[:32],
        kind=given.get("kind", "") if given.get("kind") in KINDS else "",
        difficulty=next((one for one in DIFFICULTIES if given.get("difficulty") == str(one)), 0),
        words=given.get("words", "")[:100],
        retired=states.get(given.get("state", ""), False),
    )


def question_show(key: str) -> str:
    with parts().database.reading() as session:
        question = _get(session, key)
        answered, right = asked.answered(session, key)
        return render_template(
            "console/question.html", question=question, kinds=KINDS, difficulties=DIFFICULTIES, letters=LETTERS,
            subject_name=words.subject_name, answered=answered, right=right, history=records.history(session, key),
            acts=audit.entries(session, thing=f"question:{key}", limit=20), act_name=audit.act_name,
            hold=unsettled.holds(session).get(key), may_change=current_user.may(*MAY_CHANGE),
            siblings=_siblings(session, question),
        )  # fmt: skip


def _siblings(session: Session, question: Question) -> list[Question]:
    found = shelf.find(session, Wanted(subject=question.subject)) if question.scenario else []
    return [one for one in found if one.scenario == question.scenario and one.key != question.key]


def question_retire(key: str) -> Any:
    is_back = request.form.get("act") == "back"
    try:
        with parts().database.transaction() as session:
            _get(session, key)
            unsettled.retire(session, key, current_user.name, request.form.get("reason", ""), back=is_back)
    except NotTaken as refused:
        flash(str(refused), "danger")
    else:
        flash("已恢复：以后会再出这道题。" if is_back else "已停用：以后不再出这道题，答过的记录都在。", "success")
    return redirect(url_for("console.question_show", key=key))


# ── written by form ───────────────────────────────────────────────────────────────────────────────────────────────────


def question_new() -> str:
    fields = {"kind": "single", "difficulty": "2", "subject": request.args.get("subject", "")[:32]}
    return _form(fields, "", "")


def question_edit(key: str) -> str:
    with parts().database.reading() as session:
        question = _get(session, key)
        return _form(_fields(question), key, imports.digest_of(question), unsettled.holds(session).get(key))


def _fields(question: Question) -> dict[str, str]:
    said = worded(question)
    plain = {name: str(value or "") for name, value in said.items() if not isinstance(value, list)}
    options = {} if question.kind == "judge" else dict(zip(LETTERS, question.options, strict=False))
    judged = {"A": "对", "B": "错"}.get(question.answer, "") if question.kind == "judge" else question.answer
    return {
        **plain, **options, "answer": judged, "basis": "\n".join(question.basis),
        "subject": words.subject_name(question.subject),
    }  # fmt: skip


def question_save() -> Any:
    form = request.form
    fields = {name: form.get(name, "") for name in (*_FIELDS, *LETTERS)}
    key, base = form.get("key", ""), form.get("base", "")
    try:
        with parts().database.transaction() as session:
            held = unsettled.holds(session)
            row, run = imports.save(session, _written(fields, key), base, current_user.name, held)
    except NotTaken as refused:
        return _form(fields, key, base, told=[str(refused)]), 409
    if run.rows[0].faults:
        return _form(fields, key, base, told=_faults(run)), 400
    flash("已保存，并记入导入记录，可以撤销。" if row else "和原来一样，没有改动。", "success" if row else "info")
    for doubt in run.rows[0].sentences if row else ():
        flash(doubt, "warning")
    return redirect(url_for("console.question_show", key=run.rows[0].key))


_FIELDS = ("subject", "kind", "difficulty", "text", "answer", "explanation", "basis", "scenario", "scenario_text")


def _written(fields: dict[str, str], key: str) -> Written:
    is_judge = fields["kind"] == "judge"
    last = max((place + 1 for place, letter in enumerate(LETTERS) if fields[letter].strip()), default=0)
    return Written(
        place="这道题", key=key, subject=fields["subject"] or None, kind=fields["kind"], text=fields["text"],
        options=() if is_judge else tuple(fields[letter] for letter in LETTERS[:last]), answer=fields["answer"],
        explanation=fields["explanation"], basis=(fields["basis"],), difficulty=fields["difficulty"],
        scenario=fields["scenario"], scenario_text=fields["scenario_text"],
    )  # fmt: skip


def _faults(run: DryRun) -> list[str]:
    return [f"{words.label(fault.field)}：{fault.sentence}" for row in run.rows for fault in row.faults]


def _form(fields: dict[str, str], key: str, base: str, hold: Hold | None = None, told: list[str] | None = None) -> str:
    return render_template(
        "console/question_form.html", fields=fields, key=key, base=base, told=told or [], hold=hold,
        kinds=KINDS, difficulties=DIFFICULTIES, letters=LETTERS, subjects=words.subjects(),
    )  # fmt: skip


def _get(session: Session, key: str) -> Question:
    """Raises NotFound."""
    question = session.get(Question, key)
    if question is None:
        raise NotFound("没有这道题：请到题库列表里找。")
    return question


# ── downloads ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def question_template() -> Response:
    return sent(template.template(), "题库模板.xlsx")


def question_export(form: str) -> Any:
    """With the filters of the list it was asked from."""
    if form not in files.FORMS:
        raise NotFound("没有这种格式：可以下载 xlsx、toml、gift 或 aiken。")
    with parts().database.reading() as session:
        bank = shelf.find(session, _wanted())
    data, left_out = files.write(bank, form)
    if left_out and len(left_out) == len(bank):
        flash("Aiken 只能写没有情景的单选题，这里一道也没有：请换一种格式。", "warning")
        return redirect(url_for("console.question_list", **_filters()))
    return sent(data, f"题库{clock.today():%Y%m%d}.{form}")


def sent(data: bytes, name: str) -> Response:
    """As a file to be kept."""
    kind = _TYPES.get(name.rsplit(".", 1)[-1], "text/plain")
    return send_file(io.BytesIO(data), kind, as_attachment=True, download_name=name)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/questions/", question_list, MAY_READ)
    guarded(blueprint, "/questions/of/<path:key>", question_show, MAY_READ)
    guarded(blueprint, "/questions/retire/<path:key>", question_retire, MAY_CHANGE, ("POST",))
    guarded(blueprint, "/questions/new", question_new, MAY_CHANGE)
    guarded(blueprint, "/questions/edit/<path:key>", question_edit, MAY_CHANGE)
    guarded(blueprint, "/questions/save", question_save, MAY_CHANGE, ("POST",))
    guarded(blueprint, "/questions/template", question_template, MAY_READ)
    guarded(blueprint, "/questions/export/<form>", question_export, MAY_READ)
