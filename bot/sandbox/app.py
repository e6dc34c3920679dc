"""The sandbox's own Flask application: the phone, the server API, articles, the dial and a health check, all below
/sandbox/.
"""

from urllib.parse import urlsplit

from flask import Flask, Response

from bot.sandbox.api import make_api
from bot.sandbox.authorizing import make_authorizing
from bot.sandbox.dial import make_dial
from bot.sandbox.parts import make_parts
from bot.sandbox.phone import make_phone
from bot.sandbox.reading import make_reading
from bot.sandbox.settings import SandboxSettings

__all__ = ["SandboxSettings", "create_sandbox"]

_LARGEST_REQUEST = 12_000_000


def create_sandbox(settings: SandboxSettings) -> Flask:
    """One process only, any number of threads: what it remembers is in this process."""
    app = Flask(__name__, static_folder="static", static_url_path="/sandbox/static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_REQUEST
    parts = make_parts(settings)
    app.register_blueprint(make_phone(parts))
    app.register_blueprint(make_authorizing(parts))
    app.register_blueprint(make_api(parts))
    app.register_blueprint(make_reading(parts))
    app.register_blueprint(make_dial(parts))
    policy = _policy(settings)

    @app.get("/sandbox/healthz")
    def healthz() -> Response:
        return Response("ok", content_type="text/plain")

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if not response.headers.get("Cache-Control"):
            response.headers["Cache-Control"] = "no-store"
        return response

    return app


def _policy(settings: SandboxSettings) -> str:
    """Nothing from elsewhere but the pictures of the account's own cards."""
    webhook = urlsplit(settings.webhook_url)
    pictures = f" {webhook.scheme}://{webhook.netloc}" if webhook.netloc else ""
    return f"default-src 'self'; img-src 'self' data:{pictures}; frame-ancestors 'none'; base-uri 'none'"
