"""Pictures and other files: temporary and permanent media, and pictures for article bodies, with the platform's
limits and codes.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response

from bot.sandbox import published
from bot.sandbox.calls import OK, Answer, Call, Table, page, text
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from bot.sandbox.stock import Picture, new_media_id

_THREE_DAYS = 3 * 86_400
_MEGABYTE = 1_000_000
PICTURES_AT = "sandbox/pictures/"
# kind → what it may be, how large, and the code where it is larger
_LIMITS = {
    "image": ({"image/jpeg", "image/png", "image/gif"}, 10 * _MEGABYTE, 40009),
    "thumb": ({"image/jpeg"}, 64_000, 40012),
    "voice": ({"audio/amr", "audio/mpeg"}, 2 * _MEGABYTE, 40010),
    "video": ({"video/mp4"}, 10 * _MEGABYTE, 40011),
}
_IN_A_BODY = ({"image/jpeg", "image/png"}, _MEGABYTE - 1, 40009)
_MARKS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)


def _kind_of(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "video/mp4"
    return next((kind for mark, kind in _MARKS if data.startswith(mark)), "")


def _uploaded(call: Call, limits: tuple[set[str], int, int]) -> tuple[bytes, str]:
    """The file's bytes and what they are."""
    if "media" not in call.files:
        raise Refused(41005, "media data missing")
    data, (may_be, most, too_large) = call.files["media"].data, limits
    if not data:
        raise Refused(44001, "empty media data")
    kind = _kind_of(data)
    if kind not in may_be:
        raise Refused(40005, "invalid file type")
    if len(data) > most:
        raise Refused(too_large, "invalid file size")
    return data, kind


def _keep(parts: Parts, data: bytes, media_type: str, kind: str, use: str) -> Picture:
    until = parts.clock.timestamp() + _THREE_DAYS if use == "temporary" else None
    made = Picture(new_media_id(), data, media_type, kind, use, parts.clock.timestamp(), until)
    with parts.stock.lock:
        parts.stock.pictures[made.name] = made
    return made


def address(parts: Parts, call: Call, picture: Picture) -> str:
    return f"{call.address}{PICTURES_AT}{picture.file_name}"


def _upload(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/media/upload"""
    kind = call.args.get("type", "")
    if kind not in _LIMITS:
        raise Refused(40004, "invalid media type")
    kept = _keep(parts, *_uploaded(call, _LIMITS[kind]), kind, "temporary")
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, name: kept.name, "created_at": kept.at}


def _upload_for_bodies(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/media/uploadimg"""
    return {"url": address(parts, call, _keep(parts, *_uploaded(call, _IN_A_BODY), "image", "body"))}


def _add(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/material/add_material"""
    kind = call.args.get("type", "")
    if kind not in _LIMITS:
        raise Refused(40004, "invalid media type")
    data, media_type = _uploaded(call, _LIMITS[kind])
    if kind == "video" and not call.form.get("description"):
        raise Refused(47001, "data format error")
    kept = _keep(parts, data, media_type, kind, "permanent")
    answer: Answer = {"media_id": kept.name, "item": []}
    return {**answer, "url": address(parts, call, kept)} if kind == "image" else answer


def _find(parts: Parts, name: object, use: str) -> Picture:
    with parts.stock.lock:
        found = parts.stock.find_picture(name, parts.clock.timestamp())
    if found is None or found.use != use:
        raise Refused(40007, "invalid media_id")
    return found


def _sent(picture: Picture) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{picture.file_name}"'}
    return Response(picture.data, headers=headers, content_type=picture.media_type)


def _delete(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/material/del_material"""
    found = _find(parts, text(call.body(), "media_id", 40007), "permanent")
    with parts.stock.lock:
        parts.stock.pictures.pop(found.name, None)
    return OK


def _count(parts: Parts, call: Call) -> Answer:
    """GET /cgi-bin/material/get_materialcount"""
    with parts.stock.lock:
        kinds = [one.kind for one in parts.stock.pictures.values() if one.use == "permanent"]
    counts = {f"{kind}_count": kinds.count(kind) for kind in ("voice", "video")}
    return {**counts, "image_count": kinds.count("image") + kinds.count("thumb"), "news_count": published.COUNT}


def _list(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/material/batchget_material"""
    body: Mapping[str, Any] = call.body()
    if body.get("type") == "news":
        return page(published.materials(), body)
    if body.get("type") not in _LIMITS:
        raise Refused(40004, "invalid media type")
    with parts.stock.lock:
        kept = [one for one in reversed(parts.stock.pictures.values()) if one.use == "permanent"]
    items = [
        {"media_id": one.name, "name": one.file_name, "update_time": one.at, "url": address(parts, call, one)}
        for one in kept
        if one.kind == body["type"]
    ]
    return page(items, body)


CALLS: Table = {
    "/cgi-bin/media/upload": ("POST", _upload),
    "/cgi-bin/media/uploadimg": ("POST", _upload_for_bodies),
    "/cgi-bin/media/get": ("GET", lambda parts, call: _sent(_find(parts, call.args.get("media_id"), "temporary"))),
    "/cgi-bin/material/add_material": ("POST", _add),
    "/cgi-bin/material/get_material": (
        "POST",
        lambda parts, call: _sent(_find(parts, call.body().get("media_id"), "permanent")),
    ),
    "/cgi-bin/material/del_material": ("POST", _delete),
    "/cgi-bin/material/get_materialcount": ("GET", _count),
    "/cgi-bin/material/batchget_material": ("POST", _list),
}
