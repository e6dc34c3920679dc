"""Our short fixed sentences by key, from library/phrases. Python decides, the library speaks."""

import tomllib
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).parent / "library"


@cache
def _phrases() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted((LIBRARY / "phrases").glob("*.toml")):
        for key, text in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if key in found:
                raise ValueError(f"the phrase {key} is given twice")
            found[key] = text.strip()
    return found


def say(key: str, **values: object) -> str:
    """The sentence of this key, its {blanks} filled. Raises KeyError for an unknown key or a missing blank."""
    return _phrases()[key].format(**values)


def all_keys() -> set[str]:
    return set(_phrases())
