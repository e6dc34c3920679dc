"""Who takes part in a campaign: its units with the number of their people, its participants under their codes. Nobody
here can tell who a participant is.
"""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console import guard
from bot.console.campaigns import MAY_CHANGE, MAY_READ, XLSX, as_file, find, sort_of, told
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from content import export
from content.staff import NotFound
from handlers.quiz import score, standings
from handlers.quiz.boards import nicknames, units
from handlers.quiz.boards.units import BadUnit
from handlers.quiz.desk import people
from handlers.quiz.models import HeldCampaign

NAVIGATION: tuple[tuple[str, str], ...] = ()
PAGE = 50
MOST_IN_A_SHEET = 50_000
HEADINGS = ("名次", "参与码", "昵称", "单位", "得分", "用时（秒）", "交卷时间", "交卷次数", "快得读不完题", "纸面")


# ── units ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def campaign_units(campaign_id: str) -> str:
    with score.looking(parts().database, campaign_id) as session:
        held = find(session, campaign_id)
        return _units(session, held)


def _units(session: Session, held: HeldCampaign, pasted: str = "", lines: list[units.Line] | None = None) -> str:
    return render_template(
        "console/campaign_units.html", held=held, listed=units.listed(session, held), pasted=pasted, lines=lines,
        ranks={one.path: one for one in standings.units(session, held)}, is_exam=sort_of(held) == "exam",
        members=units.members(session, held),
        is_frozen=standings.is_frozen(held), may_change=current_user.may(*MAY_CHANGE),
    )  # fmt: skip


def campaign_unit_act(campaign_id: str) -> Any:
    form, by = request.form, current_user.name
    act, pasted = form.get("act", ""), form.get("pasted", "")[:100_000]
    if act == "look":
        with parts().database.reading() as session:
            held = find(session, campaign_id)
            return _units(session, held, pasted, units.read_lines(session, held, pasted))
    with parts().database.transaction() as session:
        held = find(session, campaign_id)
        if act == "enter":
            units.enter(session, held, form.get("path", ""), _count(form.get("people", "")), by)
        elif act == "paste":
            units.enter_all(session, held, pasted, by)
        elif act == "remove":
            units.remove(session, held, _count(form.get("unit", "")), by)
        else:
            raise NotFound("没有这样的操作：请刷新后再试。")
    flash("单位已更新，并记入操作记录。", "success")
    return redirect(url_for("console.campaign_units", campaign_id=campaign_id))


def _count(typed: str) -> int:
    try:
        return number(typed.strip())
    except ValueError as error:
        raise BadUnit("人数要填一个数。") from error


def campaign_units_export(campaign_id: str) -> Response:
    with score.looking(parts().database, campaign_id) as session:
        held = find(session, campaign_id)
        ranks, belong = {one.path: one for one in standings.units(session, held)}, units.members(session, held)
        rows: list[tuple[object, ...]] = [
            ("单位", "登记人数", "谁登记的", "登记时间", "选了它的人数", "交卷人数", "得分合计", "名次", "满没满")
        ]
        rows += [
            (unit.path, unit.head_count, unit.entered_by, told(unit.entered_at), belong.get(unit.id, 0), unit.people,
             unit.half_points / 2, ranks[unit.path].rank if unit.path in ranks else "",
             "已满" if unit.head_count and belong.get(unit.id, 0) >= unit.head_count else "")
            for unit in units.listed(session, held)
        ]  # fmt: skip
    return as_file(export.as_xlsx({"单位": rows}), f"{held.id}-units.xlsx", XLSX)


# ── participants ──────────────────────────────────────────────────────────────────────────────────────────────────────


def campaign_people(campaign_id: str) -> str:
    page = min(max(request.args.get("page", 1, type=number), 1), people.MOST_PAGES)
    wanted, only_quick = request.args.get("words", "").strip()[:32], request.args.get("quick") == "1"
    with score.looking(parts().database, campaign_id) as session:
        held = find(session, campaign_id)
        listed = people.listed(session, held, wanted, PAGE + 1, (page - 1) * PAGE, only_quick)
        quick = people.too_quick(session, held)
    return render_template(
        "console/campaign_people.html", held=held, listed=listed[:PAGE], has_more=len(listed) > PAGE, page=page,
        words=wanted, quick=quick, only_quick=only_quick, quickest=people.quickest_reading(held),
        may_change=current_user.may(*MAY_CHANGE), has_papers="console.campaign_papers" in guard.VIEWS,
    )  # fmt: skip


def campaign_nickname(campaign_id: str) -> Any:
    code, reason = request.form.get("code", "")[:16], request.form.get("reason", "")
    with parts().database.transaction() as session:
        nicknames.clear(session, find(session, campaign_id), code, current_user.name, reason)
    flash("昵称已清除，榜上改显示参与码；他可以另起一个。", "success")
    return redirect(url_for("console.campaign_people", campaign_id=campaign_id, words=code))


def campaign_people_export(campaign_id: str, kind: str) -> Response:
    """A sheet of the first ones, or all of them as CSV, sent as they are read."""
    with score.looking(parts().database, campaign_id) as session:
        held = find(session, campaign_id)
        if kind == "csv":
            return _all_people(held)
        stands = standings.top(session, held, MOST_IN_A_SHEET)
    rows = [HEADINGS, *(_row(held, stand) for stand in stands)]
    return as_file(export.as_xlsx({"参与者": rows}), f"{held.id}-people.xlsx", XLSX)


def _all_people(held: HeldCampaign) -> Response:
    database = parts().database

    def sent() -> Iterator[bytes]:
        yield export.as_csv([HEADINGS])
        with database.reading() as session:
            for rows in people.in_order(session, held):
                yield export.as_csv(_row(held, stand) for stand in rows).removeprefix(b"\xef\xbb\xbf")

    headers = {"Content-Disposition": f"attachment; filename={held.id}-people.csv"}
    return Response(sent(), headers=headers, content_type="text/csv; charset=utf-8")


def _row(held: HeldCampaign, stand: standings.Stand) -> tuple[object, ...]:
    """The paper that counts: of one answered on paper nobody has measured the time."""
    is_quick = not stand.is_on_paper and stand.seconds < people.quickest_reading(held)
    return (
        stand.rank, stand.code, stand.nickname, stand.unit, stand.half_points / 2,
        "" if stand.is_on_paper else stand.seconds, told(stand.handed_in_at), stand.papers,
        "是" if is_quick else "", "是" if stand.is_on_paper else "",
    )  # fmt: skip


def register(blueprint: Blueprint) -> None:
    place = "/campaigns/<campaign_id>"
    guarded(blueprint, f"{place}/units", campaign_units, MAY_READ)
    guarded(blueprint, f"{place}/units/act", campaign_unit_act, MAY_CHANGE, ("POST",))
    guarded(blueprint, f"{place}/units.xlsx", campaign_units_export, MAY_READ)
    guarded(blueprint, f"{place}/people", campaign_people, MAY_READ)
    guarded(blueprint, f"{place}/people/nickname", campaign_nickname, MAY_CHANGE, ("POST",))
    guarded(blueprint, f"{place}/people.<any(csv, xlsx):kind>", campaign_people_export, MAY_READ)
