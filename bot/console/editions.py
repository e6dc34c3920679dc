"""The paper edition of a campaign: drawn, taken away as Word files, and its answers typed in from Excel by one person
and confirmed by another. Everything here is for staff; no address of it is open to citizens.
"""

import io
import zipfile
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot import printing
from bot.console.campaign_parts import MAY_ACT, MAY_LOOK, as_file, get_held, moment, settle
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import staff
from content.importers.library import Unreadable
from content.staff import NotFound
from content.store import clock
from handlers.quiz import register as campaigns
from handlers.quiz.editions import confirming, entering, shuffling
from handlers.quiz.editions.entering import Fault, NotEntered
from handlers.quiz.editions.models import SheetState, TypedSheet
from handlers.quiz.editions.shuffling import NotPrinted
from handlers.quiz.models import HeldCampaign
from handlers.quiz.paper import TooFew

NAVIGATION: tuple[tuple[str, str], ...] = ()
NO_TIME = "请写开考时间，例如 2026-12-04 09:00。"
STATES = {
    SheetState.PROPOSED: "等别人确认", SheetState.DONE: "已确认，计入成绩", SheetState.DROPPED: "已撤回，没有计入",
}  # fmt: skip
COLUMNS = ("谁", "参与码", "卷别", "这份得分", "原来最好", "以后最好", "原来名次", "以后名次")
SHEET_COLUMNS = (
    "第几批", "份数", "开考", "为什么", "改正以前的", "谁录入", "什么时候", "现在", "谁决定", "什么时候决定"
)  # fmt: skip
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NO_FILE = "没有选文件：请选填好的录入表（.xlsx）。"


def campaign_editions(campaign_id: str) -> Any:
    return _page(campaign_id)


def _page(campaign_id: str, told: str = "", faults: list[Fault] | None = None, status: int = 200) -> Any:
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        printed = shuffling.find(session, held)
        count = shuffling.entered(session, held)
        sheets = confirming.all_of(session, held)
    shown = render_template(
        "console/campaign_editions.html", held=held, printed=printed, count=count, told=told, faults=faults or [],
        sheets=sheets, states=STATES, has_draw=campaigns.rules_of(held).draw is not None, typed=request.form,
        tab="editions",
    )  # fmt: skip
    return shown, status


def editions_make(campaign_id: str) -> Any:
    """Or another instead of the one that stands."""
    try:
        with parts().database.transaction() as session:
            held = get_held(session, campaign_id)
            if request.form.get("act") == "again":
                shuffling.discard(session, held, current_user.name)
            shuffling.make(session, held, current_user.name)
    except (NotPrinted, TooFew) as refused:
        return _page(campaign_id, str(refused), status=409)
    flash("已经出好：请下载打印。答案只给阅卷的人。", "success")
    return redirect(url_for("console.campaign_editions", campaign_id=campaign_id))


def editions_files(campaign_id: str) -> Response:
    """Papers and the sheet for typing in, together."""
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        try:
            files = printing.files(held, shuffling.get(session, held))
        except NotPrinted as error:
            raise NotFound(str(error)) from error
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    headers = {"Content-Disposition": f"attachment; filename=paper-{campaign_id}.zip"}
    return Response(out.getvalue(), headers=headers, content_type="application/zip")


def editions_key(campaign_id: str) -> Response:
    """The right answers, by themselves; who took them away stands in the log."""
    try:
        with parts().database.transaction() as session:
            held = get_held(session, campaign_id)
            data = printing.key(held, shuffling.take_key(session, held, current_user.name))
    except NotPrinted as error:
        raise NotFound(str(error)) from error
    headers = {"Content-Disposition": f"attachment; filename=key-{campaign_id}.docx"}
    return Response(data, headers=headers, content_type=DOCX)


def editions_template(campaign_id: str) -> Response:
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        try:
            headings = entering.headings(held, shuffling.get(session, held))
        except NotPrinted as error:
            raise NotFound(str(error)) from error
    return as_file(f"enter-{campaign_id}", {printing.SHEET: [headings]})


def editions_enter(campaign_id: str) -> Any:
    form, file = request.form, request.files.get("file")
    try:
        started_at = datetime.fromisoformat(form.get("started_at", "").strip()).replace(tzinfo=clock.BEIJING)
    except (ValueError, OverflowError):
        return _page(campaign_id, NO_TIME, status=400)
    if file is None or not file.filename:
        return _page(campaign_id, NO_FILE, status=400)
    data = file.read()
    try:
        with parts().database.transaction() as session:
            typed = confirming.propose(
                session, parts().keyring, get_held(session, campaign_id), data, file.filename, started_at,
                form.get("reason", ""), current_user.name, replaces=form.get("replaces") == "yes",
            )  # fmt: skip
    except NotEntered as refused:
        return _page(campaign_id, str(refused), refused.faults, status=409)
    except (NotPrinted, Unreadable) as refused:
        return _page(campaign_id, str(refused), status=409)
    flash("已经记下，还没有计入成绩：请另一名有“活动”角色的人看过以后确认。", "success")
    return redirect(url_for("console.editions_sheet", campaign_id=campaign_id, sheet_id=typed.id))


