"""The calendar: month, week and list, with what goes out, what is left to send, holidays and legal days."""

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from bot.console.guard import SIGNED_IN
from bot.console.guard import register as guarded
from bot.console.parts import parts
from bot.console.posts import STATES
from content import day_lists, legal_calendar
from content.legal_calendar import Proposal
from content.staff import Role
from content.store import clock, working_days
from content.store.working_days import NoSuchDay
from scheduler import register as pushes
from scheduler import slots
from scheduler.models import Channel, Publication, State

NAVIGATION = (("console.calendar_month", "日历"),)
AHEAD = (State.DRAFT, State.IN_REVIEW, State.SCHEDULED, State.PUBLISHING)
SHOWN = tuple(state for state in State if state != State.WITHDRAWN)
TAKING = (*AHEAD, State.SUBMITTED, State.UNCERTAIN, State.PUBLISHED)
"""A push in one of these states fills its day; one that failed or was missed leaves it open."""
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
    return _page()


def _page(sentence: str = "", lines: str = "") -> str:
    """`sentence`: why what was just entered was refused; `lines` come back as they were typed."""
    view = request.args.get("view", "month")
    first = _first(request.args.get("day", ""), view)
    last = _last(first, view)
    with parts().database.reading() as session:
        days = _days(session, first, last)
        open_days = _open_days(session, first) if view == "month" else []
    return render_template(
        "console/calendar.html", view=view if view in VIEWS else "month", views=VIEWS, days=days, first=first,
        before=first - timedelta(days=1), after=last + timedelta(days=1), blanks=first.weekday(), states=STATES,
        legend=LEGEND,
        proposals=open_days, sentence=sentence, lines=lines, example=day_lists.EXAMPLE,
        blanks_after=6 - last.weekday(), today=clock.today(), account=parts().config.wechat_account_type,
    )  # fmt: skip


def calendar_day() -> Any:
    """The bureau's own word on a day: holiday or working day."""
    form = request.form
    try:
        day = clock.day(form.get("day", ""))
        with parts().database.transaction() as session:
            if form.get("kind") == "clear":
                working_days.clear_day(session, day, current_user.name)
            else:
                is_working = form.get("kind") == "working"
                working_days.set_day(session, day, is_working, form.get("name", ""), current_user.name)
    except ValueError:
        return _page(sentence="请选一个日期。"), 400
    except NoSuchDay as fault:
        return _page(sentence=str(fault)), 400
    flash(f"已经记下：{day.month}月{day.day}日。", "success")
    return redirect(url_for("console.calendar_month", day=day.isoformat()))


def calendar_days() -> Any:
    """A whole notice, a day or some days a line: all of it or nothing."""
    lines = request.form.get("lines", "")
    try:
        wanted = day_lists.read_days(lines)
        with parts().database.transaction() as session:
            for one in wanted:
                working_days.set_day(session, one.day, one.is_working, one.name, current_user.name)
            overrides = working_days.load_overrides(session)
    except NoSuchDay as fault:
        return _page(sentence=str(fault), lines=lines), 400
    worked = sum(one.is_working for one in wanted)
    flash(f"已经记下 {len(wanted)} 天：放假 {len(wanted) - worked} 天，上班 {worked} 天。", "success")
    for year in sorted({one.day.year for one in wanted}):
        if not working_days.is_official(year, overrides):
            flash(
                f"{year}年还缺：{'、'.join(working_days.missing_festivals(year, overrides))}。填齐之前标为暂定。",
                "info",
            )
    return redirect(url_for("console.calendar_month", day=wanted[0].day.isoformat()))


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


def _open_days(session: Session, first: date) -> list[Proposal]:
    """Legal days of this month for which nothing is planned; in the present month also of the next."""
    today = clock.today()
    months = [first, _last(first, "month") + timedelta(days=1)] if first == today.replace(day=1) else [first]
    end = _last(months[-1], "month") + timedelta(days=1)
    planned = pushes.listing(session, TAKING, _midnight(first), _midnight(end), limit=1000)
    taken = {clock.in_beijing(post.due_at).date() for post in planned}
    found = [one for month in months for one in legal_calendar.proposals(session, month, taken) if one.day.end >= today]
    return list({(one.day.key, one.day.begin): one for one in found}.values())


def _days(session: Session, first: date, last: date) -> list[Day]:
    overrides = working_days.load_overrides(session)
    listed = pushes.listing(session, SHOWN, _midnight(first), _midnight(last + timedelta(days=1)), limit=1000)
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
    guarded(blueprint, "/calendar/days", calendar_days, {Role.PUBLISH, Role.ADMIN}, ("POST",))
