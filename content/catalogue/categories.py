"""What the catalogue's categories and columns are called, from library/catalogue.toml; what was meant by a word."""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from content.catalogue.models import Validity
from content.phrases import LIBRARY


@dataclass(frozen=True, slots=True)
class Category:
    slug: str
    name: str
    also: tuple[str, ...]
    scope: str
    topic: str


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: str
    also: tuple[str, ...]
    width: int
    tip: str


@cache
def categories() -> dict[str, Category]:
    """By slug, in the order in which they are shown."""
    return {
        one["slug"]: Category(one["slug"], one["name"], tuple(one["also"]), one["scope"], one["topic"])
        for one in _library()["category"]
    }


@cache
def category_of_topic() -> dict[str, str]:
    """A topic that citizens ask about → the category that belongs to it."""
    return {category.topic: category.slug for category in categories().values()}


@cache
def searched_topics() -> dict[str, str]:
    """A topic that is no category → the words that find its entries."""
    return dict(_library()["searched"])


@cache
def columns() -> tuple[Column, ...]:
    return tuple(
        Column(one["name"], one["label"], tuple(one["also"]), one["width"], one["tip"]) for one in _library()["column"]
    )


@cache
def label(field: str) -> str:
    return next((column.label for column in columns() if column.name == field), field)


@cache
def labels() -> dict[str, str]:
    """Every heading that is understood → the field; also the field's own name."""
    return {folded(name): column.name for column in columns() for name in (column.label, *column.also, column.name)}


def category_name(slug: str) -> str:
    found = categories().get(slug)
    return found.name if found else slug


def category_of(words: str) -> str:
    """The slug that was meant by a slug, a name or another name; empty for none."""
    return _category_words().get(folded(words), "")


def validity_name(validity: str) -> str:
    return str(_library()["validity"].get(validity, validity))


def validity_of(words: str) -> str:
    """Empty where it is none."""
    return _validity_words().get(folded(words), "")


def folded(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).split()).lower().rstrip("*:")


@cache
def _category_words() -> dict[str, str]:
    return {
        folded(name): category.slug
        for category in categories().values()
        for name in (category.slug, category.name, *category.also)
    }


@cache
def _validity_words() -> dict[str, str]:
    library = _library()
    named = {str(name): str(slug) for slug, name in library["validity"].items()}
    slugs = {str(one): str(one) for one in Validity}
    return {folded(name): slug for name, slug in {**slugs, **named, **library["validity_also"]}.items()}


@cache
def _library() -> dict[str, Any]:
    return tomllib.loads((LIBRARY / "catalogue.toml").read_text(encoding="utf-8"))
