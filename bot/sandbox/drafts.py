"""The draft box: limits and codes of draft/add and draft/update, and how drafts read back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox import stripping
from bot.sandbox.calls import OK, Answer, Call, Table, page, text, whole
from bot.sandbox.media import PICTURES_AT
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from bot.sandbox.stock import Article, Draft, Picture, new_media_id

MOST_ARTICLES = 8
_TITLE, _AUTHOR, _DIGEST, _CONTENT, _URL_BYTES = 32, 16, 128, 20_000, 1024
_DIGEST_OF_BODY = 54
_MOST_IMAGES = 20
ARTICLES_AT = "sandbox/articles/"


def find(parts: Parts, media_id: object) -> Draft:
    """With the lock held."""
    draft = parts.stock.drafts.get(media_id) if isinstance(media_id, str) else None
    if draft is None:
        raise Refused(40007, "invalid media_id")
    return draft


def as_item(article: Article, address_: str, bare: bool = False) -> Answer:
    """One news_item; its address is where it can be read."""
    shown = {name: value for name, value in article.items() if name not in {"name", "cover"}}
    shown |= {"content": "" if bare else article["content"], "url": page_address(article, address_)}
    return {**shown, "thumb_url": f"{address_}{PICTURES_AT}{article['cover']}" if article["cover"] else ""}


def page_address(article: Article, address_: str) -> str:
    return f"{address_}{ARTICLES_AT}{article['name']}"


def _add(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/draft/add"""
    wanted = call.body().get("articles")
    if not isinstance(wanted, list) or not wanted:
        raise Refused(44003, "empty news data")
    if len(wanted) > MOST_ARTICLES:
        raise Refused(45008, "article size out of limit")
    articles = [_article(parts, call, one, len(wanted) == 1) for one in wanted]
    now = parts.clock.timestamp()
    draft = Draft(new_media_id(), articles, now, now)
    with parts.stock.lock:
        parts.stock.drafts[draft.media_id] = draft
        parts.stock.pages |= {article["name"]: (article, None) for article in articles}
    return {"media_id": draft.media_id, "item": []}


