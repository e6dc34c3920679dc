"""How a legal period is counted: a form that needs no script, the last day with its law, and a file for the calendar.

Open to everybody; nothing is kept.
"""

import hashlib
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, abort, make_response, render_template, request

from content import calendar_files
from content.phrases import say
from content.store import clock, working_days
from handlers.deadlines import periods, telling
from handlers.deadlines.telling import Counted
from handlers.desk import Bureau

_REMINDS = 3


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/deadlines/")
    def deadlines() -> Response:
        """Open to everybody. What was chosen stands in the address, so that it can be kept as a bookmark."""
        typed = {name: request.args.get(name, "") for name in ("period", "since")}
        counted, told = _count(bureau(), typed) if any(typed.values()) else (None, {})
        groups = [(label, [one for one in periods.every().values() if one.field == key])
                  for key, label in periods.fields().items()]  # fmt: skip
        shown = render_template(
            "deadlines.html", groups=groups, typed=typed, told=told, counted=counted, today=clock.today(), say=say
        )
        return _private(make_response(shown, 422 if told else 200))

    @blueprint.get("/deadlines/last-day.ics")
    def deadline_file() -> Response:
        """Open to everybody: the same day for the calendar of a phone."""
        typed = {name: request.args.get(name, "") for name in ("period", "since")}
        counted = _count(bureau(), typed)[0] or abort(404)
        response = make_response(calendar_files.write(_entry(counted), clock.now()))
        response.headers["Content-Type"] = calendar_files.MEDIA_TYPE
        response.headers["Content-Disposition"] = f"attachment; filename=last-day-{counted.day}.ics"
        return _private(response)


def _count(bureau: Bureau, typed: dict[str, str]) -> tuple[Counted | None, dict[str, str]]:
    """The counted period, or what is wrong with which field."""
    told = {}
    period, since, today = periods.every().get(typed["period"]), _day(typed["since"]), clock.today()
    if period is None:
        told["period"] = say("deadline_no_such_period")
    if since is None:
        told["since"] = say("deadline_no_such_day")
    elif problem := telling.problem(since, today):
        told["since"] = problem
    if told or period is None or since is None:
        return None, told
    with bureau.database.reading() as session:
        overrides = working_days.load_overrides(session)
    return telling.count(period, since, overrides, today), {}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _entry(counted: Counted) -> calendar_files.Entry:
    key = f"{counted.period.key}:{counted.since}"
    may_differ = say("deadline_may_differ")
    return calendar_files.Entry(
        uid=f"{hashlib.sha256(key.encode()).hexdigest()[:24]}@pufa",
        day=counted.day,
        title=say("deadline_event", label=counted.period.label),
        told=say("deadline_event_told", how=counted.how, law=counted.period.law, may_differ=may_differ),
        days_before=_REMINDS,
    )


def _private(response: Response) -> Response:
    response.headers.update({"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})
    return response
