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

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models import Material, MaterialKind, Revision
from content.phrases import LIBRARY
from content.repository import topics
from content.store.working_days import lunar_days

_SUNDAY = 6
_ARTICLES_SHOWN, _ARTICLES_SEARCHED = 3, 2000
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
    """An article of ours whose title fits."""

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
    empty = [
        legal
        for legal in days_in(month.year)
        if legal.begin <= last and legal.end >= first and not any(legal.holds(day) for day in taken)
    ]
    articles = _newest_articles(session) if empty else []
    return [_proposal(legal, articles) for legal in empty]


def propose(session: Session, legal: LegalDay) -> Proposal:
    return _proposal(legal, _newest_articles(session))


def _proposal(legal: LegalDay, articles: list[Fitting]) -> Proposal:
    named = [(slug, topics()[slug].name) for slug in legal.topics]
    fitting = [article for article in articles if any(word in article.title for word in legal.words)]
    return Proposal(legal, named, fitting[:_ARTICLES_SHOWN])


def _newest_articles(session: Session) -> list[Fitting]:
    """Articles by their newest title; what is older than the newest thousands is no proposal."""
    title = (
        select(Revision.title)
        .where(Revision.material_id == Material.id)
        .order_by(Revision.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Material.slug, title, Material.current_revision_id)
        .where(Material.kind == MaterialKind.ARTICLE.value)
        .order_by(Material.id.desc())
        .limit(_ARTICLES_SEARCHED)
    )
    return [Fitting(slug, found, current is not None) for slug, found, current in rows if found]


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
