"""服务情况: the service's own figures, for everybody."""

from collections.abc import Callable

from flask import Blueprint, render_template

from content.store import clock
from handlers.desk import Bureau
from scheduler import promise

SPANS = (30, 365)


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    @blueprint.get("/promise/")
    def promise_page() -> str:
        now = bureau()
        with now.database.reading() as session:
            spans = [promise.figures(session, clock.now(), days) for days in SPANS]
        return render_template("promise.html", spans=spans, answers=promise.answers(now.shelf), today=clock.today())
