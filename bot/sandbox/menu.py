"""The custom menu: the platform's limits and codes for a new one, and the two forms in which it is read
back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.markup import is_web_address
from bot.sandbox.refusals import Refused
from bot.sandbox.state import State
from bot.sandbox.words import section

Button = dict[str, Any]

_KEYED = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}
_NEEDS = {
    **dict.fromkeys(_KEYED, ("key",)),
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "media_id": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}


@dataclass(frozen=True)
class _Level:
    """The limits and codes of one level of buttons."""

    most: int
    count_code: int
    type_code: int
    name_bytes: int
    name_code: int
    key_code: int
    url_code: int
    domain_code: int


_TOP = _Level(3, 40016, 40017, 16, 40018, 40019, 40020, 40055)
_SUB = _Level(5, 40023, 40024, 60, 40025, 40026, 40027, 40054)


def create(state: State, raw: bytes, body: Mapping[str, Any]) -> dict[str, Any]:
    if b"\\u" in raw:
        raise Refused(40033, "invalid charset. please check your request, if include \\uxxxx will create fail!")
    state.set_menu({"button": _checked(body.get("button"), _TOP)})
    return {"errcode": 0, "errmsg": "ok"}


def read(state: State) -> dict[str, Any]:
    menu = state.menu()
    if menu is None:
        raise Refused(46003, "menu no exist")
    return {"menu": menu}


def delete(state: State) -> dict[str, Any]:
    state.set_menu(None)
    return {"errcode": 0, "errmsg": "ok"}


def read_current(state: State) -> dict[str, Any]:
    """Also what the console made, which is the demonstration menu until one is pushed."""
    menu = state.menu()
    if menu is not None:
        buttons = [_as_listed(button) for button in menu["button"]]
    else:
        buttons = [
            {"name": button["name"], "sub_button": {"list": button["items"]}} for button in section("console_menu")
        ]
    return {"is_menu_open": 1, "selfmenu_info": {"button": buttons}}


def find_name(state: State, kind: str, key: str) -> str:
    """What is written on the button with this type and key or address."""
    menu = state.menu() or {"button": []}
    every = [sub for top in menu["button"] for sub in (top, *top.get("sub_button", ()))]
    for button in every:
        if button.get("type") == kind and key in {
            button.get("key"),
            button.get("url"),
            button.get("pagepath"),
        }:
            return str(button["name"])
    return key


def _as_listed(button: Button) -> Button:
    if not button.get("sub_button"):
        return {key: value for key, value in button.items() if key != "sub_button"}
    return {"name": button["name"], "sub_button": {"list": button["sub_button"]}}


def _checked(buttons: object, level: _Level) -> list[Button]:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= level.most:
        raise Refused(level.count_code, "invalid button size")
    return [_checked_button(button, level) for button in buttons]


def _checked_button(button: object, level: _Level) -> Button:
    if not isinstance(button, dict):
        raise Refused(47001, "data format error")
    name = button.get("name")
    if not isinstance(name, str) or not name.strip() or len(name.encode()) > level.name_bytes:
        raise Refused(level.name_code, "invalid button name size")
    subs = button.get("sub_button")
    if subs and level is _TOP:
        return {"name": name, "sub_button": _checked(subs, _SUB)}
    return {
        "type": _checked_type(button, level),
        "name": name,
        **_checked_target(button, level),
        "sub_button": [],
    }


def _checked_type(button: Button, level: _Level) -> str:
    kind = button.get("type")
    if not isinstance(kind, str) or kind not in _NEEDS or button.get("sub_button"):
        raise Refused(level.type_code, "invalid button type")
    return kind


def _checked_target(button: Button, level: _Level) -> dict[str, str]:
    target: dict[str, str] = {}
    for name in _NEEDS[button["type"]]:
        value = button.get(name)
        is_address = name == "url"
        too_long = 1024 if is_address else 128
        if not isinstance(value, str) or not value or len(value.encode()) > too_long:
            raise Refused(level.url_code if is_address else level.key_code, f"invalid button {name} size")
        if is_address and not is_web_address(value):
            raise Refused(level.domain_code, "invalid button url domain")
        target[name] = value
    return target