def _update(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/draft/update"""
    body = call.body()
    with parts.stock.lock:
        draft = find(parts, body.get("media_id"))
        index = whole(body, "index", 40114, 0)
        if not 0 <= index < len(draft.articles):
            raise Refused(40114, "invalid index value")
        article = _article(parts, call, body.get("articles"), len(draft.articles) == 1)
        draft.articles = [*draft.articles[:index], article, *draft.articles[index + 1 :]]
        draft.changed_at = parts.clock.timestamp()
        parts.stock.pages[article["name"]] = (article, None)
    return OK


def _article(parts: Parts, call: Call, wanted: object, is_alone: bool) -> Article:
    if not isinstance(wanted, dict):
        raise Refused(44003, "empty news data")
    is_pictures = wanted.get("article_type") == "newspic"
    content = _content(parts, wanted)
    cover = _images(parts, wanted)[0] if is_pictures else _cover(parts, wanted)
    digest = _short(wanted, "digest", _DIGEST, 45004, "description size out of limit") if is_alone else ""
    return {
        "name": new_media_id()[:22],
        "cover": cover.file_name,
        "article_type": "newspic" if is_pictures else "news",
        "title": _short(wanted, "title", _TITLE, 45003, "title size out of limit", is_needed=True),
        "author": _short(wanted, "author", _AUTHOR, 45110, "author size out of limit"),
        "digest": digest or stripping.plain(content)[:_DIGEST_OF_BODY],
        "content": content,
        "content_source_url": _source(wanted),
        "thumb_media_id": cover.name,
        "show_cover_pic": 0,
        "need_open_comment": int(bool(wanted.get("need_open_comment"))),
        "only_fans_can_comment": int(bool(wanted.get("only_fans_can_comment"))),
    }


def _short(wanted: Mapping[str, Any], name: str, most: int, errcode: int, errmsg: str, is_needed: bool = False) -> str:
    value = wanted.get(name) or ""
    if not isinstance(value, str):
        raise Refused(47001, "data format error")
    if len(value) > most or (is_needed and not value.strip()):
        raise Refused(errcode, errmsg)
    return value


def _content(parts: Parts, wanted: Mapping[str, Any]) -> str:
    content = text(wanted, "content", 44004, "empty content")
    if len(content) >= _CONTENT:  # fewer characters are always less than the 1 MB that is the other limit
        raise Refused(45002, "content size out of limit")
    return stripping.strip(content, lambda source: _is_our_picture(parts, source))


def _is_our_picture(parts: Parts, source: str) -> bool:
    """One that media/uploadimg or the material library has given an address."""
    try:
        path = urlsplit(source).path.lstrip("/")
    except ValueError:
        return False
    name = path.removeprefix(PICTURES_AT).rpartition(".")[0]
    with parts.stock.lock:
        found = parts.stock.pictures.get(name)
    return path.startswith(PICTURES_AT) and found is not None and found.use != "temporary"


def _cover(parts: Parts, wanted: Mapping[str, Any]) -> Picture:
    with parts.stock.lock:
        found = parts.stock.find_image(wanted.get("thumb_media_id"))
    if found is None:
        raise Refused(40007, "invalid media_id")
    return found


def _images(parts: Parts, wanted: Mapping[str, Any]) -> list[Picture]:
    info = wanted.get("image_info")
    listed = info.get("image_list") if isinstance(info, dict) else None
    if not isinstance(listed, list) or not 1 <= len(listed) <= _MOST_IMAGES:
        raise Refused(44003, "empty news data")
    names = [one.get("image_media_id") if isinstance(one, dict) else None for one in listed]
    return [_cover(parts, {"thumb_media_id": name}) for name in names]


def _source(wanted: Mapping[str, Any]) -> str:
    source = wanted.get("content_source_url") or ""
    if not isinstance(source, str) or len(source.encode()) > _URL_BYTES:
        raise Refused(45005, "url size out of limit")
    return source


def _get(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/draft/get"""
    with parts.stock.lock:
        draft = find(parts, call.body().get("media_id"))
        items = [as_item(article, call.address) for article in draft.articles]
        return {"news_item": items, "create_time": draft.made_at, "update_time": draft.changed_at}


def _delete(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/draft/delete"""
    with parts.stock.lock:
        drop(parts, find(parts, call.body().get("media_id")))
    return OK


def drop(parts: Parts, draft: Draft) -> None:
    """With the lock held. Its pages go where nothing else has brought them out."""
    parts.stock.drafts.pop(draft.media_id, None)
    for article in draft.articles:
        if parts.stock.pages.get(article["name"], (None, None))[1] is None:
            parts.stock.pages.pop(article["name"], None)


def _count(parts: Parts, call: Call) -> Answer:
    return {"total_count": len(parts.stock.drafts)}


def _list(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/draft/batchget"""
    body = call.body()
    with parts.stock.lock:
        drafts = list(reversed(parts.stock.drafts.values()))
    shown = page(drafts, body)
    shown["item"] = [
        {
            "media_id": draft.media_id,
            "content": {
                "news_item": [as_item(one, call.address, body.get("no_content") == 1) for one in draft.articles]
            },
            "update_time": draft.changed_at,
        }
        for draft in shown["item"]
    ]
    return shown


CALLS: Table = {
    "/cgi-bin/draft/add": ("POST", _add),
    "/cgi-bin/draft/update": ("POST", _update),
    "/cgi-bin/draft/get": ("POST", _get),
    "/cgi-bin/draft/delete": ("POST", _delete),
    "/cgi-bin/draft/count": ("GET", _count),
    "/cgi-bin/draft/batchget": ("POST", _list),
}
