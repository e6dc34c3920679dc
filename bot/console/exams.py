"""The desk of an exam: how far it is, unit by unit, and the completion report in one click."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.campaign_parts import moment
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import export
from content.staff import NotFound, Role
from content.store import clock
from handlers.quiz import play
from handlers.quiz import register as campaigns
from handlers.quiz.exam import codes, overrides, report
from handlers.quiz.exam.models import OverrideState
from handlers.quiz.models import HeldCampaign

NAVIGATION = (("console.exam_list", "公职人员考试"),)
LISTED = (
    "编号", "名称", "开始", "截止", "补考开始", "补考截止", "合格线", "次数", "应考", "实考", "合格", "参考率",
    "合格率",
)  # fmt: skip
MAY_LOOK = {Role.CAMPAIGNS, Role.AUDIT}
MAY_ACT = {Role.CAMPAIGNS}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def get_exam(session: Session, campaign_id: str) -> HeldCampaign:
    """Raises NotFound, also for a campaign that is no exam."""
    try:
        held = campaigns.get_held(session, campaign_id)
    except campaigns.NotHeld as error:
        raise NotFound("没有这次考试：请到“公职人员考试”里找。") from error
    if campaigns.rules_of(held).exam is None:
        raise NotFound(f"“{held.title}”不是考试：请到“公职人员考试”里找。")
    return held


def exam_list() -> str:
    with parts().database.reading() as session:
        every = [held for held in campaigns.all_held(session) if campaigns.rules_of(held).exam]
    return render_template("console/exams.html", exams=every, rules_of=campaigns.rules_of)


def exam_list_export() -> Response:
    """Every exam with its times and how far it is."""
    rows: list[tuple[object, ...]] = [LISTED]
    with parts().database.reading() as session:
        for held in campaigns.all_held(session):
            if exam := campaigns.rules_of(held).exam:
                total = report.completion(session, held)[1]
                times = (held.opens_at, held.closes_at, exam.makeup_opens_at, exam.makeup_closes_at)
                rows.append((held.id, held.title, *map(moment, times), exam.pass_points, exam.attempts, total.due,
                             total.sat, total.passed, total.attendance, total.pass_rate))  # fmt: skip
    return attached(export.as_xlsx({"公职人员考试": rows}), "公职人员考试.xlsx")


def exam_show(campaign_id: str) -> str:
    with parts().database.reading() as session:
        held = get_exam(session, campaign_id)
        lines, total = report.completion(session, held)
        waiting = sum(one.state == OverrideState.ASKED for one in overrides.listing(session, held))
        coded = len(codes.states(session, held))
    return render_template(
        "console/exam.html", held=held, rules=campaigns.rules_of(held), lines=lines, total=total, waiting=waiting,
        coded=coded, people=total.due + total.excused, may_act=current_user.may(*MAY_ACT),
        ended_at=campaigns.ended_at(held),
    )  # fmt: skip


def exam_report(campaign_id: str, kind: str) -> Response:
    if kind not in ("xlsx", "docx"):
        abort(404)
    with parts().database.reading() as session:
        held = get_exam(session, campaign_id)
        is_due = play.has_due(session, held)
    if is_due:
        with parts().database.transaction() as session:
            play.settle(session, get_exam(session, campaign_id))
    with parts().database.reading() as session:
        lines, total = report.completion(session, held)
    make = report.completion_xlsx if kind == "xlsx" else report.completion_docx
    name = f"{held.title}完成情况-{clock.today():%Y%m%d}.{kind}"
    return attached(make(held, lines, total), name, XLSX if kind == "xlsx" else DOCX)


def attached(data: bytes, name: str, media_type: str = XLSX) -> Response:
    """A file to take away."""
    headers: dict[str, Any] = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, headers=headers, content_type=media_type)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/exams/", exam_list, MAY_LOOK)
    guarded(blueprint, "/exams/list.xlsx", exam_list_export, MAY_LOOK)
    guarded(blueprint, "/exams/<campaign_id>/", exam_show, MAY_LOOK)
    guarded(blueprint, "/exams/<campaign_id>/report.<kind>", exam_report, MAY_LOOK)
