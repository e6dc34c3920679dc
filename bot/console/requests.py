"""The desk of applications for information: what is to be done with which first, entering what came by post or over the
counter, a year to take away. Who an applicant is stands in none of it.
"""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.requests_shown import CHANNELS, KINDS, WAYS, clock_of, state_of
from content import audit, export
from content.staff import Role
from content.store import clock, working_days
from handlers.disclosure import desk, form, receiving, requests, telling
from handlers.disclosure.form import MOST, Application
from handlers.disclosure.models import Channel
from handlers.disclosure.requests import HANDLERS, NotDone

NAVIGATION = (("console.request_list", "依申请公开"),)
MAY_LOOK = {*HANDLERS, Role.AUDIT}
FILTERS = {
    "open": "没办完", "new": "待确认", "soon": "快到期", "overdue": "已超期", "waiting": "等人批", "mine": "我在办",
    "over": "办结", "void": "已作废", "all": "全部",
}  # fmt: skip
ENTERED = {Channel.POST: CHANNELS[Channel.POST], Channel.COUNTER: CHANNELS[Channel.COUNTER]}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def request_list() -> str:
    chosen, words = request.args.get("show", "open"), request.args.get("words", "").strip()[:60]
    chosen = chosen if chosen in FILTERS else "open"
    with parts().database.reading() as session:
        overrides, by = working_days.load_overrides(session), current_user.name
        listed, counts, years = desk.listing(session, chosen, by, words), desk.counts(session, by), desk.years(session)
        untold = telling.count_untold(session)
    rows = [
        {"id": one.id, "number": one.number, "state": state_of(one), "wanted": one.wanted, "handler": one.handler,
         "channel": CHANNELS[one.channel], "received": one.received_on or "",
         "clock": clock_of(one, overrides), "is_waiting": bool(one.draft)}
        for one in listed.rows
    ]  # fmt: skip
    return render_template(
        "console/requests.html", rows=rows, has_more=listed.has_more, words=words, chosen=chosen, years=years,
        untold=untold,
        filters=[(name, label, counts[name]) for name, label in FILTERS.items()],
    )  # fmt: skip


def request_new() -> Any:
    if request.method == "GET":
        return _new({"received_on": clock.today().isoformat()}, {}, 200)
    typed = {name: words.replace("\0", "")[:5000] for name, words in request.form.items()}
    application, told = Application.of(typed), _problems(typed)
    if told:
        return _new(typed, told, 422)
    try:
        with parts().database.transaction() as session:
            filed = requests.file(
                session, parts().keyring, Channel(typed["channel"]), application, by=current_user.name,
                received_on=_received(typed), proof=typed["proof"].strip(),
            )  # fmt: skip
            audit.record(session, current_user.name, "request.file", requests.thing_of(filed.request))
    except NotDone as refused:
        return _new(typed, {"received_on": str(refused)}, 422)
    code = "-".join((filed.code[:5], filed.code[5:]))
    told_code = f"查进度的查询码是 {code}，只显示这一次：请告诉申请人。"
    flash(f"已经登记，编号 {filed.request.number}。{told_code}", "success")
    return redirect(url_for("console.request_show", request_id=filed.request.id))


def request_export() -> Response:
    """Numbers, days, results; nobody's name."""
    try:
        year = number(request.args.get("year", ""))
    except ValueError:
        year = clock.today().year
    with parts().database.transaction() as session:
        rows = desk.year_rows(session, year, desk.Names(CHANNELS, KINDS))
        audit.record(session, current_user.name, "request.export", f"requests:{year}", rows=len(rows) - 1)
    headers = {"Content-Disposition": f"attachment; filename=requests-{year}.xlsx"}
    return Response(export.as_xlsx({f"{year}年依申请公开": rows}), mimetype=XLSX, headers=headers)


def _problems(typed: dict[str, str]) -> dict[str, str]:
    told = form.problems(Application.of(typed), KINDS)
    if typed.get("channel") not in ENTERED:
        told["channel"] = "请选是来信还是当面。"
    if (received := _received(typed)) is None:
        told["received_on"] = "请写收到的日子。"
    else:
        try:
            receiving.check_not_old(received, bool(typed.get("sure")))
        except NotDone as refused:
            told["received_on"] = str(refused)
    if not typed.get("proof", "").strip():
        told["proof"] = "请写收了哪种身份证明；没有收到的写“未提供”，并请申请人补上。"
    return told


def _received(typed: dict[str, str]) -> date | None:
    """The day that was typed as received; None where it is none."""
    try:
        return date.fromisoformat(typed.get("received_on", ""))
    except ValueError:
        return None


def _new(typed: dict[str, str], told: dict[str, str], status: int) -> Any:
    page = render_template(
        "console/request_new.html", typed=typed, told=told, channels=ENTERED, kinds=KINDS, ways=WAYS, most=MOST
    )
    return page, status


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/requests/", request_list, MAY_LOOK)
    guarded(blueprint, "/requests/new", request_new, {Role.WRITE}, ("GET", "POST"))
    guarded(blueprint, "/requests/year.xlsx", request_export, MAY_LOOK)
