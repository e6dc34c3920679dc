"""网页授权 as a service account has it: the browser is sent to /connect/oauth2/authorize and comes back with a code,
which /sns/oauth2/access_token turns into an openid. WeChat knows whose phone it is; here whoever sits in front chooses.
"""

import hmac
import secrets
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request

from bot.sandbox.calls import Answer, Call, Table
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused

_SCOPES = ("snsapi_base", "snsapi_userinfo")
_LONGEST_STATE = 128


def make_authorizing(parts: Parts) -> Blueprint:
    authorizing = Blueprint("sandbox_authorizing", __name__, url_prefix="/sandbox/api/connect/oauth2")

    @authorizing.get("/authorize")
    def authorize() -> Response:
        if fault := _fault(parts):
            return make_response(render_template("sandbox/authorize.html", fault=fault), 400)
        back = request.args["redirect_uri"]
        if "citizen" not in request.args:
            return make_response(render_template("sandbox/authorize.html", fault="", citizens=_choices(parts)))
        chosen = parts.state.find_citizen(request.args["citizen"])
        code = parts.codes.give(chosen.openid) if chosen else parts.codes.give(f"o{secrets.token_hex(13)}", True)
        query = urlencode({"code": code, "state": request.args.get("state", "")})
        return redirect(f"{back}{'&' if urlsplit(back).query else '?'}{query}")  # type: ignore[return-value]

    return authorizing


def _choices(parts: Parts) -> list[tuple[str, str]]:
    """(name, address) of each citizen who may be the one before the phone."""
    asked = request.args.to_dict()
    names = [(one["id"], one["name"]) for one in parts.state.citizens()]
    return [
        (name, f"authorize?{urlencode({**asked, 'citizen': key})}")
        for key, name in [*names, ("nobody", "快照页里的游客")]
    ]


def _fault(parts: Parts) -> str:
    """What WeChat would show instead, in its own words where they are known."""
    asked = request.args
    state = asked.get("state", "")
    if parts.controls.account_type != "service" or asked.get("scope") not in _SCOPES:
        return "Scope 参数错误或没有 Scope 权限"
    if asked.get("appid") != parts.settings.app_id:
        return "AppID 参数错误"
    if urlsplit(asked.get("redirect_uri", "")).scheme not in ("http", "https"):
        return "redirect_uri 参数错误"
    is_plain = state.isascii() and (state.isalnum() or not state) and len(state) <= _LONGEST_STATE
    return "" if asked.get("response_type") == "code" and is_plain else "参数错误"


def _access_token(parts: Parts, call: Call) -> Answer:
    """GET /sns/oauth2/access_token"""
    asked = call.args
    if asked.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    if asked.get("appid") != parts.settings.app_id:
        raise Refused(40013, "invalid appid")
    if not hmac.compare_digest(asked.get("secret", "").encode(), parts.settings.app_secret.encode()):
        raise Refused(40125, "invalid appsecret")
    if parts.controls.account_type != "service":
        raise Refused(48001, "api unauthorized")
    openid, is_snapshot = parts.codes.take(asked.get("code", ""))
    told: Answer = {
        "access_token": secrets.token_urlsafe(64), "expires_in": 7200, "refresh_token": secrets.token_urlsafe(64),
        "openid": openid, "scope": "snsapi_base",
    }  # fmt: skip
    return {**told, "is_snapshotuser": 1} if is_snapshot else told


CALLS: Table = {"/sns/oauth2/access_token": ("GET", _access_token)}
WITHOUT_TOKEN = frozenset(CALLS)
