"""What applicants have to be told by telephone or by letter, because no chat does it: a list with a tick for each."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot.console.guard import register as guarded
from bot.console.parts import parts
from bot.console.requests import MAY_LOOK
from bot.requests_shown import CHANNELS
from handlers.disclosure import requests, telling
from handlers.disclosure.requests import HANDLERS, NotDone

NAVIGATION: tuple[tuple[str, str], ...] = ()
HOW = {"phone": "打了电话", "email": "发了邮件", "post": "寄了信", "counter": "当面说了"}


def request_untold() -> str:
    with parts().database.reading() as session:
        rows = [
            {"id": step.request.id, "step": step.id, "number": step.request.number, "at": step.at, "note": step.note,
             "act": requests.act_name(step.act), "channel": CHANNELS[step.request.channel],
             "is_stuck": step.told_how == telling.CHAT, "has_letter": bool(step.letter)}
            for step in telling.untold(session)
        ]  # fmt: skip
        count = telling.count_untold(session)
    return render_template(
        "console/request_untold.html", rows=rows, count=count, how=HOW, may_handle=current_user.may(*HANDLERS)
    )


def request_told(request_id: int) -> Any:
    try:
        with parts().database.transaction() as session:
            found = requests.get_request(session, request_id)
            step, how = request.form.get("step", 0, type=int), request.form.get("how", "")
            telling.note_told(session, found, step, how, current_user.name)
    except NotDone as refused:
        flash(str(refused), "danger")
    else:
        flash(f"申请 {found.number}：已经登记告知，记入经过。", "success")
    return redirect(url_for("console.request_untold"))


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/requests/untold", request_untold, MAY_LOOK)
    guarded(blueprint, "/requests/<int:request_id>/told", request_told, HANDLERS, ("POST",))
