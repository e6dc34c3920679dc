"""The first page: the morning card as it stands now, and what should have been heard."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from bot import alerts
from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.console.posts import STATES
from content import staff
from content.staff import Role
from content.store import clock
from scheduler import cards, outbox
from scheduler import register as pushes
from scheduler.models import State
from scheduler.notices import WORRYING

WAITING = (State.IN_REVIEW, State.RETURNED, State.SCHEDULED, State.PUBLISHING, State.SUBMITTED)
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
        )  # fmt: skip


def alarm_heard() -> Any:
    with parts().database.transaction() as session:
        outbox.note_heard(session, request.form.get("alarm", 0, type=number), current_user.name)
    return redirect(url_for("console.today"))


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/", today, SIGNED_IN)
    guarded(blueprint, "/alarms", alarm_heard, set(Role) - {Role.AUDIT}, ("POST",))
