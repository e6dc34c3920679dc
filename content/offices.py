"""Where things are and how to reach them: facts only the bureau knows, filled into texts by name.

The library ships every place with empty fields; the bureau fills `offices.toml` in its data folder. A line of a
text that holds an unfilled `{{place.field}}` is never shown: the first such line becomes the phrase that points to
12348.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from content.phrases import LIBRARY, say

FIELDS = ("name", "address", "phone", "hours", "url", "email", "note")
PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\.(\w+)\s*\}\}")

Offices = Mapping[str, Mapping[str, str]]


class OfficesUnreadable(Exception):
    """The bureau's file cannot be used; the message says where and why."""


def load_offices(data: Path | None = None) -> Offices:
    """The library's places with the bureau's own facts over them. Raises OfficesUnreadable."""
    offices = {place: dict(fields) for place, fields in _read(LIBRARY / "offices.toml").items()}
    own = data / "offices.toml" if data else None
    if own and own.exists():
        for place, fields in _read(own).items():
            facts = _known(own, place, fields, offices)
            offices[place].update(facts)
    return offices


def _known(own: Path, place: str, fields: Any, offices: Offices) -> dict[str, str]:
    """What the bureau wrote of one place. Raises OfficesUnreadable."""
    if place not in offices or not isinstance(fields, dict):
        raise OfficesUnreadable(f"{own} 里有不认识的名称：{place}。可用的名称见内容库的 offices.toml。")
    if unknown := "、".join(sorted(set(fields) - set(FIELDS))):
        raise OfficesUnreadable(f"{own} 的 [{place}] 里有不认识的项目：{unknown}。可用：{'、'.join(FIELDS)}。")
    for field, fact in fields.items():
        if not isinstance(fact, str) or "\n" in fact:
            raise OfficesUnreadable(f"{own} 的 [{place}] 里 {field} 应写成一行，用引号括起。")
    return {field: fact.strip() for field, fact in fields.items()}


def fill(text: str, offices: Offices) -> str:
    """The text as a citizen may read it."""
    lines: list[str] = []
    pointed = False
    for line in text.splitlines():
        if not _is_lacking(line, offices):
            lines.append(PLACEHOLDER.sub(lambda match: _fact(offices, match[1], match[2]), line))
        elif not pointed:
            lines.append(_marker(line) + say("ask_12348"))
            pointed = True
    return "\n".join(lines)


def _is_lacking(line: str, offices: Offices) -> bool:
    return "{{" in PLACEHOLDER.sub(lambda match: "" if _fact(offices, match[1], match[2]) else match[0], line)


def unfilled(text: str, offices: Offices) -> list[str]:
    """`place.field` of every placeholder in the text that has no fact yet, or that is no place at all."""
    return [f"{place}.{field}" for place, field in PLACEHOLDER.findall(text) if not _fact(offices, place, field)]


def _fact(offices: Offices, place: str, field: str) -> str:
    return offices.get(place, {}).get(field, "")


def _marker(line: str) -> str:
    """The list sign or indent at the line's beginning, so that a list stays a list."""
    found = re.match(r"\s*(?:(?:[-*]|\d+\.)\s+)?", line)
    return found[0] if found else ""


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OfficesUnreadable(f"{path} 写法有误：{error}。") from error
