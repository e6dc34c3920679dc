"""The mass-send calls: audience, quota, clientmsgid, the administrator's confirmation, preview, deletion, speed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox import drafts, mass_sends
from bot.sandbox.calls import OK, Answer, Call, Table, text, whole
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from bot.sandbox.state import Citizen
from bot.sandbox.stock import Article, Send, new_media_id
from content.store import clock

_DAY, _MINUTE = 86_400, 60
_FEWEST_NAMED, _MOST_NAMED = 2, 10_000
_SPEEDS = {0: 80, 1: 60, 2: 45, 3: 30, 4: 10}  # ten thousand a minute
_TOLD = {
    "awaits": "SENDING",
    "sending": "SENDING",
    "success": "SEND_SUCCESS",
    "failed": "SEND_FAIL",
    "deleted": "DELETE",
}


def _send_all(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/message/mass/sendall"""
    body = call.body()
    chosen = body.get("filter")
    if not isinstance(chosen, dict):
        raise Refused(40035, "invalid parameter")
    is_to_all = chosen.get("is_to_all") is True
    tag_id = None if is_to_all else whole(chosen, "tag_id", 40152)
    if tag_id is not None and tag_id not in parts.stock.tags:
        raise Refused(40152, "invalid tag id")
    followers = [one for one in parts.state.followers() if is_to_all or tag_id in one.tags]
    return _accept(parts, call, body, followers, is_to_all, tag_id)


