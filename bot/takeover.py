"""What a live account has, read through the platform's own interfaces into files that people can check and import.

Reads only. Developer mode switches the platform's auto-replies and menu off, so this runs before the cut-over.
"""

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.wechat.client import WeChatClient
from bot.wechat.errors import PlatformError
from content.importers.documents import quoted
from content.render import AUTHOR_CHARACTERS, DIGEST_CHARACTERS, TITLE_CHARACTERS
from content.store import clock
from handlers.desk import topic_names

PAGE = 20
_HIDDEN = re.compile(r"<(style|script)\b.*?</\1\s*>|[\x00-\x08\x0b-\x1f\x7f]", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")
_BLOCK_ENDS = re.compile(r"</(?:p|section|div|h[1-6]|li)>|<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True)
class Taken:
    replies: int
    buttons: int
    articles: int


class NotEmpty(Exception):
    """There is something in the folder already, and it may be the only record of what the account had."""


def take_over(client: WeChatClient, folder: Path) -> Taken:
    """Writes autoreplies.toml, keywords.toml, menu.toml and articles/. Raises PlatformError and NotEmpty."""
    if folder.exists() and any(folder.iterdir()):
        raise NotEmpty(f"{folder} 里已经有文件：可能是上一次读到的，退回原状时要用。请换一个空文件夹再读。")
    folder.mkdir(parents=True, exist_ok=True)
    rules = client.call("get_current_autoreply_info", method="get")
    menu = client.call("get_current_selfmenu_info", method="get").get("selfmenu_info", {}).get("button", [])
    replies = _write_replies(rules, folder)
    buttons = _write_menu(menu, folder)
    return Taken(replies, buttons, _write_articles(client, folder / "articles"))


def _write_replies(rules: dict[str, Any], folder: Path) -> int:
    lines = ["# 公众号原来的自动回复（只供核对；接管后由内容库回答）", ""]
    count = 0
    for name, key in (("关注后回复", "add_friend_autoreply_info"), ("默认回复", "message_default_autoreply_info")):
        if words := rules.get(key, {}).get("content"):
            lines += ["[[reply]]", f"rule = {quoted(name)}", f"says = {quoted(words)}", ""]
            count += 1
    keywords: dict[str, str] = {}
    for rule in rules.get("keyword_autoreply_info", {}).get("list", []):
        asked = [entry["content"] for entry in rule.get("keyword_list_info", []) if entry.get("content")]
        said = [str(entry.get("content", "")) for entry in rule.get("reply_list_info", [])]
        asks = ", ".join(quoted(word) for word in asked)
        lines += ["[[reply]]", f"rule = {quoted(rule.get('rule_name', ''))}", f"asked = [{asks}]",
                  f"says = {quoted(chr(10).join(said))}", ""]  # fmt: skip
        keywords |= {word: topic_names().get(word, "") for word in asked}
        count += 1
    (folder / "autoreplies.toml").write_text("\n".join(lines), encoding="utf-8")
    _write_keywords(keywords, folder)
    return count


def _write_keywords(keywords: dict[str, str], folder: Path) -> None:
    head = ["# 右边填主题的名字（topics.toml 的 slug），不要的行删掉，再用 pufa content import 导入", "[keywords]"]
    lines = [f"{quoted(word)} = {quoted(topic)}" for word, topic in keywords.items()]
    (folder / "keywords.toml").write_text("\n".join([*head, *lines, ""]), encoding="utf-8")


def _write_menu(buttons: list[dict[str, Any]], folder: Path) -> int:
    lines = ["# 公众号原来的菜单（只供核对）", ""]
    count = 0
    for top in buttons:
        lines += ["[[button]]", f"name = {quoted(top.get('name', ''))}", *_target(top)]
        for sub in top.get("sub_button", {}).get("list", []):
            lines += ["  [[button.sub]]", f"  name = {quoted(sub.get('name', ''))}", *_target(sub, "  ")]
            count += 1
        lines.append("")
        count += 1
    (folder / "menu.toml").write_text("\n".join(lines), encoding="utf-8")
    return count


def _target(button: dict[str, Any], indent: str = "") -> list[str]:
    return [f"{indent}{name} = {quoted(str(button[name]))}" for name in ("key", "url", "value") if button.get(name)]


def _write_articles(client: WeChatClient, folder: Path) -> int:
    """Published articles first; those only in the old material library after them. The same title and text once."""
    seen: set[str] = set()
    for article, moment in [*_published(client), *_materials(client)]:
        identity = f"{article.get('title')}\n{article.get('content')}"
        if identity in seen or article.get("is_deleted"):
            continue
        seen.add(identity)
        folder.mkdir(parents=True, exist_ok=True)
        day = clock.in_beijing(clock.from_timestamp(moment))
        (folder / f"{day:%Y%m%d}-{len(seen):04d}.md").write_text(_article_file(article, moment), encoding="utf-8")
    return len(seen)


def _published(client: WeChatClient) -> Iterator[tuple[dict[str, Any], int]]:
    return _listed(client, "freepublish/batchget", {"no_content": 0})


def _materials(client: WeChatClient) -> Iterator[tuple[dict[str, Any], int]]:
    return _listed(client, "material/batchget_material", {"type": "news"})


def _listed(client: WeChatClient, path: str, wanted: dict[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
    """(article, when) page by page. An account without the right to the list has none to give (48001)."""
    offset = 0
    while True:
        try:
            page = client.call(path, {**wanted, "offset": offset, "count": PAGE})
        except PlatformError as error:
            if error.code == 48001:
                return
            raise
        items = page.get("item", [])
        for item in items:
            for article in item.get("content", {}).get("news_item", []):
                yield article, int(item.get("update_time", clock.timestamp()))
        offset += len(items)
        if not items or offset >= int(page.get("total_count", 0)):
            return


def _article_file(article: dict[str, Any], moment: int) -> str:
    values = {
        "title": str(article.get("title", "")).strip()[:TITLE_CHARACTERS] or "无标题",
        "author": str(article.get("author", ""))[:AUTHOR_CHARACTERS],
        "digest": str(article.get("digest", ""))[:DIGEST_CHARACTERS],
        "source_url": str(article.get("url", "")),
    }
    head = [f"{name} = {quoted(value)}" for name, value in values.items() if value]
    head.append(f"published_at = {clock.in_beijing(clock.from_timestamp(moment)).isoformat()}")
    return "\n".join(["+++", *head, "+++", _plain(str(article.get("content", ""))), ""])


def _plain(markup: str) -> str:
    """An article's words in paragraphs; its layout stays with the platform, where `source_url` leads."""
    text = entities.unescape(_TAGS.sub("", _BLOCK_ENDS.sub("\n\n", _HIDDEN.sub("", markup))))
    return re.sub(r"\n\s*\n+", "\n\n", text).strip()
