"""The first page: the morning card as it stands now, and what should have been heard."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from bot import alerts
from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.console.posts import REVIEWERS, STATES
from content import staff
from content.catalogue import entries
from content.staff import Role
from content.store import clock
from handlers.disclosure import telling
from handlers.disclosure.requests import HANDLERS
from handlers.quiz import unsettled
from scheduler import cards, outbox
from scheduler import register as pushes
from scheduler.models import State
from scheduler.notices import WORRYING

WAITING = (State.IN_REVIEW, State.RETURNED, State.SCHEDULED, State.PUBLISHING, State.SUBMITTED)
HEARERS = {Role.WRITE, Role.ADMIN, *REVIEWERS}
"""Whose word that he has heard an alarm ends it: those who can do something about it."""
LATELY = timedelta(days=30)
SHOWN = 8
NAVIGATION = (("console.today", "今天"),)


def today() -> str:
    config = parts().config
    with parts().database.reading() as session:
        card = cards.make_card(session, clock.now(), config.wechat_account_type, config.data)
        return render_template(
            "console/today.html", card=card, alarms=outbox.console_alarms(session, bool(alerts.open_senders(config))),
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
        if again and outbox.try_again(session, number_of, current_user.name):
            flash("马上再发一次：一分钟后看这里还在不在。", "success")
        elif not again:
            outbox.note_heard(session, number_of, current_user.name)
    return redirect(url_for("console.today"))


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/", today, SIGNED_IN)
    guarded(blueprint, "/alarms", alarm_heard, HEARERS, ("POST",))
