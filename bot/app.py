"""The factory: settings, parts, surfaces with their guards, error pages. One app per web worker."""

import gc
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from bot import health, pages
from bot.config import Config, require_credentials
from bot.console import create_console
from bot.console.app import PREFIXES as CONSOLE_PREFIXES
from bot.demo.settings import open_config
from bot.log import start_logging
from bot.quick import QuickFlask
from bot.turnstile import Turnstile
from bot.webhook import Webhook, make_blueprint
from bot.wechat.envelope import Envelope
from bot.wiring import FreshBureau, keyring, open_database, open_login, open_memory, public_url, warm
from content.phrases import say
from handlers.turns import Tally

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

WEBHOOK_PATIENCE_SECONDS = 1.5


def create_worker() -> Flask:
    """What the web server calls in each of its processes; the settings come from the environment."""
    start_logging()
    gc.disable()
    app = create_app(open_config())
    gc.collect()
    gc.freeze()  # the library and the model never become garbage: no need to look at them again and again
    gc.enable()
    return app


def create_app(config: Config) -> Flask:
    """Raises BadConfig. The schema, the library and the model must have been prepared (`wiring.prepare`)."""
    require_credentials(config)
    database = open_database(config, WEBHOOK_PATIENCE_SECONDS)
    memory, tally = open_memory(config), Tally(database)
    bureau = FreshBureau(config, database, public_url(config))
    warm(database, memory)

    app = QuickFlask(__name__, static_folder="static", static_url_path="/static")
    keys = (config.wechat_encoding_aes_key, config.wechat_previous_encoding_aes_key)
    secret = keyring(config).derive("webhook")
    envelope = Envelope(config.wechat_token, config.wechat_app_id, keys, config.wechat_mode, secret)
    webhook = Webhook(envelope, Turnstile(memory), tally, lambda: bureau.now, config.wechat_max_skew_seconds)
    app.register_blueprint(make_blueprint(webhook))
    app.register_blueprint(pages.make_blueprint(lambda: bureau.now, config.data / "uploads", open_login(config)))
    app.register_blueprint(health.make_blueprint(database, memory, config.data))
    if config.sandbox_enabled:
        _lead_to_sandbox(app, config.server_port + 1)
    app.add_url_rule(
        "/", view_func=partial(redirect, "/sandbox/" if config.sandbox_enabled else "/h/"), endpoint="root"
    )
    app.register_error_handler(Exception, _error_page)
    console = create_console(config, database, keyring(config), lambda words: bureau.now.ears.hear(words))
    app.wsgi_app = _beside(console.wsgi_app, CONSOLE_PREFIXES, app.wsgi_app)  # type: ignore[assignment, method-assign]
    if config.server_trusted_proxies:
        app.wsgi_app = _believe(config.server_trusted_proxies, app.wsgi_app)  # type: ignore[assignment, method-assign]
    return app


def _beside(other: "WSGIApplication", prefixes: tuple[str, ...], app: "WSGIApplication") -> "WSGIApplication":
    """What lies under the prefixes is another application's; neither pays for the other's sessions."""
    return lambda environ, start: (other if environ["PATH_INFO"].startswith(prefixes) else app)(environ, start)


def _believe(proxies: tuple[str, ...], app: "WSGIApplication") -> "WSGIApplication":
    """What a proxy of ours says of the visitor is believed; what anybody else says of himself is not."""
    behind_proxy = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
    return lambda environ, start: (behind_proxy if environ.get("REMOTE_ADDR") in proxies else app)(environ, start)


def _lead_to_sandbox(app: Flask, port: int) -> None:
    """The sandbox is a process of its own; its paths on this port lead there."""

    @app.route("/sandbox/", defaults={"rest": ""}, methods=["GET", "POST"])
    @app.route("/sandbox/<path:rest>", methods=["GET", "POST"])
    def sandbox(rest: str) -> Response:
        host = request.host.rsplit(":", 1)[0]
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        return redirect(f"http://{host}:{port}/sandbox/{rest}{query}", code=307)  # type: ignore[return-value]


def _error_page(error: Exception) -> tuple[str, int, dict[str, str]]:
    """A sentence for people, whatever went wrong; never a traceback."""
    status = error.code or 500 if isinstance(error, HTTPException) else 500
    if status >= 500:
        current_app.logger.error("page failed", exc_info=error)
    text = say("page_missing") if status == 404 else say("page_failed")
    return render_template("error.html", title=say("page_error_title"), text=text), status, pages.HEADERS
