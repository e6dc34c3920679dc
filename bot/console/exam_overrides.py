"""What people of an exam are to be granted beside the rules: asked for by one, decided by another."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot import exam_wishes
from bot.console.campaign_parts import as_named_file, moment
from bot.console.exams import MAY_ACT, MAY_LOOK, get_exam
from bot.console.guard import register as guarded
from bot.console.parts import parts
from handlers.quiz.exam import overrides, roster, units
from handlers.quiz.exam.models import Override, OverrideState
from handlers.quiz.exam.overrides import NotGranted
from handlers.quiz.exam.roster import Person
from handlers.quiz.models import HeldCampaign

NAVIGATION: tuple[tuple[str, str], ...] = ()
TOLD = {
    OverrideState.APPROVED: "已批准，马上生效。", OverrideState.REFUSED: "没有批准，记下了。",
    OverrideState.ENDED: "已收回，马上失效。",
}  # fmt: skip

COLUMNS = ("安排", "姓名", "工号", "单位", "原因", "谁提出", "什么时候", "现在", "谁决定", "什么时候决定")


@dataclass(frozen=True, slots=True)
class _Row:
    """Who only looks at the records sees no names and no reasons."""

    override: Override
    person: Person
    path: str
    reason: str


def exam_overrides(campaign_id: str) -> str:
    with parts().database.reading() as session:
        held = get_exam(session, campaign_id)
        rows = [(row.override, row.person, row.path, row.reason) for row in _rows(session, held)]
    return render_template(
        "console/exam_overrides.html", held=held, rows=rows, may_act=current_user.may(*MAY_ACT), told=exam_wishes.told,
        states=exam_wishes.STATES, masked=roster.masked,
        waiting=[row for row in rows if row[0].state == OverrideState.ASKED],
        decided=[row for row in rows if row[0].state != OverrideState.ASKED],
    )  # fmt: skip


def exam_overrides_export(campaign_id: str) -> Response:
    """As the page shows them to whoever asks."""
    may_act = current_user.may(*MAY_ACT)
    with parts().database.reading() as session:
        held = get_exam(session, campaign_id)
        rows = [
            (
                exam_wishes.told(row.override), row.person.name if may_act else roster.masked(row.person.name),
                row.person.number if may_act else "", row.path, row.reason, row.override.asked_by,
                moment(row.override.asked_at), exam_wishes.STATES[OverrideState(row.override.state)],
                row.override.decided_by, moment(row.override.decided_at),
            )
            for row in _rows(session, held)
        ]  # fmt: skip
    return as_named_file(campaign_id, "overrides", "个别安排", [COLUMNS, *rows])


def _rows(session: Session, held: HeldCampaign) -> list[_Row]:
    keyring, may_act = parts().keyring, current_user.may(*MAY_ACT)
    every = overrides.listing(session, held)
    people = {
        participant: roster.person_of(keyring, roster.get_sitter(session, held, participant))
        for participant in {one.participant for one in every}
    }
    paths = {unit.id: unit.path for unit in units.all_units(session, held)}
    return [
        _Row(one, people[one.participant], paths[people[one.participant].unit_id],
             overrides.reason_of(keyring, one) if may_act else "")
        for one in every
    ]  # fmt: skip


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
    guarded(blueprint, "/exams/<campaign_id>/overrides.xlsx", exam_overrides_export, MAY_LOOK)
    guarded(blueprint, "/exams/<campaign_id>/overrides/<int:override_id>", exam_override_decide, MAY_ACT, ("POST",))
