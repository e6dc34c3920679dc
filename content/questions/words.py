"""What the bank's parts are called in files and on pages, from library/question_bank.toml; what was meant by a word."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from content.phrases import LIBRARY

LETTERS = "ABCDEFGH"
JUDGED = ("对", "错")
"""The options of a question that is true or false."""
EXAMPLE = "示例"
"""The key of a row that only shows how one is written."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: str
    also: tuple[str, ...]
    width: int
    tip: str


@cache
def columns() -> tuple[Column, ...]:
    return tuple(Column(one["name"], one["label"], tuple(one["also"]), one["width"], one["tip"])
                 for one in _library()["column"])  # fmt: skip


def label(field: str) -> str:
    return next((column.label for column in columns() if column.name == field), field)


@cache
def labels() -> dict[str, str]:
    """Every heading that is understood → the field."""
    return {folded(name): column.name for column in columns() for name in (column.label, *column.also)}


@cache
def subjects() -> dict[str, str]:
    """Subjects of the library → what people call them."""
    return dict(_library()["subjects"])


def subject_name(subject: str) -> str:
    return subjects().get(subject, subject)


def subject_of(written: str) -> str:
    """劳动和工伤 or labour → labour; another name stays as it is: a subject of the bureau's own."""
    name = written.strip()
    return next((subject for subject, shown in subjects().items() if shown == name), name)


def kind_name(kind: str) -> str:
    return str(_library()["kinds"].get(kind, [kind])[0])


def difficulty_name(difficulty: int) -> str:
    return str(_library()["difficulties"].get(str(difficulty), [difficulty])[0])


def kind_of(written: str) -> str:
    """Empty for what is no kind."""
    return _meant("kinds", written)


def difficulty_of(written: str) -> int:
    """1 to 3; 0 for what is none."""
    return int(_meant("difficulties", written) or 0)


def letters_of(written: str, is_judged: bool) -> str:
    """ "ＡＣＤ", "A、C、D", "d a" → the letters in order; 对 or × → A or B. What cannot be read stays as it is."""
    signs = re.sub(r"[\s、，,;；/和及.。]+", "", unicodedata.normalize("NFKC", written)).upper()
    if is_judged and (meant := _meant("judged", written.strip()) or _meant("judged", signs)):
        return meant
    if signs and all(sign in LETTERS for sign in signs):
        return "".join(sorted(signs))
    return written.strip()


def is_judged(options: tuple[str, ...] | list[str]) -> bool:
    """Two options that only say true and false, in this order."""
    return len(options) == 2 and tuple(_meant("judged", option) for option in options) == ("A", "B")


def folded(text: str) -> str:
    """How headings are compared: 题 干＊ is 题干."""
    return re.sub(r"[\s*（）()：:【】]+", "", unicodedata.normalize("NFKC", text)).lower()


def _meant(list_name: str, written: str) -> str:
    wanted = unicodedata.normalize("NFKC", written).strip().upper()
    for meaning, names in _library()[list_name].items():
        if wanted and wanted in (meaning.upper(), *(unicodedata.normalize("NFKC", name) for name in names)):
            return str(meaning)
    return ""


@cache
def _library() -> dict[str, Any]:
    return tomllib.loads((LIBRARY / "question_bank.toml").read_text(encoding="utf-8"))
