"""The roster of an exam: handed in, looked through with every fault by its cell, taken in once it is right."""

from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.exams import MAY_ACT, attached, get_exam
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content.importers import roster as files
from content.importers import sheets
from content.importers.library import Unreadable
from handlers.quiz import register as campaigns
from handlers.quiz.exam import roster, units
from handlers.quiz.exam.roster import NotTaken, Plan
from handlers.quiz.models import HeldCampaign

NAVIGATION: tuple[tuple[str, str], ...] = ()
SHOWN = 200
"""Rows of each list on a page."""


def exam_roster(campaign_id: str) -> Any:
    with parts().database.reading() as session:
        return _page(session, get_exam(session, campaign_id))


def _page(session: Session, held: HeldCampaign, sentence: str = "") -> str:
    every = units.all_units(session, held)
    total = sum(unit.head_count for unit in every)
    return render_template(
        "console/exam_roster.html",
        held=held,
        units=every,
        total=total,
        sentence=sentence,
        ended_at=campaigns.ended_at(held),
    )


def exam_roster_template(campaign_id: str) -> Response:
    with parts().database.reading() as session:
        get_exam(session, campaign_id)
    return attached(files.template(), "考试名单模板.xlsx")


def exam_roster_export(campaign_id: str) -> Response:
    with parts().database.reading() as session:
        held = get_exam(session, campaign_id)
        paths = {unit.id: unit.path for unit in units.all_units(session, held)}
        rows = roster.as_rows(roster.people(session, parts().keyring, held), paths)
    return attached(files.as_sheet(rows), f"{held.title}名单.xlsx")


def exam_roster_send(campaign_id: str) -> Any:
    """Nothing of the roster changes yet."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Unreadable("没有选文件：请选填好的名单（.xlsx）。")
        data, name = file.stream.read(sheets.MOST_BYTES + 1), PurePath(file.filename.replace("\\", "/")).name
        file.close()
        with parts().database.transaction() as session:
            held = get_exam(session, campaign_id)
            kept = roster.hand_in(session, parts().keyring, held, data, name, current_user.name)
    except (Unreadable, NotTaken) as refused:
        with parts().database.reading() as session:
            return _page(session, get_exam(session, campaign_id), str(refused)), 400
    part = "1" if request.form.get("whole") == "part" else None
    return redirect(url_for("console.exam_roster_look", campaign_id=campaign_id, file_id=kept.id, part=part))


def exam_roster_look(campaign_id: str, file_id: int) -> Any:
    with parts().database.reading() as session:
        return _look(session, get_exam(session, campaign_id), file_id, request.args.get("part") == "1")


def _look(session: Session, held: HeldCampaign, file_id: int, is_part: bool, sentence: str = "") -> str:
    kept = roster.get_file(session, held, file_id)
    keyring = parts().keyring
    plan = roster.look(session, keyring, held, roster.lines_of(keyring, kept), is_part)
    paths = {unit.id: unit.path for unit in units.all_units(session, held)}
    return render_template(
        "console/exam_roster_look.html", held=held, file=kept, plan=plan, is_part=is_part, paths=paths, shown=SHOWN,
        sentence=sentence, headings=files.HEADINGS,
    )  # fmt: skip


def exam_roster_marked(campaign_id: str, file_id: int) -> Response:
    """The same file, its faults marked."""
    with parts().database.reading() as session:
        kept = roster.get_file(session, get_exam(session, campaign_id), file_id)
    data, name = roster.bytes_of(parts().keyring, kept), kept.file_name
    return attached(files.marked(data, name, files.read(data, name)), f"标出问题-{name}")


def exam_roster_take(campaign_id: str, file_id: int) -> Any:
    form = request.form
    is_part, agreed = form.get("part") == "1", form.get("gone", "") if form.get("agree") else "0"
    drops = int(agreed) if agreed.isdecimal() and len(agreed) < 7 else 0
    keyring = parts().keyring
    with parts().database.reading() as session:
        lines = roster.lines_of(keyring, roster.get_file(session, get_exam(session, campaign_id), file_id))
    try:
        with parts().database.transaction() as session:
            held = get_exam(session, campaign_id)
            kept = roster.get_file(session, held, file_id)
            plan = roster.take_in(session, keyring, held, lines, current_user.name, is_part=is_part, drops=drops)
            roster.discard(session, kept)
    except NotTaken as refused:
        with parts().database.reading() as session:
            return _look(session, get_exam(session, campaign_id), file_id, is_part, str(refused)), 409
    flash(_told(plan), "success")
    return redirect(url_for("console.exam_roster", campaign_id=campaign_id))


def _told(plan: Plan) -> str:
    return (
        f"名单已经导入：新来 {len(plan.added)} 人，改动 {len(plan.changed)} 人，不变 {plan.unchanged} 人，"
        f"停考 {len(plan.gone)} 人。"
    )


def register(blueprint: Blueprint) -> None:
    place = "/exams/<campaign_id>/roster"
    guarded(blueprint, f"{place}/", exam_roster, MAY_ACT)
    guarded(blueprint, f"{place}/template.xlsx", exam_roster_template, MAY_ACT)
    guarded(blueprint, f"{place}/roster.xlsx", exam_roster_export, MAY_ACT)
    guarded(blueprint, f"{place}/send", exam_roster_send, MAY_ACT, ("POST",))
    guarded(blueprint, f"{place}/<int:file_id>", exam_roster_look, MAY_ACT)
    guarded(blueprint, f"{place}/<int:file_id>/marked.xlsx", exam_roster_marked, MAY_ACT)
    guarded(blueprint, f"{place}/<int:file_id>/take", exam_roster_take, MAY_ACT, ("POST",))
