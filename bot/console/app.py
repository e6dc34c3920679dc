"""The console's own Flask application, mounted under /console: sessions, CSRF, headers and error pages.

An application of its own, so that the webhook pays for none of it.
"""

import itertools
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, Flask, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_bootstrap import Bootstrap5
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from bot.config import Config
from bot.console import freezing, guard
from bot.console.nouns import NOUNS
from bot.console.parts import Parts
from content import staff
from content.staff import NotAllowed, NotFound, Role
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers.taken_words import Hear
from scheduler.moves import NoSuchPost

PREFIX = "/console"
PREFIXES = (PREFIX, "/bootstrap/")
"""Paths that lead here; the second is where the packaged style sheets lie."""
LARGEST_REQUEST = 40 * 1024 * 1024
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; frame-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def create_console(config: Config, database: Database, keyring: Keyring, hear: Hear | None = None) -> Flask:
    """`hear`: the ear as it is now; without it words are looked up in the library alone."""
    app = Flask(__name__, static_folder="static", static_url_path=f"{PREFIX}/static", template_folder="templates")
    app.config.update(
        SECRET_KEY=keyring.derive("console"),
        SESSION_COOKIE_NAME="pufa_console",
        SESSION_COOKIE_PATH=PREFIX,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.server_public_url.startswith("https://"),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
        RATELIMIT_STORAGE_URI="memory://",
    )
    app.url_map.converters["int"] = _Number
    app.extensions["console_parts"] = Parts(config, database, keyring, hear)
    CSRFProtect(app)
    Bootstrap5(app)
    _know_who_it_is(app)
    blueprint = Blueprint("console", __name__, url_prefix=PREFIX)
    for noun in NOUNS:
        noun.register(blueprint)
    app.register_blueprint(blueprint)
    slowed = Limiter(get_remote_address, app=app).limit("20 per minute", methods=["POST"])
    app.view_functions["console.sign_in"] = slowed(app.view_functions["console.sign_in"])  # type: ignore[assignment]
    _speak(app)
    app.before_request(_refuse_what_no_database_holds)
    app.after_request(_protect)
    return app


class _Number(IntegerConverter):
    """Of a row: what is larger than a database can hold is no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def _refuse_what_no_database_holds() -> None:
    named = (file.filename or "" for file in request.files.values())
    words = itertools.chain([request.path], request.args.values(), request.form, request.form.values(), named)
    if any("\0" in word for word in words):
        abort(400)


def _know_who_it_is(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None  # the token is checked against the store at every request
    manager.user_loader(guard.load)


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint in ("static", "bootstrap.static"):
        response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers.setdefault("Content-Security-Policy", POLICY)  # the preview of an article has its own
    return response


# ── what templates and errors say ─────────────────────────────────────────────────────────────────────────────────────


def _speak(app: Flask) -> None:
    app.jinja_env.filters.update(
        beijing=beijing,
        person=person,
        left_until=left_until,
        beijing_day=lambda moment: f"{clock.in_beijing(moment):%Y-%m-%d}",
        beijing_time=lambda moment: f"{clock.in_beijing(moment):%H:%M}",
    )
    app.context_processor(
        lambda: {"Role": Role, "me": current_user, "now": clock.now(), "navigation": _navigation(), "bar": freezing.bar}
    )
    app.register_error_handler(guard.NotYours, lambda error: _told(str(error), 403))
    app.register_error_handler(NotAllowed, _refused)
    app.register_error_handler(NotFound, lambda error: _told(str(error), 404))
    app.register_error_handler(NoSuchPost, lambda error: _told("没有这条推送：请到推送列表里找。", 404))
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(
        StaleDataError, lambda error: _told("同一件事刚刚有人也在改：请返回上一页，刷新后再看。", 409)
    )
    app.register_error_handler(Exception, _failed)


def _navigation() -> list[tuple[str, str]]:
    """(address, label) of what the person signed in may open."""
    if not current_user.is_authenticated:
        return []
    entries = [entry for noun in NOUNS for entry in noun.NAVIGATION]
    return [(url_for(endpoint), label) for endpoint, label in entries if current_user.roles & guard.VIEWS[endpoint]]


def person(name: str) -> str:
    """What a member of staff is called in pages; the name itself where there is no such member."""
    if "people" not in g:
        parts: Parts = current_app.extensions["console_parts"]
        with parts.database.reading() as session:
            g.people = {member.name: member.shown_name for member in staff.all_staff(session)}
    return str(g.people.get(name, name))


def beijing(moment: datetime | None, form: str = "long") -> str:
    """12月4日 08:00（周五）; `short`: 12-04 08:00; empty where there is none."""
    if moment is None:
        return ""
    local = clock.in_beijing(moment)
    if form == "short":
        return f"{local:%m-%d %H:%M}"
    year = "" if local.year == clock.today().year else f"{local.year}年"
    return year + clock.spoken(moment)


def left_until(moment: datetime) -> str:
    """How long there is still time, for pages without scripts."""
    seconds = int((moment - clock.now()).total_seconds())
    return f"{seconds // 60} 分钟" if seconds > 0 else "时间已到"


def _failed(error: Exception) -> Any:
    """A sentence for people, whatever went wrong; what was typed stays in the browser's form."""
    if isinstance(error, HTTPException) and (error.code or 500) < 500:
        told = {
            404: "没有这一页。",
            405: "这个地址不能这样打开。",
            413: "文件太大：最大 40 MB。",
            429: "试得太快了：请一分钟后再试。",
        }
        return _told(told.get(error.code or 0, "请求不完整：请返回上一页再试。"), error.code or 400)
    if type(error).__name__ in TOLD:
        return _refused(error)
    current_app.logger.error("console view failed", exc_info=error)
    return _told("这一步没有做成，已经记下来了：请稍后再试，仍然不行请告诉管理员。", 500)


def _refused(error: Exception) -> Any:
    """Back to the page it came from, with the sentence on it."""
    if request.method != "POST":
        return _told(str(error), 403)
    flash(str(error), "danger")
    return redirect(_came_from() or url_for("console.today"))


def _came_from() -> str:
    """The page of ours that sent this; empty where another did."""
    parts = urlsplit(request.referrer or "")
    is_ours = parts.netloc == request.host and parts.path.startswith(f"{PREFIX}/") and "\\" not in parts.path
    return urlunsplit(("", "", parts.path, parts.query, "")) if is_ours and "//" not in parts.path else ""


TOLD = frozenset({"Refused", "Overwritten", "BadPicture", "Unreadable", "NotPossible", "NotSaved", "NotTaken"}) | {
    "NotHeld", "NotKept", "BadCampaign", "TooFew", "BadUnit", "BadNickname", "NoLessons",
}  # fmt: skip
"""Errors whose message is a sentence for staff: shown on the page they came from."""


def _stale(error: Exception) -> tuple[str, int]:
    """What was typed is shown to be copied, never sent again from here: the form may have come from elsewhere."""
    sentence = "这一页开得太久了：请返回上一页，刷新后再提交一次。"
    return render_template("console/told.html", sentence=sentence, kept=guard.typed(request.form)), 400


def _told(sentence: str, status: int) -> tuple[str, int]:
    return render_template("console/told.html", sentence=sentence), status
