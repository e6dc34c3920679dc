"""The first page: the morning card as it stands now, and what should have been heard."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot import alerts
from bot.console.guard import SIGNED_IN, NotYours
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.console.posts import REVIEWERS, STATES
from content import staff
from content.catalogue import entries
from content.staff import Role
from content.store import clock
from handlers.disclosure import telling
from handlers.disclosure.requests import HANDLERS
from handlers.quiz import second, unsettled
from handlers.quiz.prizes import due
from scheduler import campaign_clock, cards, outbox
from scheduler import register as pushes
from scheduler.models import Outgoing, State
from scheduler.notices import WORRYING

WAITING = (State.IN_REVIEW, State.RETURNED, State.SCHEDULED, State.PUBLISHING, State.SUBMITTED)
HEARERS = {Role.WRITE, Role.ADMIN, *REVIEWERS}
"""Whose word that he has heard an alarm ends it: those who can do something about it."""
HEARERS_OF_CAMPAIGNS = {Role.CAMPAIGNS, Role.ADMIN}
PLACES = {
    due.DRAW: ("console.draw_show", "name"), second.REFUSALS: ("console.draw_show", "name"),
    second.MENDINGS: ("console.campaign_mendings", "campaign_id"),
    second.OVERRIDES: ("console.exam_overrides", "campaign_id"),
    second.EDITIONS: ("console.campaign_editions", "campaign_id"),
    second.WITHDRAWALS: ("console.campaign_show", "campaign_id"),
}  # fmt: skip
"""Where it is done: view, and how it names the campaign."""
LATELY = timedelta(days=30)
SHOWN = 8
NAVIGATION = (("console.today", "今天"),)


def today() -> str:
    config = parts().config
    with parts().database.reading() as session:
        card = cards.make_card(session, clock.now(), config.wechat_account_type, config.data)
        return render_template(
            "console/today.html", card=card, place=_place, may_end=_may_end,
            alarms=outbox.console_alarms(session, bool(alerts.open_senders(config))),
            admins_missing=staff.admins_missing(session), states=STATES,
            waiting=pushes.listing(session, WAITING, begin=clock.now() - LATELY, limit=SHOWN),
            worrying=pushes.listing(session, WORRYING, limit=SHOWN),
            entries_waiting=entries.waiting(session) if current_user.may(*entries.PUBLISHES) else 0,
            starved=unsettled.starved(session) if current_user.may(Role.CAMPAIGNS) else {},
            untold=telling.count_untold(session) if current_user.may(*HANDLERS) else 0,
        )  # fmt: skip


def alarm_heard() -> Any:
    number_of, again = request.form.get("alarm", 0, type=number), request.form.get("act") == "again"
    with parts().database.transaction() as session:
        if (alarm := session.get(Outgoing, number_of)) and not _may_end(alarm):
            raise NotYours("这条提醒要由能办这件事的人来看：请告诉有“活动”角色的同事。")
        if again and outbox.try_again(session, number_of, current_user.name):
            flash("马上再发一次：一分钟后看这里还在不在。", "success")
        elif not again:
            outbox.note_heard(session, number_of, current_user.name)
    return redirect(url_for("console.today"))


def _place(places: tuple[tuple[str, str], ...], index: int) -> str:
    """Where a detail of the card leads; empty where it leads nowhere, or not him."""
    if index >= len(places) or not current_user.may(Role.CAMPAIGNS, Role.AUDIT):
        return ""
    what, campaign_id = places[index]
    view, named = PLACES[what]
    values: dict[str, Any] = {named: campaign_id}
    return url_for(view, **values)


def _may_end(alarm: Outgoing) -> bool:
    is_of_campaign = alarm.key.startswith(campaign_clock.KEYS)
    return bool(current_user.may(*(HEARERS_OF_CAMPAIGNS if is_of_campaign else HEARERS)))


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/", today, SIGNED_IN)
    guarded(blueprint, "/alarms", alarm_heard, HEARERS | HEARERS_OF_CAMPAIGNS, ("POST",))
