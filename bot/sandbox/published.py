"""What the account had before: auto-replies and articles for trying the take-over. All of it says that it
is made up.
"""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.words import section

_MADE_AT = 1_790_000_000  # 2026-09-21: a fixed moment, so that reading twice gives the same
COUNT = len(section("articles"))


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


def published(bare: bool) -> list[dict[str, Any]]:
    """The items for freepublish/batchget."""
    return [
        {
            "article_id": f"DEMO_ARTICLE_{number}",
            "content": {"news_item": [_article(number, article, bare)]},
            "update_time": _MADE_AT + number,
        }
        for number, article in enumerate(section("articles"), 1)
    ]


def find_published(article_id: object) -> dict[str, Any] | None:
    """The answer of freepublish/getarticle, where the article is one of the demonstration's."""
    found = next((item for item in published(bare=False) if item["article_id"] == article_id), None)
    moments = {"create_time": _MADE_AT, "update_time": _MADE_AT}
    return {"news_item": found["content"]["news_item"], **moments} if found else None


def materials() -> list[dict[str, Any]]:
    """The items for material/batchget_material of the type news."""
    return [
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
