"""The paper edition of a campaign: drawn, taken away as Word files with the key, and its answers typed in from Excel.
Everything here is for staff; no address of it is open to citizens.
"""

import io
import zipfile
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot import printing
from bot.console.campaign_parts import MAY_ACT, MAY_LOOK, as_file, get_held
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content.importers.library import Unreadable
from content.staff import NotFound
from content.store import clock
from handlers.quiz.editions import entering, shuffling
from handlers.quiz.editions.entering import Entered, Fault, NotEntered
from handlers.quiz.editions.shuffling import NotPrinted
from handlers.quiz.paper import TooFew

NAVIGATION: tuple[tuple[str, str], ...] = ()
NO_TIME = "请写开考时间，例如 2026-12-04 09:00。"
NO_FILE = "没有选文件：请选填好的录入表（.xlsx）。"


def campaign_editions(campaign_id: str) -> Any:
    return _page(campaign_id)


def _page(
    campaign_id: str, told: str = "", faults: list[Fault] | None = None, entered: list[Entered] | None = None,
    status: int = 200,
) -> Any:  # fmt: skip
    with parts().database.reading() as session:
        held = get_held(session, campaign_id)
        printed = shuffling.find(session, held)
        count = shuffling.entered(session, held)
    shown = render_template(
        "console/campaign_editions.html", held=held, printed=printed, count=count, told=told, faults=faults or [],
        entered=entered or [], editions=shuffling.EDITIONS, typed=request.form, tab="editions",
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
    """Papers, key and the sheet for typing in, together."""
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
            entered = entering.enter(
                session, parts().keyring, get_held(session, campaign_id), data, file.filename, started_at,
                current_user.name, replaces=form.get("replaces") == "yes",
            )  # fmt: skip
    except NotEntered as refused:
        return _page(campaign_id, str(refused), refused.faults, status=409)
    except (NotPrinted, Unreadable) as refused:
        return _page(campaign_id, str(refused), status=409)
    return _page(campaign_id, entered=entered)


def register(blueprint: Blueprint) -> None:
    every = "/campaigns/<campaign_id>/editions"
    guarded(blueprint, f"{every}/", campaign_editions, MAY_LOOK)
    guarded(blueprint, f"{every}/make", editions_make, MAY_ACT, ("POST",))
    guarded(blueprint, f"{every}/files.zip", editions_files, MAY_ACT)
    guarded(blueprint, f"{every}/template.xlsx", editions_template, MAY_ACT)
    guarded(blueprint, f"{every}/enter", editions_enter, MAY_ACT, ("POST",))
