"""Followers and their tags: the calls of user/… and tags/…, over the citizens of the phone."""

from typing import Any

from bot.sandbox.calls import OK, Answer, Call, Table, text, whole
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from bot.sandbox.state import Citizen

_ON_A_PAGE = 10_000
_MOST_AT_ONCE = 100
_MOST_TAGS, _TAG_CHARACTERS, _MOST_TAGGED, _TAGS_EACH = 100, 30, 50, 20
_FIRST_TAG = 100  # lower numbers are the platform's own
_STAR = {"id": 2, "name": "星标组", "count": 0}


def _list(parts: Parts, call: Call) -> Answer:
    """GET /cgi-bin/user/get"""
    return _page([one.openid for one in parts.state.followers()], call.args.get("next_openid", ""))


def _page(openids: list[str], after: str) -> Answer:
    if after and after not in openids:
        raise Refused(40003, "invalid openid")
    begin = openids.index(after) + 1 if after else 0
    shown = openids[begin : begin + _ON_A_PAGE]
    answer: Answer = {"total": len(openids), "count": len(shown)}
    return {**answer, **({"data": {"openid": shown}} if shown else {}), "next_openid": shown[-1] if shown else ""}


def _find(parts: Parts, openid: object) -> Citizen:
    found = parts.state.find_citizen(openid) if isinstance(openid, str) and openid else None
    if found is None or found.openid != openid:
        raise Refused(40003, "invalid openid")
    return found


def _info(citizen: Citizen) -> Answer:
    """Names, pictures and places have been empty since 2021-12-27."""
    if not citizen.following:
        return {"subscribe": 0, "openid": citizen.openid}
    return {
        "subscribe": 1,
        "openid": citizen.openid,
        "nickname": "",
        "sex": 0,
        "language": "zh_CN",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": "",
        "subscribe_time": citizen.followed_at,
        "remark": "",
        "groupid": citizen.tags[0] if citizen.tags else 0,
        "tagid_list": list(citizen.tags),
        "subscribe_scene": "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": "",
    }


def _infos(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/user/info/batchget"""
    wanted = call.body().get("user_list")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= _MOST_AT_ONCE:
        raise Refused(40032, "invalid openid list size")
    return {
        "user_info_list": [_info(_find(parts, one.get("openid") if isinstance(one, dict) else None)) for one in wanted]
    }


def _tag(body: dict[str, Any]) -> dict[str, Any]:
    tag = body.get("tag")
    if not isinstance(tag, dict):
        raise Refused(47001, "data format error")
    return tag


def _tag_name(parts: Parts, tag: dict[str, Any]) -> str:
    name = text(tag, "name", 45157, "invalid tag name")
    if len(name) > _TAG_CHARACTERS:
        raise Refused(45158, "tag name length too long")
    if name in parts.stock.tags.values() or name == _STAR["name"]:
        raise Refused(45157, "invalid tag name")
    return name


def _tag_id(parts: Parts, held: dict[str, Any], name: str) -> int:
    number = whole(held, name, 45159)
    if number < _FIRST_TAG:
        raise Refused(45058, "can't modify sys tag")
    if number not in parts.stock.tags:
        raise Refused(45159, "invalid tag id")
    return number


def _create(parts: Parts, call: Call) -> Answer:
    tag = _tag(call.body())
    with parts.stock.lock:
        name = _tag_name(parts, tag)
        if len(parts.stock.tags) >= _MOST_TAGS:
            raise Refused(45056, "too many tag now, no need to add new")
        number = max(parts.stock.tags, default=_FIRST_TAG - 1) + 1
        parts.stock.tags[number] = name
    return {"tag": {"id": number, "name": name}}


def _tags(parts: Parts, call: Call) -> Answer:
    followers = parts.state.followers()
    with parts.stock.lock:
        own = [
            {"id": number, "name": name, "count": sum(number in one.tags for one in followers)}
            for number, name in parts.stock.tags.items()
        ]
    return {"tags": [_STAR, *own]}


def _rename(parts: Parts, call: Call) -> Answer:
    tag = _tag(call.body())
    with parts.stock.lock:
        parts.stock.tags[_tag_id(parts, tag, "id")] = _tag_name(parts, tag)
    return OK


def _delete(parts: Parts, call: Call) -> Answer:
    tag = _tag(call.body())
    with parts.stock.lock:
        number = _tag_id(parts, tag, "id")
        del parts.stock.tags[number]
        for citizen in parts.state.followers():
            citizen.tags = [one for one in citizen.tags if one != number]
    return OK


def _members(parts: Parts, call: Call, is_adding: bool) -> Answer:
    """POST /cgi-bin/tags/members/batchtagging and batchuntagging"""
    body = call.body()
    named = body.get("openid_list")
    if not isinstance(named, list) or not 1 <= len(named) <= _MOST_TAGGED:
        raise Refused(40032, "invalid openid list size")
    with parts.stock.lock:
        number = _tag_id(parts, body, "tagid")
        citizens = [_find(parts, one) for one in named]
        if is_adding and any(len({*one.tags, number}) > _TAGS_EACH for one in citizens):
            raise Refused(45059, "user has too many tags")
        for citizen in citizens:
            kept = [one for one in citizen.tags if one != number]
            citizen.tags = [*kept, number] if is_adding else kept
    return OK


def _tagged(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/user/tag/get"""
    body = call.body()
    number = whole(body, "tagid", 45159)
    if number not in parts.stock.tags:
        raise Refused(45159, "invalid tag id")
    found = [one.openid for one in parts.state.followers() if number in one.tags]
    return {name: value for name, value in _page(found, body.get("next_openid") or "").items() if name != "total"}


CALLS: Table = {
    "/cgi-bin/user/get": ("GET", _list),
    "/cgi-bin/user/info": ("GET", lambda parts, call: _info(_find(parts, call.args.get("openid")))),
    "/cgi-bin/user/info/batchget": ("POST", _infos),
    "/cgi-bin/user/tag/get": ("POST", _tagged),
    "/cgi-bin/tags/create": ("POST", _create),
    "/cgi-bin/tags/get": ("GET", _tags),
    "/cgi-bin/tags/update": ("POST", _rename),
    "/cgi-bin/tags/delete": ("POST", _delete),
    "/cgi-bin/tags/getidlist": (
        "POST",
        lambda parts, call: {"tagid_list": list(_find(parts, call.body().get("openid")).tags)},
    ),
    "/cgi-bin/tags/members/batchtagging": ("POST", lambda parts, call: _members(parts, call, is_adding=True)),
    "/cgi-bin/tags/members/batchuntagging": ("POST", lambda parts, call: _members(parts, call, is_adding=False)),
}
