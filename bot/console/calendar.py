"""The calendar: month, week and list, with what goes out, what is left to send, holidays and legal days."""

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import parts
from bot.console.posts import STATES
from content import legal_calendar
from content.staff import NotFound, Role
from content.store import clock, working_days
from scheduler import register as pushes
from scheduler import slots
from scheduler.models import Channel, Publication, State

NAVIGATION = (("console.calendar_month", "日历"),)
AHEAD = (State.DRAFT, State.IN_REVIEW, State.SCHEDULED, State.PUBLISHING)
LEGEND = (State.DRAFT, State.IN_REVIEW, State.SCHEDULED, State.PUBLISHED, State.FAILED)
YEARS = 50
VIEWS = {"month": "月", "week": "周", "list": "清单"}


@dataclass(frozen=True)
class Day:
    on: date
    is_working: bool
    name: str
    """Of a holiday or an adjusted working day; empty on an ordinary one."""
    is_official: bool
    legal: list[Any]
    posts: list[Publication]
    left: int
    """Mass sends still to be had."""
    warnings: list[str]


def calendar_month() -> str:
    view = request.args.get("view", "month")
    first = _first(request.args.get("day", ""), view)
    last = _last(first, view)
    with parts().database.reading() as session:
        days = _days(session, first, last)
        taken = [day.on for day in days if day.posts]
        open_days = legal_calendar.proposals(session, first, taken) if view == "month" else []
    return render_template(
        "console/calendar.html", view=view if view in VIEWS else "month", views=VIEWS, days=days, first=first,
        before=first - timedelta(days=1), after=last + timedelta(days=1), blanks=first.weekday(), states=STATES,
        legend=LEGEND,
        proposals=[one for one in open_days if one.day.end >= clock.today()],
        blanks_after=6 - last.weekday(), today=clock.today(), account=parts().config.wechat_account_type,
    )  # fmt: skip


def calendar_day() -> Any:
    """The bureau's own word on a day: holiday or working day."""
    form = request.form
    try:
        day = clock.day(form.get("day", ""))
    except ValueError:
        raise NotFound("请选一个日期。") from None
    with parts().database.transaction() as session:
        if form.get("kind") == "clear":
            working_days.clear_day(session, day, current_user.name)
        else:
            is_working = form.get("kind") == "working"
            working_days.set_day(session, day, is_working, form.get("name", ""), current_user.name)
    return redirect(url_for("console.calendar_month", day=day.isoformat()))


def _first(text: str, view: str) -> date:
    try:
        day = clock.day(text)
    except ValueError:
        day = clock.today()
    if abs(day.year - clock.today().year) > YEARS:
        day = clock.today()
    return day - timedelta(days=day.weekday()) if view == "week" else day.replace(day=1)


def _last(first: date, view: str) -> date:
    if view == "week":
        return first + timedelta(days=6)
    return first.replace(day=months.monthrange(first.year, first.month)[1])


def _days(session: Session, first: date, last: date) -> list[Day]:
    overrides = working_days.load_overrides(session)
    listed = pushes.listing(session, (), _midnight(first), _midnight(last + timedelta(days=1)), limit=1000)
    account = parts().config.wechat_account_type
    by_day: dict[date, list[Publication]] = {}
    for post in listed:
        by_day.setdefault(clock.in_beijing(post.due_at).date(), []).append(post)
    left = slots.remaining_by_day(session, first, last, account)
    made = []
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        posts = by_day.get(on, [])
        made.append(
            Day(
                on,
                working_days.is_working(on, overrides),
                working_days.name_of(on, overrides),
                working_days.is_official(on.year, overrides),
                legal_calendar.days_on(on),
                posts,
                left[on] if on >= clock.today() else 0,
                _warnings(posts, account) if on >= clock.today() else [],
            )  # fmt: skip
        )
    return made


def _warnings(posts: list[Publication], account: str) -> list[str]:
    """What of a day's pushes speaks against one another."""
    ahead = [post for post in posts if post.state in AHEAD]
    found = [
        f"{clock.in_beijing(one.due_at):%H:%M} 和 {clock.in_beijing(two.due_at):%H:%M} 相隔不到半小时"
        for one, two in pairwise(ahead)
        if two.due_at - one.due_at < slots.CLOSE
    ]
    masses = sum(post.channel == Channel.MASS for post in ahead)
    if account == "subscription" and masses > slots.A_DAY:
        found.append(f"排了 {masses} 次群发，每天只能 {slots.A_DAY} 次")
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.BEIJING)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/calendar/", calendar_month, SIGNED_IN)
    guarded(blueprint, "/calendar/day", calendar_day, {Role.PUBLISH, Role.ADMIN}, ("POST",))
