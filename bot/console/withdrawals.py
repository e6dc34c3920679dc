"""A campaign is taken back before its opening: by one, or where its draw is committed to by two."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user

from bot.console.campaigns import MAY_CHANGE, find
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content.phrases import say
from content.staff import NotFound
from content.store import clock
from handlers.quiz import withdrawing

NAVIGATION: tuple[tuple[str, str], ...] = ()


def campaign_withdraw(campaign_id: str) -> Any:
    act, by = request.form.get("act", ""), current_user.name
    with parts().database.transaction() as session:
        held = find(session, campaign_id)
        title, opens = held.title, clock.spoken(held.opens_at)
        if act == "ask":
            row = withdrawing.ask(session, campaign_id, request.form.get("reason", ""), by)
        elif act == "agree":
            row = withdrawing.agree(session, campaign_id, by)
        elif act == "keep":
            withdrawing.keep(session, campaign_id, by)
            row = None
        else:
            raise NotFound("没有这样的操作：请刷新后再试。")
    if row and row.withdrawn_at:
        flash(say("withdraw_done", title=title, name=campaign_id), "success")
        return redirect(url_for("console.campaign_list"))
    flash(say("withdraw_asked" if row else "withdraw_kept", title=title, opens=opens), "success")
    return redirect(url_for("console.campaign_show", campaign_id=campaign_id))


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/campaigns/<campaign_id>/withdraw", campaign_withdraw, MAY_CHANGE, ("POST",))
