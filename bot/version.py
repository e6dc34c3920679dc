"""The version of the program, read from the first heading of CHANGELOG.md and written nowhere else."""

import re
from importlib import metadata
from pathlib import Path

_CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"
_HEADING = re.compile(r"^## (\d+\.\d+\.\d+)", re.MULTILINE)


def _read_version() -> str:
    if _CHANGELOG.exists() and (found := _HEADING.search(_CHANGELOG.read_text(encoding="utf-8"))):
        return found.group(1)
    return metadata.version("huludao-pufa")


VERSION = _read_version()
