"""Reads the webhook's answer as the platform does: which reply it is, and whether it may be shown. It sends
nothing.
"""

from typing import TypedDict
from xml.etree.ElementTree import Element  # the type only

from bot.sandbox import markup
from bot.sandbox.envelope import parse
from bot.sandbox.refusals import Malformed

TEXT_BYTES = 2048
_MEDIA = {"image": "Image", "voice": "Voice", "video": "Video", "music": "Music"}


class Article(TypedDict):
    title: str
    description: str
    picture: str
    url: str


class Reply(TypedDict):
    """`type` is none for «success», trouble where the citizen sees the system's tip, else the MsgType."""

    type: str
    text: str
    articles: list[Article]


NOTHING = Reply(type="none", text="", articles=[])
TROUBLE = Reply(type="trouble", text="", articles=[])


def is_silence(body: str) -> bool:
    """«success» or nothing: accepted unencrypted in every mode, and nothing is shown."""
    return body.strip() in {"", "success"}


def read_reply(xml: str, openid: str, account: str) -> Reply:
    """The reply, or Malformed."""
    root = parse(xml)
    if root.findtext("ToUserName") != openid or root.findtext("FromUserName") != account:
        raise Malformed("wrong_addresses")
    if not (root.findtext("CreateTime") or "").strip().isdecimal():
        raise Malformed("no_time")
    kind = root.findtext("MsgType") or ""
    if kind == "text":
        return _read_text(root)
    if kind == "news":
        return Reply(type=kind, text="", articles=_read_articles(root))
    if kind == "transfer_customer_service":
        return Reply(type=kind, text="", articles=[])
    if kind in _MEDIA and root.find(_MEDIA[kind]) is not None:
        return Reply(type=kind, text="", articles=[])
    raise Malformed("unknown_type")


def _read_text(root: Element) -> Reply:
    text = root.findtext("Content") or ""
    if not text:
        raise Malformed("empty_text")
    return Reply(type="text", text=text, articles=[])


def _read_articles(root: Element) -> list[Article]:
    items = root.findall("Articles/item")
    if not items or str(len(items)) != (root.findtext("ArticleCount") or "").strip():
        raise Malformed("wrong_count")
    return [_read_article(item) for item in items]


def _read_article(item: Element) -> Article:
    picture, url = item.findtext("PicUrl") or "", item.findtext("Url") or ""
    return Article(
        title=item.findtext("Title") or "",
        description=item.findtext("Description") or "",
        picture=picture if markup.is_web_address(picture) else "",
        url=url if markup.is_web_address(url) else "",
    )
