"""The platform's server API below /sandbox/api: paths, tokens, codes and faults. What each call does stands
elsewhere.
"""

import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from bot.sandbox import customer_messages, menu, published
from bot.sandbox.faults import Fault
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from content.store import clock


@dataclass(frozen=True)
class Call:
    """One call as it came: the query, the JSON body, and the body's bytes."""

    args: Mapping[str, str]
    raw: bytes

    def body(self) -> dict[str, Any]:
        if not self.raw.strip():
            raise Refused(44002, "empty post data")
        try:
            found = json.loads(self.raw)
        except ValueError as error:
            raise Refused(47001, "data format error") from error
        if not isinstance(found, dict):
            raise Refused(47001, "data format error")
        return found


Answer = dict[str, Any]
_CALLS: dict[str, tuple[str, Callable[[Parts, Call], Answer]]] = {
    "/cgi-bin/token": ("GET", lambda parts, call: parts.tokens.ordinary(call.args)),
    "/cgi-bin/stable_token": ("POST", lambda parts, call: parts.tokens.stable(call.body())),
    "/cgi-bin/menu/create": ("POST", lambda parts, call: menu.create(parts.state, call.raw, call.body())),
    "/cgi-bin/menu/get": ("GET", lambda parts, call: menu.read(parts.state)),
    "/cgi-bin/menu/delete": ("GET", lambda parts, call: menu.delete(parts.state)),
    "/cgi-bin/get_current_selfmenu_info": ("GET", lambda parts, call: menu.read_current(parts.state)),
    "/cgi-bin/get_current_autoreply_info": ("GET", lambda parts, call: published.auto_replies()),
    "/cgi-bin/freepublish/batchget": ("POST", lambda parts, call: published.list_published(call.body())),
    "/cgi-bin/material/batchget_material": ("POST", lambda parts, call: published.list_material(call.body())),
    "/cgi-bin/getcallbackip": ("GET", lambda parts, call: {"ip_list": ["127.0.0.1"]}),
    "/cgi-bin/get_api_domain_ip": ("GET", lambda parts, call: {"ip_list": ["127.0.0.1"]}),
    "/cgi-bin/message/custom/send": (
        "POST",
        lambda parts, call: customer_messages.send(parts.state, call.body()),
    ),
}
_WITHOUT_TOKEN = {"/cgi-bin/token", "/cgi-bin/stable_token"}
PATHS = tuple(_CALLS)


def make_api(parts: Parts) -> Blueprint:
    api = Blueprint("sandbox_api", __name__, url_prefix="/sandbox/api")

    @api.route("/_faults", methods=["GET", "POST", "DELETE"])
    def faults() -> Response:
        try:
            if request.method == "DELETE":
                parts.faults.turn({})
            elif request.method == "POST":
                parts.faults.turn(Call(request.args, request.get_data() if request.is_json else b"").body())
        except Refused as refused:
            return _written(_error(refused))
        return _written({"errcode": 0, "errmsg": "ok", "faults": parts.faults.as_json()})

    @api.route("/<path:path>", methods=["GET", "POST"])
    def call(path: str) -> Response:
        return _play(parts, f"/{path}")

    return api


def _play(parts: Parts, path: str) -> Response:
    began = clock.monotonic()
    fault = parts.faults.take(path)
    if fault and fault.delay:
        threading.Event().wait(fault.delay)
    answer = _spoiled(fault) or _answered(parts, path)
    parts.calls.append(
        {
            "at": clock.timestamp(),
            "path": path,
            "errcode": answer.get("errcode", 0),
            "fault": fault is not None,
            "ms": round((clock.monotonic() - began) * 1000),
        }
    )
    if fault and fault.lost:
        return _broken_off(answer)
    return _written(answer, fault.status if fault else 200)


def _answered(parts: Parts, path: str) -> Answer:
    try:
        if path not in _CALLS:
            raise Refused(40066, "invalid url")
        method, act = _CALLS[path]
        if request.method != method:
            code = 43001 if method == "GET" else 43002
            raise Refused(code, f"require {method} method")
        if path not in _WITHOUT_TOKEN:
            parts.tokens.check(request.args.get("access_token", ""))
        return act(parts, Call(request.args, request.get_data()))
    except Refused as refused:
        return _error(refused)


def _spoiled(fault: Fault | None) -> Answer | None:
    """The answer that a fault puts in the place of the real one; then the call is not done."""
    if fault is None or (not fault.errcode and fault.status == 200):
        return None
    return _error(Refused(fault.errcode or -1, "system error, played by the sandbox"))


def _error(refused: Refused) -> Answer:
    rid = "-".join(secrets.token_hex(4) for _ in range(3))
    return {"errcode": refused.errcode, "errmsg": f"{refused.errmsg} rid: {rid}"}


def _written(answer: Answer, status: int = 200) -> Response:
    text = json.dumps(answer, ensure_ascii=False)
    return Response(text, status, content_type="application/json; charset=utf-8")


def _broken_off(answer: Answer) -> Response:
    """An answer that promises more bytes than come before the connection ends."""
    whole = json.dumps(answer, ensure_ascii=False).encode()

    def half() -> Iterator[bytes]:
        yield whole[:1]
        raise ConnectionAbortedError("lost, as the sandbox's dial asks")

    headers = {"Content-Length": str(len(whole))}
    return Response(half(), 200, headers, content_type="application/json; charset=utf-8")
