"""What lies behind the addresses that the sandbox gives out: pictures, and articles in a view like WeChat's own."""

import re

from flask import Blueprint, Response, abort, make_response, render_template
from markupsafe import Markup

from bot.sandbox import mass_sends
from bot.sandbox.parts import Parts
from content.store import clock

_PICTURE = re.compile(r"https?://[^/\"'\s<>]+(/sandbox/pictures/)")
_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
)


def make_reading(parts: Parts) -> Blueprint:
    reading = Blueprint("sandbox_reading", __name__, url_prefix="/sandbox")

    @reading.get("/articles/<name>")
    def article(name: str) -> Response:
        parts.agenda.run_due()
        with parts.stock.lock:
            found, brought = parts.stock.pages.get(name, (None, None))
        if found is None:
            return make_response(render_template("sandbox/article.html", article=None, settings=parts.settings), 404)
        page = render_template(
            "sandbox/article.html",
            article=found,
            is_deleted=mass_sends.is_deleted(found, brought),
            content=Markup(_PICTURE.sub(r"\1", found["content"])),  # noqa: S704 - stripped, and no script may run here
            day=clock.in_beijing(clock.from_timestamp(brought.at)).date() if brought else None,
            settings=parts.settings,
        )
        response = make_response(page)
        response.headers["Content-Security-Policy"] = _POLICY
        return response

    @reading.get("/pictures/<name>")
    def picture(name: str) -> Response:
        with parts.stock.lock:
            found = parts.stock.pictures.get(name.rpartition(".")[0])
        if found is None or found.file_name != name:
            abort(404)
        response = Response(found.data, content_type=found.media_type)
        response.headers["Cache-Control"] = "max-age=86400, immutable"
        return response

    return reading
