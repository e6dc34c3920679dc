"""Draws and prizes: the stages of a draw, the numbers that two people type in, who claims what, the hand-over with its
sheet, and lists for the file. Rules are those of `handlers/quiz/prizes/`.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.campaign_parts import moment
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import audit, export
from content.phrases import say
from content.staff import NotAllowed, NotFound, Role
from content.store import clock
from content.store.keys import KeysUnreadable
from handlers.quiz import register as campaigns
from handlers.quiz.draw import BadNumber
from handlers.quiz.models import HeldCampaign
from handlers.quiz.prizes import claims, drawing, due, entries, line
from handlers.quiz.prizes.claims import NotHandedOver, Taker
from handlers.quiz.prizes.drawing import Look, Stage
from handlers.quiz.prizes.due import Walked
from handlers.quiz.prizes.entries import NotDrawn
from handlers.quiz.prizes.models import Winner, WinnerState

NAVIGATION = (("console.draw_list", "抽奖兑奖"),)
MAY_LOOK = {Role.CAMPAIGNS, Role.AUDIT}
STAGES = {
    Stage.BEFORE: "还没有开始", Stage.OPEN: "正在答题", Stage.CLOSED: "已截止，名单还没有定",
    Stage.LISTED: "名单已定，等开奖号码", Stage.DRAWN: "已抽奖",
}  # fmt: skip
STATES = {
    WinnerState.WAITING: ("等候递补", "light"), WinnerState.OFFERED: ("待领取", "warning"),
    WinnerState.HANDED_OVER: ("已领取", "success"), WinnerState.DECLINED: ("本人放弃", "secondary"),
    WinnerState.REFUSED: ("不予发放", "secondary"), WinnerState.EXPIRED: ("过期未领", "secondary"),
}  # fmt: skip
WALKED = {
    Walked.DONE: ("已办", "success"), Walked.NOW: ("现在办", "warning"), Walked.AHEAD: ("还没到", "light"),
    Walked.PASSED: ("过期没办", "danger"),
}  # fmt: skip
CONSENT = {None: "没有答复", True: "同意公布姓名", False: "不公布姓名"}
COLUMNS = ("次序", "参与码", "奖品", "状态", "领取期限", "是否公布姓名", "办理时间", "办理人", "原因", "税务处理")
LISTED = (
    "编号", "名称", "开始", "截止", "到哪一步", "名单人数", "名单校验码", "彩票", "期号", "开奖日", "抽奖时间",
    "待领取", "已领取",
)  # fmt: skip
PEOPLE = ("姓名", "电话", "监护人")
SHOWN = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNREADABLE = "（用另一把密钥加密的，读不出来）"
REFUSALS = (NotAllowed, NotDrawn, NotHandedOver, BadNumber, KeysUnreadable)


def draw_list() -> str:
    with parts().database.reading() as session:
        found = [drawing.look(session, held) for held in drawing.all_with_prizes(session)]
    return render_template("console/draws.html", found=found, stages=STAGES)


def draw_list_export() -> Response:
    with parts().database.reading() as session:
        found = [drawing.look(session, held) for held in drawing.all_with_prizes(session)]
        prizes = [claims.winners(session, now.held.id) if now.stage is Stage.DRAWN else [] for now in found]
    rows: list[tuple[object, ...]] = [
        (
            now.held.id, now.held.title, moment(now.held.opens_at), moment(now.held.closes_at), STAGES[now.stage],
            now.entry_list.people if now.entry_list else "", now.entry_list.digest if now.entry_list else "",
            now.rules.lottery, now.issue, f"{now.drawn_on}", moment(now.decided.drawn_at) if now.decided else "",
            sum(won.state == WinnerState.OFFERED for won in winners),
            sum(won.state == WinnerState.HANDED_OVER for won in winners),
        )
        for now, winners in zip(found, prizes, strict=True)
    ]  # fmt: skip
    return Response(
        export.as_xlsx({"抽奖兑奖": [LISTED, *rows]}), mimetype=XLSX,
        headers={"Content-Disposition": "attachment; filename=draws.xlsx"},
    )  # fmt: skip


def draw_show(name: str, told: str = "", typed: Any = None, status: int = 200) -> Any:
    with parts().database.reading() as session:
        now = _look(session, name)
        is_drawn = now.stage is Stage.DRAWN
        won = claims.winners(session, name, SHOWN) if is_drawn else []
        stock = line.stock(session, now.held) if is_drawn else []
        hands = due.hands(session)
    page = render_template(
        "console/draw_show.html", now=now, held=now.held, rules=now.rules, won=won, stock=stock, told=told,
        typed=typed or {}, stages=STAGES, states=STATES, is_drawn=is_drawn, shown=SHOWN,
        is_readable=is_drawn or drawing.is_readable(now.held, parts().keyring),
        may_act=current_user.may(Role.CAMPAIGNS), last_day=line.last_day, steps=due.steps(now), walked=WALKED,
        hands=hands, needed=due.HANDS,
    )  # fmt: skip
    return page, status


def draw_act(name: str) -> Any:
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        raise NotFound("没有这个操作。")
    try:
        sentence = act(name, current_user.name)
    except REFUSALS as refused:
        return draw_show(name, str(refused), request.form, 409)
    flash(sentence, "success")
    return redirect(url_for("console.draw_show", name=name))


# ── the acts of a draw ────────────────────────────────────────────────────────────────────────────────────────────────


def _fix(name: str, by: str) -> str:
    with parts().database.transaction() as session:
        fixed = entries.fix(session, _held(session, name), by)
    return f"名单已定：{fixed.people} 个参与码，校验码已经公布在抽奖页面上。"


def _numbers(name: str, by: str) -> str:
    """Typed in; drawn at once where two agree."""
    with parts().database.transaction() as session:
        held = _held(session, name)
        numbers, source = request.form.get("numbers", ""), request.form.get("source", "")
        now = drawing.type_numbers(session, held, numbers, source, by)
    if now.differs:
        raise NotDrawn(say("prizes_differ"))
    return _draw(name, by) if now.agreed else "已经记下：请另一名工作人员再录一遍，一致后当场抽奖。"


def _draw(name: str, by: str) -> str:
    record = drawing.conclude(parts().database, parts().keyring, name, by)
    return f"抽完了：{len(record.entries)} 个参与码，{len(record.winners)} 份奖，记录已经公布在抽奖页面上。"


def _withhold(name: str, by: str) -> str:
    with parts().database.transaction() as session:
        drawing.give_reason(session, _held(session, name), request.form.get("why", ""), by)
    return "原因已经写在抽奖页面上。"


def _end(name: str, by: str) -> str:
    with parts().database.transaction() as session:
        line.end(session, _held(session, name), request.form.get("why", ""), by)
    return "已经停止递补，原因公布在抽奖页面上。"


def _move_on(name: str, by: str) -> str:
    with parts().database.transaction() as session:
        _held(session, name)
        offered = line.move_on(session, name)
    return f"已经核对期限：{len(offered)} 份由下一位递补。" if offered else "没有过期的，不用递补。"


ACTS: dict[str, Callable[[str, str], str]] = {
    "fix": _fix, "numbers": _numbers, "draw": _draw, "withhold": _withhold, "end": _end, "move_on": _move_on,
}  # fmt: skip


# ── a winner ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def prize_find(name: str) -> Any:
    """By the claim code: it stands in no address."""
    code = request.form.get("claim_code", "")
    with parts().database.reading() as session:
        _held(session, name)
        winner = claims.find_by_claim(session, parts().keyring, name, code)
    if winner is None:
        return draw_show(name, say("prizes_no_such_claim"), request.form, 404)
    return prize_show(name, winner.place, typed={"claim_code": code})


def prize_show(name: str, place: int, told: str = "", typed: Any = None, status: int = 200) -> Any:
    with parts().database.reading() as session:
        held, winner = _winner(session, name, place)
    may_act = current_user.may(Role.CAMPAIGNS)
    page = render_template(
        "console/prize.html", held=held, winner=winner, told=told, typed=typed or {}, states=STATES, consent=CONSENT,
        person=_person(winner) if may_act else ("", "", ""), may_act=may_act, is_offered=_is_offered(winner),
        days=claims.KEPT.days, last_day=line.last_day, until=claims.objects_until(winner), now=clock.now(),
        objection=claims.OBJECTION.days,
    )  # fmt: skip
    return page, status


def prize_act(name: str, place: int) -> Any:
    form, by, act = request.form, current_user.name, request.form.get("act", "")
    try:
        with parts().database.transaction() as session:
            held, _ = _winner(session, name, place)
            if act == "hand_over":
                claims.hand_over(session, parts().keyring, held, place, _taker(form), by)
            elif act == "refuse":
                claims.propose_refusal(session, held, place, form.get("why", ""), by)
            elif act in REFUSAL:
                REFUSAL[act](session, held, place, by)
            elif act == "rectify":
                right, phone, guardian = (form.get(field, "") for field in ("name", "phone", "guardian"))
                claims.rectify(session, parts().keyring, held, place, right, phone, guardian, by)
            elif act == "erase":
                claims.erase(session, held, place, by)
            else:
                raise NotFound("没有这个操作。")
    except REFUSALS as refused:
        return prize_show(name, place, str(refused), form, 409)
    flash(DONE[act], "success")
    return redirect(url_for("console.prize_show", name=name, place=place))


REFUSAL = {"confirm": claims.confirm_refusal, "drop": claims.drop_refusal}
DONE = {
    "hand_over": "已登记发放：请打印领奖单，请领奖人签字。",
    "refuse": "已经提出，中奖人在公众号里看得到原因。过了说明期，请另一名工作人员确认。",
    "confirm": "已定不予发放，奖品由下一位递补。",
    "drop": "已经撤回，奖品还是他的。",
    "rectify": "已经更正：领奖单请重新打印、签字。",
    "erase": "姓名和电话已经删除。",
}


def prize_sheet(name: str, place: int) -> str:
    """To be signed by whoever takes the prize; the name stands on it only after the hand-over."""
    with parts().database.reading() as session:
        held, winner = _winner(session, name, place)
    return render_template(
        "console/prize_sheet.html", held=held, winner=winner, person=_person(winner), days=claims.KEPT.days,
        is_done=winner.state == WinnerState.HANDED_OVER, last_day=line.last_day,
    )  # fmt: skip


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def draw_export(name: str) -> Response:
    """Without anybody's name."""
    with parts().database.reading() as session:
        held = _held(session, name)
        rows = [_row(winner) for winner in claims.winners(session, name)]
    return _sheet(held, [COLUMNS, *rows], "prizes")


