"""menu.toml → the custom menu as the platform takes it, checked against its limits (wechat-platform.md section 3.2) and
against what a tap can lead to: a topic, or words that the bureau knows.
"""

import tomllib
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from content import repository
from content.phrases import LIBRARY

MOST_TOP, MOST_SUB = 3, 5
TOP_NAME_BYTES, SUB_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024
FIELDS = ("name", "key", "url")


class BadMenu(Exception):
    """The menu cannot be pushed; the message says which entry and why."""


def load_menu(data: Path | None = None, words: Collection[str] = ()) -> dict[str, Any]:
    """The body of menu/create: the bureau's menu.toml in its data folder, else the library's. Raises BadMenu.

    `words`: the bureau's own that mean a topic, beside those of the library.
    """
    own = data / "menu.toml" if data else None
    path = own if own and own.exists() else LIBRARY / "menu.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMenu(f"{path} 写法有误：{error}。") from error
    buttons = tables.pop("button", [])
    if tables:
        raise BadMenu(f"{path} 里有不认识的项目：{'、'.join(tables)}。每个菜单以 [[button]] 开头。")
    if not _are_tables(buttons):
        raise BadMenu(f"{path} 写法有误：每个菜单以 [[button]] 开头（两层方括号）。")
    if not 1 <= len(buttons) <= MOST_TOP:
        raise BadMenu(f"一级菜单应有 1 到 {MOST_TOP} 个，现在是 {len(buttons)} 个。")
    known = {*_library_words(), *words}
    made = [_top(button, known) for button in buttons]
    _refuse_twins(made, "一级菜单")
    return {"button": made}


@cache
def _library_words() -> frozenset[str]:
    """Slugs and names of topics, and the words of which one is enough to mean a topic."""
    found = {word for topic in repository.topics().values() for word in (topic.slug, topic.name)}
    for file in (LIBRARY / "synonyms").glob("*.toml"):
        for topic in tomllib.loads(file.read_text(encoding="utf-8")).values():
            found.update(topic.get("strong", ()))
    return frozenset(found)


def _top(button: dict[str, Any], known: Collection[str]) -> dict[str, Any]:
    name, subs = _name(button, TOP_NAME_BYTES), button.get("sub", [])
    _check_fields(button, (*FIELDS, "sub"))
    if not subs:
        return {"name": name, **_action(button, known)}
    if not _are_tables(subs):
        raise BadMenu(f"“{name}”下面的菜单应以 [[button.sub]] 开头（两层方括号）。")
    if button.get("key") or button.get("url"):
        raise BadMenu(f"“{name}”下面有二级菜单，点它只会展开：请去掉它自己的 key 或 url。")
    if len(subs) > MOST_SUB:
        raise BadMenu(f"“{name}”下面最多 {MOST_SUB} 个，现在是 {len(subs)} 个。")
    made = [_sub(sub, known) for sub in subs]
    _refuse_twins(made, f"“{name}”下面")
    return {"name": name, "sub_button": made}


def _sub(button: dict[str, Any], known: Collection[str]) -> dict[str, str]:
    name = _name(button, SUB_NAME_BYTES)
    if "sub" in button:
        raise BadMenu(f"“{name}”已经是二级菜单，下面不能再有菜单。")
    _check_fields(button, FIELDS)
    return {"name": name, **_action(button, known)}


def _are_tables(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(table, dict) for table in found)


def _name(button: dict[str, Any], most_bytes: int) -> str:
    name = button.get("name", "")
    if not isinstance(name, str):
        raise BadMenu(f"菜单名称 {name} 应写在引号里。")
    if not name.strip() or len(name.encode()) > most_bytes:
        raise BadMenu(f"菜单名称“{name}”应有 1 到 {most_bytes} 个字节（一个汉字 3 个字节）。")
    return name


def _check_fields(button: dict[str, Any], fields: tuple[str, ...]) -> None:
    if unknown := [field for field in button if field not in fields]:
        raise BadMenu(f"“{button['name']}”里有不认识的项目：{'、'.join(unknown)}。可用的是 {'、'.join(fields)}。")
    for field in ("key", "url"):
        if not isinstance(button.get(field, ""), str):
            raise BadMenu(f"“{button['name']}”的 {field} 应写在引号里。")


def _action(button: dict[str, Any], known: Collection[str]) -> dict[str, str]:
    key, url = button.get("key", ""), button.get("url", "")
    if bool(key) == bool(url):
        raise BadMenu(f"“{button['name']}”应写 key 或 url，二者选一。")
    if len(key.encode()) > KEY_BYTES or len(url.encode()) > URL_BYTES:
        raise BadMenu(f"“{button['name']}”的 key 或 url 太长。")
    if url and not url.startswith(("http://", "https://")):
        raise BadMenu(f"“{button['name']}”的 url 应以 https:// 开头。")
    if key and key not in known:
        told = "应是主题（topics.toml 里的 slug，如 legal-aid/overview），或能单独表示一个主题的词"
        raise BadMenu(f"“{button['name']}”的 key “{key}”不认识：{told}。本局自己的词先用 pufa content import 导入。")
    return {"type": "click", "key": key} if key else {"type": "view", "url": url}


def _refuse_twins(made: list[dict[str, Any]], where: str) -> None:
    """Two entries of one list with the same name, or that lead to the same."""
    seen: set[str] = set()
    for button in made:
        for said in (button["name"], button.get("key"), button.get("url")):
            if said and said in seen:
                raise BadMenu(f"{where}有两个“{said}”：名称和去处都不要重复。")
        seen |= {said for said in (button["name"], button.get("key"), button.get("url")) if said}