def _send_named(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/message/mass/send"""
    if parts.controls.account_type != "service":
        raise Refused(48001, "api unauthorized")
    body = call.body()
    named = body.get("touser")
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise Refused(40031, "invalid openid list")
    if len(named) < _FEWEST_NAMED:
        raise Refused(40130, "invalid openid list size, at least two openid")
    if len(named) > _MOST_NAMED:
        raise Refused(40032, "invalid openid list size")
    reached = [citizen for citizen in map(parts.state.find_citizen, named) if citizen and citizen.openid in named]
    return _accept(parts, call, body, reached, is_to_all=False, tag_id=None)


def _accept(
    parts: Parts, call: Call, body: Mapping[str, Any], audience: list[Citizen], is_to_all: bool, tag_id: int | None
) -> Answer:
    client_msg_id = _client_msg_id(parts, body)
    with parts.stock.lock:
        _refuse_repeated(parts, client_msg_id)
        kind, words, articles, draft_id = _content(parts, body)
        _check_quota(parts, is_to_all)
        made = Send(
            msg_id=parts.stock.next_number() + 10**9,
            client_msg_id=client_msg_id,
            draft_id=draft_id,
            kind=kind,
            text=words,
            articles=[{**article, "name": new_media_id()[:22]} for article in articles],
            is_to_all=is_to_all,
            tag_id=tag_id,
            openids=[citizen.openid for citizen in audience],
            at=parts.clock.timestamp(),
            address=call.address,
        )
        if is_to_all and parts.controls.needs_admin:
            made.state, made.confirm_until = "awaits", made.at + mass_sends.CONFIRM_SECONDS
        parts.stock.sends[made.msg_id] = parts.stock.by_client_msg_id[client_msg_id] = made
    mass_sends.begin(parts, made)
    if made.state == "awaits":
        raise _awaiting(parts, made, 89505)
    answer = {"errcode": 0, "errmsg": "send job submission success", "msg_id": made.msg_id}
    return {**answer, "msg_data_id": made.msg_id} if made.has_data_id else answer


def _awaiting(parts: Parts, made: Send, errcode: int) -> Refused:
    more = {"msg_id": made.msg_id} if parts.controls.gives_msg_id else {}
    return Refused(errcode, "mass send is waiting for the administrator", **more)


def _client_msg_id(parts: Parts, body: Mapping[str, Any]) -> str:
    """As given, else what the platform makes of audience and content."""
    given = body.get("clientmsgid")
    if given is None or given == "":
        content = {name: value for name, value in body.items() if name != "send_ignore_reprint"}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    if not isinstance(given, str):
        raise Refused(47001, "data format error")
    if len(given) > parts.controls.clientmsgid_characters or not given.isascii():
        raise Refused(45067, "clientmsgid size out of limit")
    return given


def _refuse_repeated(parts: Parts, client_msg_id: str) -> None:
    earlier, now = parts.stock.by_client_msg_id.get(client_msg_id), parts.clock.timestamp()
    if earlier is None or now - earlier.at >= _DAY:
        return
    if earlier.state == "awaits":
        raise _awaiting(parts, earlier, 89504)
    earlier.repeated_at = [moment for moment in earlier.repeated_at if moment > now - _MINUTE]
    if len(earlier.repeated_at) >= parts.controls.clientmsgid_repeats:
        raise Refused(45066, "same clientmsgid retry too fast, please retry after 1 minute")
    earlier.repeated_at.append(now)
    raise Refused(45065, "clientmsgid exist", msg_id=earlier.msg_id)


def _content(parts: Parts, body: Mapping[str, Any]) -> tuple[str, str, list[Article], str]:
    """What is sent: kind, words, articles and the draft they are from. With the lock held."""
    kind = body.get("msgtype")
    branch = body.get("images") if kind == "image" and "images" in body else body.get(str(kind))
    if kind not in {"mpnews", "text", "image", "voice", "mpvideo"} or not isinstance(branch, dict):
        raise Refused(40008, "invalid message type")
    if kind == "text":
        return kind, text(branch, "content", 44004, "empty content"), [], ""
    if kind == "mpnews":
        draft = drafts.find(parts, branch.get("media_id"))
        return kind, "", draft.articles, draft.media_id
    named = branch.get("media_ids") or [branch.get("media_id")]
    if not isinstance(named, list) or any(
        parts.stock.find_picture(one, parts.clock.timestamp()) is None for one in named
    ):
        raise Refused(40007, "invalid media_id")
    return {"mpvideo": "video"}.get(kind, kind), "", [], ""


def _check_quota(parts: Parts, is_to_all: bool) -> None:
    """Subscription: one send a day. Service: to all once a day and four times a month; each follower's own four are
    counted when it arrives.
    """
    if parts.controls.is_quota_lifted:
        return
    is_service = parts.controls.account_type == "service"
    today, this_month = parts.clock.today(), mass_sends.month(parts)
    spent = [one for one in parts.stock.sends.values() if one.state != "failed" and (one.is_to_all or not is_service)]
    days = [clock.in_beijing(clock.from_timestamp(one.at)).date() for one in spent]
    in_month = sum(day.strftime("%Y-%m") == this_month for day in days)
    is_spent = today in days or (is_service and in_month >= mass_sends.SERVICE_A_MONTH)
    if is_spent and (is_to_all or not is_service):
        raise Refused(45028, "has no masssend quota")


def _preview(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/message/mass/preview: on the phone of one named citizen."""
    body = call.body()
    citizen = _named(parts, body)
    if not citizen.following:
        raise Refused(43004, "require subscribe")
    with parts.stock.lock:
        kind, words, articles, _ = _content(parts, body)
        mass_sends.show(parts, citizen, kind, words, articles)
    return {"errcode": 0, "errmsg": "preview success"}


def _named(parts: Parts, body: Mapping[str, Any]) -> Citizen:
    """`towxname`, which wins, is what the citizen is called in the sandbox; `touser` is his OpenID."""
    if wechat_name := body.get("towxname"):
        found = parts.state.find_named(str(wechat_name))
        if found is None:
            raise Refused(40132, "invalid username")
        return found
    openid = body.get("touser")
    found = parts.state.find_citizen(openid) if isinstance(openid, str) and openid else None
    if found is None or found.openid != openid:
        raise Refused(40003, "invalid openid")
    return found


def _find(parts: Parts, body: Mapping[str, Any]) -> Send:
    found = parts.stock.sends.get(whole(body, "msg_id", 40059))
    if found is None:
        raise Refused(40059, "invalid msg id")
    return found


def _delete(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/message/mass/delete: the cards stay on the phones, what they lead to is gone."""
    body = call.body()
    with parts.stock.lock:
        found = _find(parts, body)
        if found.state != "success" or not found.articles:
            raise Refused(40060, "this message can not be deleted")
        place = whole(body, "article_idx", 40065, 0)
        if not 0 <= place <= len(found.articles):
            raise Refused(40065, "invalid article index")
        every = set(range(1, len(found.articles) + 1))
        found.deleted |= {place} if place else every
        if found.deleted == every:
            found.state = "deleted"
    return OK


def _get(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/message/mass/get"""
    with parts.stock.lock:
        found = _find(parts, call.body())
        return {"msg_id": found.msg_id, "msg_status": _TOLD[found.state]}


def _speed(parts: Parts, call: Call) -> Answer:
    return {"speed": parts.stock.speed, "realspeed": _SPEEDS[parts.stock.speed]}


def _set_speed(parts: Parts, call: Call) -> Answer:
    speed = whole(call.body(), "speed", 45083)
    if speed not in _SPEEDS:
        raise Refused(45083, "invalid speed value")
    parts.stock.speed = speed
    return OK


CALLS: Table = {
    "/cgi-bin/message/mass/sendall": ("POST", _send_all),
    "/cgi-bin/message/mass/send": ("POST", _send_named),
    "/cgi-bin/message/mass/preview": ("POST", _preview),
    "/cgi-bin/message/mass/delete": ("POST", _delete),
    "/cgi-bin/message/mass/get": ("POST", _get),
    "/cgi-bin/message/mass/speed/get": ("POST", _speed),
    "/cgi-bin/message/mass/speed/set": ("POST", _set_speed),
}
