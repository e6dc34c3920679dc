"""What the account had before: auto-replies and articles for trying the take-over. All of it says that it
is made up.
"""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.refusals import Refused
from bot.sandbox.words import section

_MADE_AT = 1_790_000_000  # 2026-09-21: a fixed moment, so that reading twice gives the same
_MATERIAL_TYPES = {"news", "image", "video", "voice"}


def auto_replies() -> dict[str, Any]:
    """GET /cgi-bin/get_current_autoreply_info"""
    held = section("auto_replies")
    return {
        "is_add_friend_reply_open": 1,
        "is_autoreply_open": 1,
        "add_friend_autoreply_info": _text(held["welcome"]),
        "message_default_autoreply_info": _text(held["default"]),
        "keyword_autoreply_info": {"list": [_rule(rule) for rule in held["rules"]]},
    }


def list_published(body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/freepublish/batchget"""
    bare = body.get("no_content") == 1
    items = [
        {
            "article_id": f"DEMO_ARTICLE_{number}",
            "content": {"news_item": [_article(number, article, bare)]},
            "update_time": _MADE_AT + number,
        }
        for number, article in enumerate(section("articles"), 1)
    ]
    return _page(items, body)


def list_material(body: Mapping[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/material/batchget_material"""
    if body.get("type") not in _MATERIAL_TYPES:
        raise Refused(40004, "invalid media type")
    items = [
        {
            "media_id": f"DEMO_MATERIAL_{number}",
            "content": {
                "news_item": [_article(number, article, bare=False)],
                "create_time": _MADE_AT + number,
                "update_time": _MADE_AT + number,
            },
            "update_time": _MADE_AT + number,
        }
        for number, article in enumerate(section("articles"), 1)
    ]
    return _page(items if body["type"] == "news" else [], body)


def _text(content: str) -> dict[str, str]:
    return {"type": "text", "content": content}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule_name": rule["rule_name"],
        "create_time": _MADE_AT,
        "reply_mode": "random_one",
        "keyword_list_info": [{"type": "text", **keyword} for keyword in rule["keywords"]],
        "reply_list_info": [_text(reply) for reply in rule["replies"]],
    }


def _article(number: int, article: Mapping[str, Any], bare: bool) -> dict[str, Any]:
    return {
        "title": article["title"],
        "author": article["author"],
        "digest": article["digest"],
        "content": "" if bare else article["content"],
        "content_source_url": "",
        "thumb_media_id": f"DEMO_THUMB_{number}",
        "show_cover_pic": 0,
        "need_open_comment": 0,
        "only_fans_can_comment": 0,
        "url": f"https://mp.weixin.qq.com/s/DEMO_{number}",
        "is_deleted": False,
    }


def _page(items: list[dict[str, Any]], body: Mapping[str, Any]) -> dict[str, Any]:
    offset, count = body.get("offset"), body.get("count")
    if not isinstance(offset, int) or not isinstance(count, int) or offset < 0 or not 1 <= count <= 20:
        raise Refused(40097, "invalid args")
    page = items[offset : offset + count]
    return {"total_count": len(items), "item_count": len(page), "item": page}
