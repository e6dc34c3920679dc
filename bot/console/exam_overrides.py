"""What people of an exam are to be granted beside the rules: asked for by one, decided by another."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot import exam_wishes
from bot.console.exams import MAY_ACT, MAY_LOOK, get_exam
from bot.console.guard import register as guarded
from bot.console.parts import parts
from handlers.quiz.exam import overrides, roster, units
from handlers.quiz.exam.models import OverrideState
from handlers.quiz.exam.overrides import NotGranted

NAVIGATION: tuple[tuple[str, str], ...] = ()
TOLD = {
    OverrideState.APPROVED: "已批准，马上生效。", OverrideState.REFUSED: "没有批准，记下了。",
    OverrideState.ENDED: "已收回，马上失效。",
}  # fmt: skip


def exam_overrides(campaign_id: str) -> str:
    """Who only looks at the records sees no names and no reasons."""
    keyring, may_act = parts().keyring, current_user.may(*MAY_ACT)
    with parts().database.reading() as session:
        held = get_exam(session, campaign_id)
        every = overrides.listing(session, held)
        people = {
            participant: roster.person_of(keyring, roster.get_sitter(session, held, participant))
            for participant in {one.participant for one in every}
        }
        paths = {unit.id: unit.path for unit in units.all_units(session, held)}
    rows = [
        (one, people[one.participant], paths[people[one.participant].unit_id],
         overrides.reason_of(keyring, one) if may_act else "")
        for one in every
    ]  # fmt: skip
    return render_template(
        "console/exam_overrides.html", held=held, rows=rows, may_act=may_act, told=exam_wishes.told,
        states=exam_wishes.STATES, masked=roster.masked,
        waiting=[row for row in rows if row[0].state == OverrideState.ASKED],
        decided=[row for row in rows if row[0].state != OverrideState.ASKED],
    )  # fmt: skip


def exam_override_decide(campaign_id: str, override_id: int) -> Any:
    act, by = request.form.get("act", ""), current_user.name
    try:
        with parts().database.transaction() as session:
            held = get_exam(session, campaign_id)
            if act == "end":
                found = overrides.end(session, held, override_id, by)
            else:
                found = overrides.decide(session, held, override_id, act == "approve", by)
        flash(TOLD[OverrideState(found.state)], "success")
    except NotGranted as refused:
        flash(str(refused), "danger")
    return redirect(url_for("console.exam_overrides", campaign_id=campaign_id))


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/exams/<campaign_id>/overrides/", exam_overrides, MAY_LOOK)
    guarded(blueprint, "/exams/<campaign_id>/overrides/<int:override_id>", exam_override_decide, MAY_ACT, ("POST",))
