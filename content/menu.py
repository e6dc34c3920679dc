"""menu.toml → the custom menu as the platform takes it, checked against its limits (wechat-platform.md section 3.2)."""

import tomllib
from pathlib import Path
from typing import Any

from content.phrases import LIBRARY

MOST_TOP, MOST_SUB = 3, 5
TOP_NAME_BYTES, SUB_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024


class BadMenu(Exception):
    """The menu cannot be pushed; the message says which entry and why."""


def load_menu(data: Path | None = None) -> dict[str, Any]:
    """The body of menu/create: the bureau's menu.toml in its data folder, else the library's. Raises BadMenu."""
    own = data / "menu.toml" if data else None
    path = own if own and own.exists() else LIBRARY / "menu.toml"
    try:
        buttons = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("button", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMenu(f"{path} 写法有误：{error}。") from error
    if not _are_tables(buttons):
        raise BadMenu(f"{path} 写法有误：每个菜单以 [[button]] 开头（两层方括号）。")
    if not 1 <= len(buttons) <= MOST_TOP:
        raise BadMenu(f"一级菜单应有 1 到 {MOST_TOP} 个，现在是 {len(buttons)} 个。")
    return {"button": [_top(button) for button in buttons]}


def _top(button: dict[str, Any]) -> dict[str, Any]:
    name, subs = _name(button, TOP_NAME_BYTES), button.get("sub", [])
    if not subs:
        return {"name": name, **_action(button)}
    if not _are_tables(subs):
        raise BadMenu(f"“{name}”下面的菜单应以 [[button.sub]] 开头（两层方括号）。")
    if len(subs) > MOST_SUB:
        raise BadMenu(f"“{name}”下面最多 {MOST_SUB} 个，现在是 {len(subs)} 个。")
    return {"name": name, "sub_button": [{"name": _name(sub, SUB_NAME_BYTES), **_action(sub)} for sub in subs]}


def _are_tables(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(table, dict) for table in found)


def _name(button: dict[str, Any], most_bytes: int) -> str:
    name = str(button.get("name", ""))
    if not name or len(name.encode()) > most_bytes:
        raise BadMenu(f"菜单名称“{name}”应有 1 到 {most_bytes} 个字节（一个汉字 3 个字节）。")
    return name


def _action(button: dict[str, Any]) -> dict[str, str]:
    key, url = str(button.get("key", "")), str(button.get("url", ""))
    if bool(key) == bool(url):
        raise BadMenu(f"“{button['name']}”应写 key 或 url，二者选一。")
    if len(key.encode()) > KEY_BYTES or len(url.encode()) > URL_BYTES:
        raise BadMenu(f"“{button['name']}”的 key 或 url 太长。")
    if url and not url.startswith(("http://", "https://")):
        raise BadMenu(f"“{button['name']}”的 url 应以 https:// 开头。")
    return {"type": "click", "key": key} if key else {"type": "view", "url": url}
