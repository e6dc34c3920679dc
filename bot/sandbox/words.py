"""The sandbox's own Chinese sentences and demonstration data, read from `words.toml` once. It decides
nothing.
"""

import tomllib
from pathlib import Path
from typing import Any

_WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def section(name: str) -> Any:
    """A part of the file: a table, or a list of tables or strings."""
    return _WORDS[name]


def sentence(part: str, key: str, **values: object) -> str:
    """One sentence of the part, with its places filled in."""
    return str(_WORDS[part][key]).format(**values)
