"""What the answers are about: the one matter behind the questions that led to it, and who needs the help."""

from collections.abc import Mapping
from typing import Any

NONE = "none"
IN_SCOPE = frozenset({
    "wages", "work_injury", "relation", "support", "traffic", "medical", "food_drug", "pollution", "insurance",
    "relief", "pension", "compensation", "capacity",
})  # fmt: skip
"""《法律援助法》 article 31, items 1 to 8."""
EXEMPT = frozenset({"violence", "acquitted", "brave", "hero"})
"""Article 32, items 1 to 4."""
LABOUR = frozenset({"wages", "work_injury", "relation", "job"})
ADMINISTRATIVE = frozenset({"insurance", "relief", "pension", "decision"})
STATE = frozenset({"acquitted", "compensation"})
ACCIDENTS = frozenset({"traffic", "medical", "food_drug", "pollution", "assault"})
_FURTHER = ("accident_kind", "benefits_kind", "state_kind", "other_kind", "role")
_OF_MATTER = {"accident": _FURTHER[0], "benefits": _FURTHER[1], "state": _FURTHER[2], "other": _FURTHER[3],
              "criminal": _FURTHER[4]}  # fmt: skip


def subject_of(answers: Mapping[str, Any]) -> str:
    """The matter itself, or the kind of it that was asked for next."""
    matter = str(answers.get("matter", ""))
    return str(answers.get(_OF_MATTER[matter], "")) if matter in _OF_MATTER else matter


def chosen(answers: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """What was ticked of several, without 都没有."""
    return tuple(value for value in answers.get(name) or () if value != NONE)


def groups_of(answers: Mapping[str, Any]) -> frozenset[str]:
    """Of the person who needs the help: a child for whom somebody asks is a minor."""
    groups = frozenset(chosen(answers, "groups"))
    return groups | {"minor"} if answers.get("applicant") == "child" else groups


def is_effective(answers: Mapping[str, Any]) -> bool:
    """The judgment binds: no appeal is left, and 33 says when there is aid against it."""
    return answers.get("stage") == "effective"


def has_lawyer(answers: Mapping[str, Any]) -> bool:
    """Aid is for who has none of his own (24, 25, 28, 29, 31, 33)."""
    return "yes" in (answers.get("lawyer"), answers.get("defender"))
