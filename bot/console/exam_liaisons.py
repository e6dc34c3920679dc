"""The liaisons of an exam: appointed, given a link and a PIN that are shown once, and revoked."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot.console.campaign_parts import as_named_file, moment
from bot.console.exams import MAY_ACT, get_exam
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.wiring import public_url
from handlers.quiz.exam import entrance, liaison, units
from handlers.quiz.exam.liaison import Appointed
from handlers.quiz.models import HeldCampaign

NAVIGATION: tuple[tuple[str, str], ...] = ()
COLUMNS = ("编号", "姓名", "单位", "谁指定", "链接从什么时候有效", "上次进入", "什么时候停用")


def exam_liaisons(campaign_id: str) -> str:
    keyring = parts().keyring
    with parts().database.reading() as session:
        held = get_exam(session, campaign_id)
        every = units.all_units(session, held)
        found = liaison.all_liaisons(session, held)
    paths = {unit.id: unit.path for unit in every}
    looked_after = {one.unit_id for one in found if one.ended_at is None}
    rows = [(one, liaison.name_of(keyring, one), paths[one.unit_id]) for one in found]
    alone = [unit for unit in every if unit.head_count and not _is_covered(unit.path, paths, looked_after)]
    return render_template(
        "console/exam_liaisons.html",
        held=held,
        rows=rows,
        units=every,
        alone=alone,
        signed_in_for=liaison.SIGNED_IN_FOR,
    )


def exam_liaisons_export(campaign_id: str) -> Response:
    """Without links and PINs: nobody keeps those."""
    keyring = parts().keyring
    with parts().database.reading() as session:
        held = get_exam(session, campaign_id)
        paths = {unit.id: unit.path for unit in units.all_units(session, held)}
        rows = [
            (one.id, liaison.name_of(keyring, one), paths[one.unit_id], one.made_by, moment(one.made_at),
             moment(one.seen_at), moment(one.ended_at))
            for one in liaison.all_liaisons(session, held)
        ]  # fmt: skip
    return as_named_file(campaign_id, "liaisons", "联络员", [COLUMNS, *rows])


def _is_covered(path: str, paths: dict[int, str], looked_after: set[int]) -> bool:
    """Whether a liaison of this unit, or of one above it, is there."""
    return any(f"{path}/".startswith(f"{paths[unit_id]}/") for unit_id in looked_after)


def exam_liaison_add(campaign_id: str) -> str:
    with parts().database.transaction() as session:
        held = get_exam(session, campaign_id)
        unit_id, name = request.form.get("unit", 0, type=number), request.form.get("name", "")
        made = liaison.appoint(session, parts().keyring, held, unit_id, name, current_user.name)
        path = units.get_unit(session, held, made.liaison.unit_id).path
    return _made(held, made, path)


def exam_liaison_change(campaign_id: str, liaison_id: int) -> Any:
    act, by = request.form.get("act", ""), current_user.name
    with parts().database.transaction() as session:
        held = get_exam(session, campaign_id)
        if act == "renew":
            made = liaison.renew(session, parts().keyring, held, liaison_id, by)
            return _made(held, made, units.get_unit(session, held, made.liaison.unit_id).path)
        if act != "revoke":
            abort(400)
        liaison.revoke(session, held, liaison_id, by)
    flash("已停用：他的链接打不开了，正开着的页面也退出了。", "success")
    return redirect(url_for("console.exam_liaisons", campaign_id=campaign_id))


def _made(held: HeldCampaign, made: Appointed, path: str) -> str:
    address = entrance.liaison_page_of(public_url(parts().config), made.link)
    return render_template("console/exam_liaison_made.html", held=held, made=made, path=path, address=address)


def register(blueprint: Blueprint) -> None:
    place = "/exams/<campaign_id>/liaisons"
    guarded(blueprint, f"{place}/", exam_liaisons, MAY_ACT)
    guarded(blueprint, f"{place}.xlsx", exam_liaisons_export, MAY_ACT)
    guarded(blueprint, f"{place}/add", exam_liaison_add, MAY_ACT, ("POST",))
    guarded(blueprint, f"{place}/<int:liaison_id>", exam_liaison_change, MAY_ACT, ("POST",))
