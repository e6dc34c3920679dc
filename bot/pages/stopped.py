"""The emergency stop on the pages that answer: the notice above, or one sentence in place of them."""

from collections.abc import Callable

from flask import Blueprint, render_template, request

from handlers import stopping
from handlers.desk import Bureau
from handlers.stopping import Stop

ANSWERS = "/h/answers/"
ANSWERING = (ANSWERS, "/h/guided/", "/h/deadlines/", "/h/aid/", "/h/laws/")


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    def held() -> Stop | None:
        return bureau().switch.held if request.path.startswith(ANSWERING) else None

    @blueprint.before_request
    def hold_back() -> tuple[str, int] | None:
        """Nothing is written either: where a guided talk stands, it stands."""
        if stopping.holds_back(held(), request.path.removeprefix(ANSWERS)):
            return render_template("stopped.html"), 503
        return None

    @blueprint.context_processor
    def notice() -> dict[str, Stop | None]:
        return {"stop": held()}
