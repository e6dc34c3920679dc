"""The training desk: a page on which an official makes the played platform misbehave, lets time pass, answers as the
administrator, and sees what went out. Works without scripts.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from bot.sandbox import control
from bot.sandbox.api import PATHS
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from bot.sandbox.words import section
from content.store import clock

_SHOWN = 20
_MOST_MINUTES = 400 * 1440
_NUMBERS = {"publish_seconds": float, "mass_seconds": float, "publish_status": int, "clientmsgid_characters": int}
_SWITCHES = ("needs_admin", "is_quota_lifted", "loses_events")


def make_dial(parts: Parts) -> Blueprint:
    dial = Blueprint("sandbox_dial", __name__, url_prefix="/sandbox/dial")

    @dial.get("")
    def page() -> str:
        parts.agenda.run_due()
        return render_template("sandbox/dial.html", **_shown(parts), told=request.args.get("told", ""))

    @dial.post("")
    def turn() -> Response:
        if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            abort(403)
        act = _ACTS.get(request.form.get("act", ""))
        if act is None:
            abort(400)
        parts.agenda.run_due()
        try:
            act(parts, request.form)
            told = "done"
        except (Refused, ValueError):
            told = "wrong"
        return redirect(url_for("sandbox_dial.page", told=told), code=303)  # type: ignore[return-value]

    dial.add_app_template_filter(_moment, "sandbox_moment")
    return dial


def _shown(parts: Parts) -> dict[str, Any]:
    with parts.stock.lock:
        publications = [control.publication_json(one) for one in list(parts.stock.publications.values())[-_SHOWN:]]
        every = [control.send_json(one) for one in parts.stock.sends.values()]
        drafts = [one.articles[0]["title"] for one in list(parts.stock.drafts.values())[-_SHOWN:]]
    now = parts.clock.timestamp()
    return {
        "settings": parts.settings,
        "controls": parts.controls,
        "now": now,
        "ahead_minutes": parts.clock.ahead_seconds() // 60,
        "waiting": [
            {**one, "minutes": max(0, (one["confirm_until"] - now + 59) // 60)}
            for one in every
            if one["state"] == "awaits"
        ],
        "publications": publications[::-1],
        "sends": every[-_SHOWN:][::-1],
        "drafts": drafts[::-1],
        "faults": [{**fault, "told": _told(fault)} for fault in parts.faults.as_json()],
        "calls": list(parts.calls)[::-1][:_SHOWN],
        "events": list(parts.events.brought)[::-1][:_SHOWN],
        "dial": section("dial"),
        "paths": PATHS,
    }


def _told(fault: Mapping[str, Any]) -> str:
    """A fault in the words of the choice that set it, where one did."""
    names = ("errcode", "status", "delay", "lost", "done")
    plain = {"errcode": 0, "status": 200, "delay": 0.0, "lost": False, "done": False}
    for kind in section("dial")["faults"]:
        if {**plain, **kind.get("sets", {})} == {name: fault[name] for name in names}:
            return str(kind["name"])
    return f"errcode {fault['errcode']}，HTTP {fault['status']}，{fault['delay']:g} 秒"


def _moment(timestamp: int) -> str:
    """As people write it, in Beijing."""
    at: datetime = clock.in_beijing(clock.from_timestamp(timestamp))
    return f"{at.month}月{at.day}日 {at:%H:%M:%S}"


Form = Mapping[str, str]


def _let_pass(parts: Parts, form: Form) -> None:
    minutes = float(form.get("minutes") or 0)
    if not 0 < minutes <= _MOST_MINUTES:
        raise ValueError
    control.turn(parts, {"pass_seconds": minutes * 60})


def _set_fault(parts: Parts, form: Form) -> None:
    kind = next((one for one in section("dial")["faults"] if one["key"] == form.get("kind")), None)
    if kind is None:
        raise ValueError
    times = int(form.get("times") or 0)
    sets = dict(kind.get("sets", {}))
    if kind["key"] == "refuse":
        sets["errcode"] = int(form.get("errcode") or 0)
        if not sets["errcode"]:
            raise ValueError
    parts.faults.turn({"path": form.get("path") or "*", "times": times or None, **sets})


def _clear_faults(parts: Parts, form: Form) -> None:
    parts.faults.turn({"path": form["path"], "clear": True} if form.get("path") else {})


def _set_rules(parts: Parts, form: Form) -> None:
    wanted: dict[str, Any] = {name: form.get(name) == "on" for name in _SWITCHES}
    wanted |= {name: form[name] for name in ("account_type", "mass_status") if form.get(name)}
    wanted |= {name: read(form[name]) for name, read in _NUMBERS.items() if form.get(name)}
    control.turn(parts, wanted)


_ACTS: dict[str, Callable[[Parts, Form], None]] = {
    "pass": _let_pass,
    "fault": _set_fault,
    "clear": _clear_faults,
    "rules": _set_rules,
    "confirm": lambda parts, form: control.turn(parts, {"confirm": int(form.get("msg_id") or 0)}),
    "refuse": lambda parts, form: control.turn(parts, {"refuse": int(form.get("msg_id") or 0)}),
    "tokens": lambda parts, form: control.turn(parts, {"tokens": form.get("how", "")}),
    "quota": lambda parts, form: control.turn(parts, {"clear_quota": True}),
}
