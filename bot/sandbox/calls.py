"""One call of the server API as it came, and readers for the shapes that many calls share."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from bot.sandbox.refusals import Refused

Answer = dict[str, Any]
MOST_ON_A_PAGE = 20


@dataclass(frozen=True)
class Upload:
    """One file of a multipart body."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Call:
    """The query, the body's bytes or its files, and the address by which the sandbox was reached."""

    args: Mapping[str, str]
    raw: bytes = b""
    files: Mapping[str, Upload] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    address: str = ""

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


Act = Callable[[Any, Call], Answer | Response]
Table = dict[str, tuple[str, Act]]

OK: Answer = {"errcode": 0, "errmsg": "ok"}


def text(body: Mapping[str, Any], name: str, errcode: int, errmsg: str = "") -> str:
    """A text that must be there."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(errcode, errmsg or f"invalid {name}")
    return value


def whole(body: Mapping[str, Any], name: str, errcode: int, default: int | None = None) -> int:
    """A whole number, also where it is written as a text, as the platform accepts it."""
    value = body.get(name, default)
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(errcode, f"invalid {name}")
    return value


def page(items: list[Any], body: Mapping[str, Any]) -> Answer:
    offset, count = body.get("offset"), body.get("count")
    if not isinstance(offset, int) or not isinstance(count, int) or offset < 0 or not 1 <= count <= MOST_ON_A_PAGE:
        raise Refused(40097, "invalid args")
    shown = items[offset : offset + count]
    return {"total_count": len(items), "item_count": len(shown), "item": shown}
