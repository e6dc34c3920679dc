"""Flask without what the webhook has no use for: no host is read to find one fixed path, no session is opened, and a
finished answer is handed to the server as it is.
"""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import MapAdapter

from bot.typed import TypedRequest

WEBHOOK = "/wechat"


class QuickFlask(Flask):
    request_class = TypedRequest
    session_interface: SessionInterface

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.session_interface = _NoSessions()

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if request is None or request.environ["PATH_INFO"] != WEBHOOK:
            return super().create_url_adapter(request)
        scheme = request.environ["wsgi.url_scheme"]
        return MapAdapter(self.url_map, "", "", "", scheme, WEBHOOK, request.method)


class _NoSessions(SessionInterface):
    """Nobody signs in here: the console is an application of its own."""

    def __init__(self) -> None:
        self._none = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self._none


class Finished(Response):
    """A body with its type and length, 200."""

    def __init__(self, body: bytes, content_type: str) -> None:
        super().__init__(body, content_type=content_type)
        self._body = body

    def get_wsgi_response(self, environ: Any) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        headers = [("Content-Type", self.content_type or ""), ("Content-Length", str(len(self._body)))]
        return (self._body,), "200 OK", headers
