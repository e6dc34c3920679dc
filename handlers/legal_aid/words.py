"""The words of the outcome card, read from library/legal_aid.toml: tables of sentences by key."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from content.phrases import LIBRARY

FILE = LIBRARY / "legal_aid.toml"

Table = Mapping[str, Any]


@cache
def tables() -> Mapping[str, Table]:
    found: Mapping[str, Table] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return found


def word(table: str, key: str, **blanks: object) -> str:
    """The sentence, its {blanks} filled. Raises KeyError."""
    sentence = str(tables()[table][key])
    return sentence.format(**blanks) if blanks else sentence


def words(table: str, keys: tuple[str, ...]) -> list[str]:
    return [word(table, key) for key in keys]
