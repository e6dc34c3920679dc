"""The platform's server API below /sandbox/api: paths, tokens, codes and faults. What each call does stands
elsewhere.
"""

import json
import secrets
import threading
from collections.abc import Iterator

from flask import Blueprint, Response, request

from bot.sandbox import (
    authorizing,
    control,
    customer_messages,
    datacube,
    drafts,
    followers,
    mass,
    media,
    menu,
    published,
    publishing,
    quotas,
)
from bot.sandbox.calls import Answer, Call, Table, Upload
from bot.sandbox.faults import Fault
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from content.store import clock

_CALLS: Table = {
    "/cgi-bin/token": ("GET", lambda parts, call: parts.tokens.ordinary(call.args)),
    "/cgi-bin/stable_token": ("POST", lambda parts, call: parts.tokens.stable(call.body())),
    "/cgi-bin/menu/create": ("POST", lambda parts, call: menu.create(parts.state, call.raw, call.body())),
    "/cgi-bin/menu/get": ("GET", lambda parts, call: menu.read(parts.state)),
    "/cgi-bin/menu/delete": ("GET", lambda parts, call: menu.delete(parts.state)),
    "/cgi-bin/get_current_selfmenu_info": ("GET", lambda parts, call: menu.read_current(parts.state)),
    "/cgi-bin/get_current_autoreply_info": ("GET", lambda parts, call: published.auto_replies()),
    "/cgi-bin/getcallbackip": ("GET", lambda parts, call: {"ip_list": ["127.0.0.1"]}),
    "/cgi-bin/get_api_domain_ip": ("GET", lambda parts, call: {"ip_list": ["127.0.0.1"]}),
    "/cgi-bin/message/custom/send": (
        "POST",
        lambda parts, call: customer_messages.send(parts.state, call.body()),
    ),
    **media.CALLS,
    **drafts.CALLS,
    **publishing.CALLS,
    **mass.CALLS,
    **followers.CALLS,
    **datacube.CALLS,
    **quotas.CALLS,
    **authorizing.CALLS,
}
_WITHOUT_TOKEN = {"/cgi-bin/token", "/cgi-bin/stable_token", "/cgi-bin/clear_quota/v2", *authorizing.WITHOUT_TOKEN}
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

    @api.get("/_control")
    def state() -> Response:
        parts.agenda.run_due()
        return _written(control.as_json(parts))

    @api.post("/_control")
    def turn() -> Response:
        parts.agenda.run_due()  # as things were set until now
        try:
            control.turn(parts, Call(request.args, request.get_data() if request.is_json else b"").body())
        except Refused as refused:
            return _written(_error(refused))
        return _written({"errcode": 0, "errmsg": "ok", **control.as_json(parts)})

    @api.route("/<path:path>", methods=["GET", "POST"])
    def call(path: str) -> Response:
        parts.agenda.run_due()
        return _play(parts, f"/{path}")

    return api


def _play(parts: Parts, path: str) -> Response:
    began = clock.monotonic()
    fault = parts.faults.take(path)
    if fault and fault.delay:
        threading.Event().wait(fault.delay)
    answer = _answered(parts, path) if fault is None or not _is_spoiled(fault) or fault.done else {}
    if fault and _is_spoiled(fault):
        answer = _error(Refused(fault.errcode or -1, "system error, played by the sandbox"))
    _note(parts, path, answer, began, fault is not None)
    if isinstance(answer, Response):
        return answer
    if fault and fault.lost:
        return _broken_off(answer)
    return _written(answer, fault.status if fault else 200)


def _is_spoiled(fault: Fault) -> bool:
    """Whether its own answer stands in the place of the real one."""
    return bool(fault.errcode) or fault.status != 200


def _note(parts: Parts, path: str, answer: Answer | Response, began: float, is_fault: bool) -> None:
    """For the page: what was asked, how it was answered and how long it took."""
    errcode = answer.get("errcode", 0) if isinstance(answer, dict) else 0
    took = round((clock.monotonic() - began) * 1000)
    at = parts.clock.timestamp()
    parts.calls.append({"at": at, "path": path, "errcode": errcode, "fault": is_fault, "ms": took})
    with parts.stock.lock:
        parts.called[path] += 1


def _answered(parts: Parts, path: str) -> Answer | Response:
    try:
        if path not in _CALLS:
            raise Refused(40066, "invalid url")
        method, act = _CALLS[path]
        if request.method != method:
            code = 43001 if method == "GET" else 43002
            raise Refused(code, f"require {method} method")
        if path not in _WITHOUT_TOKEN:
            parts.tokens.check(request.args.get("access_token", ""))
            parts.quotas.count(path)
        return act(parts, _call())
    except Refused as refused:
        return _error(refused)


def _call() -> Call:
    if request.mimetype != "multipart/form-data":
        return Call(request.args, request.get_data(), address=request.host_url)
    files = {}
    for name, file in request.files.items():
        files[name] = Upload(file.filename or "", file.read())
        file.close()
    return Call(request.args, b"", files, request.form, request.host_url)


def _error(refused: Refused) -> Answer:
    rid = "-".join(secrets.token_hex(4) for _ in range(3))
    return {"errcode": refused.errcode, "errmsg": f"{refused.errmsg} rid: {rid}", **refused.more}


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