# ── what was typed in ─────────────────────────────────────────────────────────────────────────────────────────────────


def editions_sheet(campaign_id: str, sheet_id: int, told: str = "", status: int = 200) -> Any:
    """Whom it changes. Who only looks at the records sees no numbers of the roster."""
    settle(campaign_id)
    with parts().database.reading() as session:
        held, typed = _sheet(session, campaign_id, sheet_id)
        changes = confirming.changes_of(session, held, typed)
        names = _names(session, held, typed)
    page = render_template(
        "console/campaign_sheet.html", held=held, typed=typed, changes=changes, names=names, states=STATES, told=told,
        has_draw=campaigns.rules_of(held).draw is not None, tab="editions",
        is_mine=staff.folded(current_user.name) == typed.proposed_by,
    )  # fmt: skip
    return page, status


def editions_sheets(campaign_id: str) -> Response:
    """All that was ever typed in, whatever became of it."""
    with parts().database.reading() as session:
        rows = [
            (one.id, len(one.papers), moment(one.started_at), one.reason, "是" if one.replaces else "",
             one.proposed_by, moment(one.proposed_at), STATES[SheetState(one.state)], one.decided_by,
             moment(one.decided_at))
            for one in confirming.all_of(session, get_held(session, campaign_id))
        ]  # fmt: skip
    return as_file(f"typed-{campaign_id}", {"录入记录": [SHEET_COLUMNS, *rows]})


def editions_export(campaign_id: str, sheet_id: int) -> Response:
    settle(campaign_id)
    with parts().database.reading() as session:
        held, typed = _sheet(session, campaign_id, sheet_id)
        names = _names(session, held, typed)
        rows = [
            (names.get(one.row, ""), one.code, one.edition, one.points, one.before, one.after, one.rank_before,
             one.rank_after)
            for one in confirming.changes_of(session, held, typed)
        ]  # fmt: skip
    return as_file(f"typed-{sheet_id}", {"录入": [COLUMNS, *rows]})


def editions_decide(campaign_id: str, sheet_id: int) -> Any:
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        raise NotFound("没有这个操作。")
    try:
        with parts().database.transaction() as session:
            act(session, get_held(session, campaign_id), sheet_id, current_user.name)
    except NotEntered as refused:
        return editions_sheet(campaign_id, sheet_id, str(refused), 409)
    flash("已经办好，并记入操作记录。", "success")
    return redirect(url_for("console.editions_sheet", campaign_id=campaign_id, sheet_id=sheet_id))


ACTS = {"confirm": confirming.confirm, "drop": confirming.drop}


def _sheet(session: Session, campaign_id: str, sheet_id: int) -> tuple[HeldCampaign, TypedSheet]:
    """Raises NotFound."""
    held = get_held(session, campaign_id)
    try:
        return held, confirming.get_sheet(session, held, sheet_id)
    except NotEntered as error:
        raise NotFound(str(error)) from error


def _names(session: Session, held: HeldCampaign, typed: TypedSheet) -> dict[int, str]:
    return confirming.names(session, parts().keyring, held, typed) if current_user.may(*MAY_ACT) else {}


def register(blueprint: Blueprint) -> None:
    every = "/campaigns/<campaign_id>/editions"
    guarded(blueprint, f"{every}/", campaign_editions, MAY_LOOK)
    guarded(blueprint, f"{every}/make", editions_make, MAY_ACT, ("POST",))
    guarded(blueprint, f"{every}/files.zip", editions_files, MAY_ACT)
    guarded(blueprint, f"{every}/key.docx", editions_key, MAY_ACT)
    guarded(blueprint, f"{every}/template.xlsx", editions_template, MAY_ACT)
    guarded(blueprint, f"{every}/enter", editions_enter, MAY_ACT, ("POST",))
    guarded(blueprint, f"{every}/typed.xlsx", editions_sheets, MAY_LOOK)
    guarded(blueprint, f"{every}/<int:sheet_id>", editions_sheet, MAY_LOOK)
    guarded(blueprint, f"{every}/<int:sheet_id>.xlsx", editions_export, MAY_LOOK)
    guarded(blueprint, f"{every}/<int:sheet_id>/decide", editions_decide, MAY_ACT, ("POST",))
