"""The emergency stop on the pages that answer: the notice above, or one sentence in place of them."""

from collections.abc import Callable

from flask import Blueprint, render_template, request

from handlers.desk import Bureau
from handlers.stopping import NEVER_REPLACED, Stop, StopMode

ANSWERING = ("/h/answers/", "/h/guided/", "/h/deadlines/", "/h/aid/", "/h/laws/")
_ALWAYS = tuple(f"/h/answers/{slug}" for slug in NEVER_REPLACED)


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    def held() -> Stop | None:
        return bureau().switch.held if request.path.startswith(ANSWERING) else None

    @blueprint.before_request
    def hold_back() -> tuple[str, int] | None:
        """Nothing is written either: where a guided talk stands, it stands."""
        stop = held()
        if stop is None or stop.mode is not StopMode.REPLACE or request.path in _ALWAYS:
            return None
        return render_template("stopped.html"), 503

    @blueprint.context_processor
    def notice() -> dict[str, Stop | None]:
        return {"stop": held()}
