"""Customer-service messages: the windows that a citizen's acts open, and what is sent inside them, shown on
the phone.
"""

from collections.abc import Mapping
from typing import Any

from bot.sandbox import markup
from bot.sandbox.incoming import Message
from bot.sandbox.refusals import Refused
from bot.sandbox.replies import TEXT_BYTES, Article
from bot.sandbox.state import Citizen, State
from bot.sandbox.words import section, sentence

_TWO_DAYS = 48 * 3600
# what was done → the trigger, how many messages, for how many seconds
_BY_KIND = {
    "subscribe": ("subscribe", 3, 60),
    "scan": ("scan", 3, 60),
    "click": ("menu", 3, 60),
    "scancode_push": ("menu", 3, 60),
    "scancode_waitmsg": ("menu", 3, 60),
}


def open_window(state: State, citizen: Citizen, message: Message) -> None:
    """A message or act of the citizen lets the account speak for a while."""
    if not message.is_event:
        state.open_window(citizen, "message", 5, _TWO_DAYS)
    elif message.kind in _BY_KIND:
        state.open_window(citizen, *_BY_KIND[message.kind])


def send(state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/message/custom/send"""
    openid = body.get("touser")
    citizen = state.find_citizen(openid) if isinstance(openid, str) and openid else None
    if citizen is None or citizen.openid != openid:
        raise Refused(40003, "invalid openid")
    if not citizen.following:
        raise Refused(43004, "require subscribe")
    kind = body.get("msgtype")
    branch = body.get(kind) if isinstance(kind, str) else None
    if kind not in _READ or not isinstance(branch, dict):
        raise Refused(40008, "invalid message type")
    text, articles = _READ[kind](branch)
    with state.lock:
        _spend(citizen, state.clock.timestamp())
        state.add_entry(citizen, "account", "news" if articles else "text", text, articles)
    return {"errcode": 0, "errmsg": "ok"}


def _spend(citizen: Citizen, now: int) -> None:
    open_now = [window for window in citizen.windows.values() if window.until > now]
    if not open_now:
        raise Refused(45015, "response out of time limit or subscription is canceled")
    usable = [window for window in open_now if window.left > 0]
    if not usable:
        raise Refused(45047, "out of response count limit")
    min(usable, key=lambda window: window.until).left -= 1


def _required(branch: Mapping[str, Any], name: str) -> str:
    value = branch.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(44004, "empty content")
    if len(value.encode()) > TEXT_BYTES:
        raise Refused(45002, "content size out of limit")
    return value


def _text(branch: Mapping[str, Any]) -> tuple[str, list[Article]]:
    return _required(branch, "content"), []


def _news(branch: Mapping[str, Any]) -> tuple[str, list[Article]]:
    articles = branch.get("articles")
    if not isinstance(articles, list) or not articles:
        raise Refused(44003, "empty news data")
    if len(articles) > 1:
        raise Refused(45008, "article size out of limit")
    held = articles[0] if isinstance(articles[0], dict) else {}
    return "", [
        Article(
            title=str(held.get("title", "")),
            description=str(held.get("description", "")),
            picture=_address(held.get("picurl")),
            url=_address(held.get("url")),
        )
    ]


def _choices(branch: Mapping[str, Any]) -> tuple[str, list[Article]]:
    choices = branch.get("list")
    if not isinstance(choices, list) or not all(isinstance(one, dict) for one in choices) or not choices:
        raise Refused(47001, "data format error")
    lines = [markup.choice(str(one.get("content", "")), str(one.get("id", ""))) for one in choices]
    return "\n".join(filter(None, [branch.get("head_content"), *lines, branch.get("tail_content")])), []


def _picture(branch: Mapping[str, Any]) -> tuple[str, list[Article]]:
    if not isinstance(branch.get("media_id"), str) or not branch["media_id"]:
        raise Refused(40007, "invalid media_id")
    return sentence("shown", "media", kind=section("media_names")["image"]), []


def _address(value: object) -> str:
    return value if isinstance(value, str) and markup.is_web_address(value) else ""


_READ = {"text": _text, "news": _news, "msgmenu": _choices, "image": _picture}
