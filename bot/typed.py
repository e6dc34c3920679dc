"""What visitors type, without the one character that no database takes."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict


class _Typed(ImmutableMultiDict[str, Any]):
    """PostgreSQL refuses a NUL in a text; no person types one."""

    def __init__(self, given: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        if isinstance(given, list):
            given = [(name, typed.replace("\0", "") if isinstance(typed, str) else typed) for name, typed in given]
        super().__init__(given)


class TypedRequest(Request):
    parameter_storage_class = _Typed
