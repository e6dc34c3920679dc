"""What is kept, why, by which law, until when and what happens then: library/retention.toml, read once. What citizens
are told, what the console shows and what housekeeping does come from here; tests hold them together.
"""

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from content.phrases import LIBRARY


class Fate(StrEnum):
    """What an erasure does to it."""

    GONE = "gone"
    UNTIED = "untied"  # it stays, and nobody can tell any more whose it is
    KEPT = "kept"  # until its time is over
    APART = "apart"  # nothing in it leads to an openid


class Tie(StrEnum):
    """Which name of a person a column holds."""

    CITIZEN = "citizen"
    PSEUDONYM = "pseudonym"
    PARTICIPANT = "participant"  # another in each campaign or showcase, see citizens.participant_of
    TRACE = "trace"  # his name in a log, which `of` names, see traces.py
    VIA = "via"  # rows hang on those of another table of the kind
    NONE = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A table that holds something of the kind."""

    name: str
    by: Tie = Tie.NONE
    column: str = ""
    of: str = ""
    """Of a participant: the column that says in which campaign. Of a trace: the log."""
    named: str = "{}"
    """How the campaign is called in participant_of."""
    parent: str = ""
    matches: dict[str, str] = field(default_factory=dict)
    """Of rows that hang on another's: their column → the parent's."""
    columns: dict[str, str] = field(default_factory=dict)
    """What its owner is shown: column → what it is called."""
    sealed: dict[str, str] = field(default_factory=dict)
    """Which of them are encrypted, and for which purpose."""
    called: dict[str, dict[str, str] | str] = field(default_factory=dict)
    """How what stands in a column as a word of the program is told: by word, or by whom in naming.py."""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    title: str
    holds: str
    purpose: str
    basis: tuple[str, ...]
    until: str
    after: str
    on_erasure: Fate
    why: str = ""
    """Why it does not go with the person."""
    purge: str = ""
    """The name of what enforces it in scheduler/housekeeping.py; empty where an act ends it, not a day."""
    rules: dict[str, int] = field(default_factory=dict)
    """Where the code has its lengths of time → whole days."""
    is_inner: bool = False
    """Of our own work: for staff, not for citizens."""
    places: tuple[Place, ...] = ()

    @property
    def is_tied(self) -> bool:
        """Whether anything of it can be found by who somebody is."""
        return any(place.by for place in self.places)


@cache
def kinds() -> tuple[Kind, ...]:
    written = tomllib.loads((LIBRARY / "retention.toml").read_text(encoding="utf-8"))["kind"]
    return tuple(_kind(entry) for entry in written)


def told() -> tuple[Kind, ...]:
    """Those that concern citizens."""
    return tuple(kind for kind in kinds() if not kind.is_inner)


def emptied_tables() -> frozenset[str]:
    """From which an erasure deletes something."""
    return frozenset(place.name for kind in kinds() if kind.on_erasure is not Fate.APART for place in kind.places)


def _kind(entry: dict[str, object]) -> Kind:
    words = dict(entry)
    tables: list[dict[str, object]] = words.pop("table", [])  # type: ignore[assignment]
    places = tuple(Place(**{**table, "by": Tie(str(table.get("by", "")))}) for table in tables)  # type: ignore[arg-type]
    basis = tuple(words.pop("basis"))  # type: ignore[arg-type, var-annotated]
    return Kind(**{**words, "basis": basis, "on_erasure": Fate(str(words["on_erasure"])), "places": places})  # type: ignore[arg-type]
