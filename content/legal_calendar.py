"""Days on which the law is spoken of: commemoration days by year, and what of ours fits an empty slot.

Days and proposals are data in library/legal_calendar.toml. A day says on which article it stands, or what must be
verified; nobody is shown a day as official that is not.
"""

import tomllib
from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content.models import Material, MaterialKind, Revision
from content.phrases import LIBRARY
from content.repository import topics
from content.store.working_days import lunar_days

_SUNDAY = 6
_ARTICLES_SHOWN = 3
_LISTS = ("topics", "words", "basis", "to_verify")


@dataclass(frozen=True, slots=True)
class LegalDay:
    key: str
    name: str
    begin: date
    end: date
    """The last day; the same as `begin` but for weeks and months."""
    proposal: str
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    to_verify: tuple[str, ...] = ()

    def holds(self, day: date) -> bool:
        return self.begin <= day <= self.end


@dataclass(frozen=True, slots=True)
class Fitting:
    """An article of ours whose title or summary fits."""

    slug: str
    title: str
    is_published: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could go out for a legal day that has nothing planned yet."""

    day: LegalDay
    answers: list[tuple[str, str]] = field(default_factory=list)
    """Slug and name of topics whose answers could be retold."""
    articles: list[Fitting] = field(default_factory=list)


@cache
def days_in(year: int) -> tuple[LegalDay, ...]:
    """The year's legal days by date; one whose date cannot be computed for this year is left out."""
    found = [made for entry in _entries() if (made := _in_year(entry, year))]
    return tuple(sorted(found, key=lambda day: (day.begin, day.end, day.key)))


def days_on(day: date) -> list[LegalDay]:
    return [legal for legal in days_in(day.year) if legal.holds(day)]


def next_days(day: date, count: int) -> list[LegalDay]:
    """The next `count` legal days that are not over on `day`, the running ones first."""
    coming = [legal for year in (day.year, day.year + 1) for legal in days_in(year) if legal.end >= day]
    return coming[:count]


def proposals(session: Session, month: date, taken: Collection[date] = ()) -> list[Proposal]:
    """For every legal day that touches the month of `month` and has no day among `taken`: what of ours fits."""
    first = month.replace(day=1)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    return [
        propose(session, legal)
        for legal in days_in(month.year)
        if legal.begin <= last and legal.end >= first and not any(legal.holds(day) for day in taken)
    ]


def propose(session: Session, legal: LegalDay) -> Proposal:
    named = [(slug, topics()[slug].name) for slug in legal.topics]
    return Proposal(legal, named, _fitting(session, legal.words))


def _fitting(session: Session, words: tuple[str, ...]) -> list[Fitting]:
    """Our articles, newest wording first, that name one of the words."""
    if not words:
        return []
    says = [Revision.title.contains(word, autoescape=True) for word in words]
    says += [Revision.digest.contains(word, autoescape=True) for word in words]
    rows = session.execute(
        select(Material.id, Material.slug, Material.current_revision_id, Revision.title)
        .join(Revision, Revision.material_id == Material.id)
        .where(Material.kind == MaterialKind.ARTICLE.value, or_(*says))
        .order_by(Revision.id.desc())
        .limit(_ARTICLES_SHOWN * 8)  # several wordings of one article
    )
    found: dict[int, Fitting] = {}
    for material_id, slug, current, title in rows:
        found.setdefault(material_id, Fitting(slug, title, current is not None))
    return list(found.values())[:_ARTICLES_SHOWN]


@cache
def _entries() -> list[dict[str, Any]]:
    table: dict[str, list[dict[str, Any]]] = tomllib.loads((LIBRARY / "legal_calendar.toml").read_text("utf-8"))
    return table["day"]


def _in_year(entry: dict[str, Any], year: int) -> LegalDay | None:
    span = _span(entry, year)
    if span is None:
        return None
    slugs, words, basis, to_verify = (tuple(entry.get(name, ())) for name in _LISTS)
    return LegalDay(entry["key"], entry["name"], *span, entry["proposal"], slugs, words, basis, to_verify)


def _span(entry: dict[str, Any], year: int) -> tuple[date, date] | None:
    """First and last day; None where the library's table of the Chinese calendar does not hold the year."""
    if name := entry.get("lunar"):
        day = lunar_days(year).get(name)
        return (day, day) if day else None
    month = entry["month"]
    if number := entry.get("sunday"):
        first = date(year, month, 1)
        day = first + timedelta(days=(_SUNDAY - first.weekday()) % 7 + 7 * (number - 1))
        return day, day
    day = date(year, month, entry["day"])
    if entry.get("week"):
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    return day, date(year, month, entry.get("last_day", entry["day"]))
