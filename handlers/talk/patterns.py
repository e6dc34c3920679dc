"""The library's lists of patterns, each searched as one, and quickly.

RE2 first rules out, in one pass, what cannot hold any of them; only what is left is searched exactly. RE2 knows no
look-around: without it a pattern matches more, never less, so what RE2 does not find is not there.
"""

import re
import tomllib
from functools import cache

import re2

from content.phrases import LIBRARY

_LOOK_AROUND = re.compile(r"\(\?<?[!=]")
_SIGN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|.", re.DOTALL)
MEMORY_BYTES = 64 << 20


class Patterns:
    def __init__(self, parts: list[str]) -> None:
        options = re2.Options()
        options.max_mem = MEMORY_BYTES
        self._exact = re.compile(_as_one(parts))
        self._wider = re2.compile(_as_one([without_look_around(part) for part in parts]), options)

    def find(self, text: str) -> re.Match[str] | None:
        return self._exact.search(text) if self._wider.search(text) else None

    def are_in(self, text: str) -> bool:
        return self.find(text) is not None

    def take_out(self, text: str) -> str:
        return self._exact.sub("", text) if self._wider.search(text) else text


@cache
def patterns(name: str) -> Patterns:
    """One of the lists of emergency.toml."""
    return Patterns(tomllib.loads((LIBRARY / "emergency.toml").read_text(encoding="utf-8"))[name])


def without_look_around(pattern: str) -> str:
    """The pattern with every (?!…), (?=…), (?<!…) and (?<=…) left out."""
    kept, place = "", 0
    for sign in _SIGN.finditer(pattern):
        if sign.start() < place:
            continue
        is_look_around = _LOOK_AROUND.match(pattern, sign.start()) is not None
        place = _end_of_group(pattern, sign.start()) if is_look_around else sign.end()
        kept += "" if is_look_around else sign[0]
    return kept


def _end_of_group(pattern: str, place: int) -> int:
    depth = 0
    for sign in _SIGN.finditer(pattern, place):
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
        if depth == 0:
            return sign.end()
    raise ValueError(f"a group does not end: {pattern}")


def _as_one(parts: list[str]) -> str:
    return "|".join(f"(?:{part})" for part in parts)
