"""What a citizen does on the phone, written as the XML fields that the platform would push for it.
It knows the shapes of section 1 of the platform's documentation and sends nothing.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.sandbox.refusals import NotPossible

Fields = Mapping[str, object]
Form = Mapping[str, object]

MENU_EVENTS = {
    "click": "CLICK",
    "view": "VIEW",
    "miniprogram": "view_miniprogram",
    "scancode_push": "scancode_push",
    "scancode_waitmsg": "scancode_waitmsg",
    "pic_sysphoto": "pic_sysphoto",
    "pic_photo_or_album": "pic_photo_or_album",
    "pic_weixin": "pic_weixin",
    "location_select": "location_select",
}
NO_ANSWER_SHOWN = {"unsubscribe", "view", "miniprogram", "position"}


@dataclass(frozen=True)
class Message:
    """One push: `fields` without the addresses, and what the platform counts it as."""

    kind: str
    fields: Fields

    @property
    def is_event(self) -> bool:
        return self.fields["MsgType"] == "event"


def compose(kind: str, form: Form, picture_url: str = "") -> Message:
    """The push for what was done, or NotPossible."""
    if kind in MENU_EVENTS:
        return Message(kind, _menu_event(kind, form))
    write = _KINDS.get(kind)
    if write is None:
        raise NotPossible("unknown_kind")
    return Message(kind, write({**form, "picture_url": form.get("picture_url", picture_url)}))


def _media_id() -> str:
    return secrets.token_urlsafe(48)


def words(form: Form, name: str, default: str | None = None, most: int = 4000) -> str:
    """A text of the form, without the characters that XML cannot carry."""
    value = form.get(name, default)
    if not isinstance(value, str) or len(value) > most:
        raise NotPossible("bad_field")
    kept = "".join(c for c in value if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff"))
    if default is None and not kept.strip():
        raise NotPossible("bad_field")
    return kept


def _degrees(form: Form, name: str, most: float) -> str:
    value = form.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NotPossible("bad_field")
    try:
        degrees = float(value)
    except ValueError:
        raise NotPossible("bad_field") from None
    if not -most <= degrees <= most:
        raise NotPossible("bad_field")
    return f"{degrees:.6f}"


def _text(form: Form) -> Fields:
    fields = {"MsgType": "text", "Content": words(form, "text")}
    chosen = words(form, "bizmsgmenuid", "")
    return {**fields, "bizmsgmenuid": chosen} if chosen else fields


def _image(form: Form) -> Fields:
    return {"MsgType": "image", "PicUrl": words(form, "picture_url", ""), "MediaId": _media_id()}


def _voice(form: Form) -> Fields:
    return {"MsgType": "voice", "MediaId": _media_id(), "Format": "amr", "MediaId16K": _media_id()}


def _video(form: Form) -> Fields:
    return {"MsgType": "video", "MediaId": _media_id(), "ThumbMediaId": _media_id()}


def _short_video(form: Form) -> Fields:
    return {**_video(form), "MsgType": "shortvideo"}


def _link(form: Form) -> Fields:
    return {
        "MsgType": "link",
        "Title": words(form, "title", ""),
        "Description": words(form, "description", ""),
        "Url": words(form, "url"),
    }


def _location(form: Form) -> Fields:
    return {
        "MsgType": "location",
        "Location_X": _degrees(form, "latitude", 90),
        "Location_Y": _degrees(form, "longitude", 180),
        "Scale": 15,
        "Label": words(form, "label", ""),
    }


def _position(form: Form) -> Fields:
    return {
        "MsgType": "event",
        "Event": "LOCATION",
        "Latitude": _degrees(form, "latitude", 90),
        "Longitude": _degrees(form, "longitude", 180),
        "Precision": "40.000000",
    }


def _ticket(scene: str) -> str:
    return f"gQSANDBOX{scene.encode().hex()[:40]}"


def _subscribe(form: Form) -> Fields:
    scene = words(form, "scene", "", most=64)
    fields = {"MsgType": "event", "Event": "subscribe"}
    if not scene:
        return {**fields, "EventKey": ""}
    return {**fields, "EventKey": f"qrscene_{scene}", "Ticket": _ticket(scene)}


def _unsubscribe(form: Form) -> Fields:
    return {"MsgType": "event", "Event": "unsubscribe", "EventKey": ""}


def _scan(form: Form) -> Fields:
    scene = words(form, "scene", most=64)
    return {"MsgType": "event", "Event": "SCAN", "EventKey": scene, "Ticket": _ticket(scene)}


def _menu_event(kind: str, form: Form) -> Fields:
    fields: dict[str, object] = {"MsgType": "event", "Event": MENU_EVENTS[kind]}
    fields["EventKey"] = words(form, "key", most=1024)
    if kind.startswith("scancode_"):
        fields["ScanCodeInfo"] = {"ScanType": "qrcode", "ScanResult": words(form, "text", "1")}
    elif kind.startswith("pic_"):
        item = {"PicMd5Sum": secrets.token_hex(16)}
        fields["SendPicsInfo"] = {"Count": 1, "PicList": {"item": item}}
    elif kind == "location_select":
        place = {key: value for key, value in _location(form).items() if key != "MsgType"}
        fields["SendLocationInfo"] = {**place, "Poiname": ""}
    return fields


def _any_event(form: Form) -> Fields:
    fields = form.get("fields", {})
    if not isinstance(fields, dict):
        raise NotPossible("bad_field")
    return {"MsgType": "event", "Event": words(form, "event", most=64), **fields}


_KINDS: dict[str, Callable[[Form], Fields]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _short_video,
    "link": _link,
    "location": _location,
    "position": _position,
    "subscribe": _subscribe,
    "unsubscribe": _unsubscribe,
    "scan": _scan,
    "event": _any_event,
}