def draw_register(name: str) -> Response:
    """With names and telephones, as far as they are kept: that it was taken out is audited."""
    with parts().database.transaction() as session:
        held = _held(session, name)
        rows = [(*_row(winner), *_person(winner)) for winner in claims.winners(session, name)]
        audit.record(session, current_user.name, "prize.export", f"campaign:{name}", rows=len(rows))
    return _sheet(held, [(*COLUMNS, *PEOPLE), *rows], "register")


def _sheet(held: HeldCampaign, rows: list[tuple[object, ...]], what: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={held.id}-{what}.xlsx"}
    return Response(export.as_xlsx({held.title: rows}), mimetype=XLSX, headers=headers)


def _row(winner: Winner) -> tuple[object, ...]:
    decided = f"{clock.in_beijing(winner.decided_at):%Y-%m-%d %H:%M}" if winner.decided_at else ""
    consent, last_day = CONSENT[winner.may_publish], line.last_day(winner)
    return (
        winner.place, winner.code, winner.prize, STATES[WinnerState(winner.state)][0], last_day, consent, decided,
        winner.decided_by, winner.reason, winner.tax_note,
    )  # fmt: skip


# ── what is asked for ─────────────────────────────────────────────────────────────────────────────────────────────────


def _held(session: Session, name: str) -> HeldCampaign:
    """Raises NotFound for what is no campaign with prizes."""
    held = session.get(HeldCampaign, name)
    if held is None or campaigns.rules_of(held).draw is None:
        raise NotFound("没有这个设奖的活动：请从“抽奖兑奖”里点进去。")
    return held


def _look(session: Session, name: str) -> Look:
    return drawing.look(session, _held(session, name))


def _winner(session: Session, name: str, place: int) -> tuple[HeldCampaign, Winner]:
    """Of this campaign, and one that has been offered a prize. Raises NotFound."""
    held, winner = _held(session, name), session.get(Winner, (name, place))
    if winner is None or not winner.prize:
        raise NotFound("没有这一份奖：请从活动的名单里点进去。")
    return held, winner


def _is_offered(winner: Winner) -> bool:
    is_his = winner.due_at is not None and (winner.due_at > clock.now() or bool(winner.reason))
    return winner.state == WinnerState.OFFERED and is_his


def _person(winner: Winner) -> tuple[str, str, str]:
    try:
        return claims.person_of(parts().keyring, winner)
    except KeysUnreadable:  # after a restoration without the keys of that time
        return UNREADABLE, UNREADABLE, ""


def _taker(form: Any) -> Taker:
    answer = {"yes": True, "no": False}.get(form.get("may_publish", ""))
    return Taker(
        claim_code=form.get("claim_code", ""), name=form.get("name", ""), phone=form.get("phone", ""),
        is_under_fourteen="under_fourteen" in form, guardian=form.get("guardian", ""), is_once="is_once" in form,
        may_publish=answer,
        guardian_publishes="guardian_publishes" in form, tax_note=form.get("tax_note", ""),
    )  # fmt: skip


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/draws/", draw_list, MAY_LOOK)
    guarded(blueprint, "/draws/list.xlsx", draw_list_export, MAY_LOOK)
    guarded(blueprint, "/draws/<name>", draw_show, MAY_LOOK)
    guarded(blueprint, "/draws/<name>/act", draw_act, {Role.CAMPAIGNS}, ("POST",))
    guarded(blueprint, "/draws/<name>/find", prize_find, {Role.CAMPAIGNS}, ("POST",))
    guarded(blueprint, "/draws/<name>/prizes.xlsx", draw_export, MAY_LOOK)
    guarded(blueprint, "/draws/<name>/register.xlsx", draw_register, {Role.CAMPAIGNS}, ("POST",))
    guarded(blueprint, "/draws/<name>/<int:place>", prize_show, MAY_LOOK)
    guarded(blueprint, "/draws/<name>/<int:place>/act", prize_act, {Role.CAMPAIGNS}, ("POST",))
    guarded(blueprint, "/draws/<name>/<int:place>/sheet", prize_sheet, {Role.CAMPAIGNS})
