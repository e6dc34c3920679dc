"""Every query over the catalogue: what citizens see, page by page by a cursor, and what staff look through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from content.catalogue.entries import is_waiting
from content.catalogue.models import CatalogueEntry, EntryState

_CARD = (
    CatalogueEntry.id, CatalogueEntry.index_number, CatalogueEntry.category, CatalogueEntry.title,
    CatalogueEntry.document_number, CatalogueEntry.issued_on, CatalogueEntry.published_on, CatalogueEntry.validity,
    CatalogueEntry.abstract, CatalogueEntry.changed_at,
)  # fmt: skip
_IS_SHOWN = CatalogueEntry.state == EntryState.PUBLISHED


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of an entry."""

    id: int
    index_number: str
    category: str
    title: str
    document_number: str
    issued_on: date | None
    published_on: date
    validity: str
    abstract: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    cards: list[Card]
    before: str
    """Cursor of the page before; empty on the first."""
    after: str
    """Cursor of the page behind; empty on the last."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries staff want to see."""

    words: str = ""
    category: str = ""
    state: str = ""
    """draft, published, withdrawn; "waiting" for those with a wording that nobody has published yet."""


def page(
    session: Session,
    category: str = "",
    *,
    after: str = "",
    before: str = "",
    oldest_first: bool = False,
    limit: int = 20,
) -> Page:
    """By the day of publication. A cursor that is none means the first page."""
    mark = _cursor(after) or _cursor(before)
    is_back = not _cursor(after) and mark is not None
    is_down = oldest_first == is_back  # in the order of falling days
    query = _shown(category)
    if mark:
        query = query.where(_beyond(*mark, is_down))
    order = (CatalogueEntry.published_on, CatalogueEntry.id)
    query = query.order_by(*(one.desc() if is_down else one.asc() for one in order)).limit(limit + 1)
    found = _cards(session, query)
    is_more, cards = len(found) > limit, found[:limit]
    if is_back:
        cards.reverse()
    if not cards:
        return Page([], "", "")
    has_before, has_after = (is_more, True) if is_back else (mark is not None, is_more)
    return Page(cards, _named(cards[0]) if has_before else "", _named(cards[-1]) if has_after else "")


def newest(session: Session, category: str = "", limit: int = 10) -> list[Card]:
    order = CatalogueEntry.published_on.desc(), CatalogueEntry.id.desc()
    return _cards(session, _shown(category).order_by(*order).limit(limit))


def lately_changed(session: Session, category: str = "", limit: int = 30) -> list[Card]:
    """For whoever follows along: what was published, or published in a new wording, last."""
    return _cards(
        session, _shown(category).order_by(CatalogueEntry.changed_at.desc(), CatalogueEntry.id.desc()).limit(limit)
    )


def changed_at(session: Session, category: str = "") -> datetime | None:
    """When something of what is, or was, shown changed last; None where nothing ever was."""
    states = [EntryState.PUBLISHED, EntryState.WITHDRAWN]
    query = select(func.max(CatalogueEntry.changed_at)).where(CatalogueEntry.state.in_(states))
    return session.scalar(query.where(CatalogueEntry.category == category) if category else query)


def cards(session: Session, numbers: Sequence[int]) -> list[Card]:
    """Those of them that are shown, in the order given."""
    by_id = {card.id: card for card in _cards(session, _shown("").where(CatalogueEntry.id.in_(numbers)))}
    return [by_id[number] for number in numbers if number in by_id]


def find_shown(session: Session, entry_id: int) -> CatalogueEntry | None:
    """What is shown, or was and is withdrawn; never a draft."""
    found = session.get(CatalogueEntry, entry_id)
    return found if found is not None and found.state != EntryState.DRAFT else None


def counts(session: Session) -> dict[str, int]:
    """How many entries of each category are shown."""
    query = select(CatalogueEntry.category, func.count()).where(_IS_SHOWN).group_by(CatalogueEntry.category)
    return {row[0]: row[1] for row in session.execute(query)}


def rows_for_index(session: Session, first_signs: int) -> list[Any]:
    """(id, category, title, document number, index number, keywords, beginning of the abstract or else of the text) of
    every shown entry, newest first.
    """
    beginning = func.substr(CatalogueEntry.body, 1, first_signs)
    abstract = func.substr(CatalogueEntry.abstract, 1, first_signs)
    query = (
        select(
            CatalogueEntry.id, CatalogueEntry.category, CatalogueEntry.title, CatalogueEntry.document_number,
            CatalogueEntry.index_number, CatalogueEntry.keywords, func.coalesce(func.nullif(abstract, ""), beginning),
        )
        .where(_IS_SHOWN)
        .order_by(CatalogueEntry.published_on.desc(), CatalogueEntry.id.desc())
    )  # fmt: skip
    return list(session.execute(query))


# ── for staff ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def listing(session: Session, wanted: Wanted, limit: int = 50, offset: int = 0) -> list[CatalogueEntry]:
    """Last changed first."""
    query = select(CatalogueEntry).where(*_wanted(wanted)).limit(limit).offset(offset)
    return list(session.scalars(query.order_by(CatalogueEntry.changed_at.desc(), CatalogueEntry.id.desc())).all())


def count(session: Session, wanted: Wanted) -> int:
    return session.scalar(select(func.count()).select_from(CatalogueEntry).where(*_wanted(wanted))) or 0


def _wanted(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.words:
        looked_in = (CatalogueEntry.title, CatalogueEntry.document_number, CatalogueEntry.index_number)
        asked.append(or_(*(one.contains(wanted.words, autoescape=True) for one in looked_in)))
    if wanted.category:
        asked.append(CatalogueEntry.category == wanted.category)
    if wanted.state == "waiting":
        asked.append(is_waiting())
    elif wanted.state:
        asked.append(CatalogueEntry.state == wanted.state)
    return asked


# ── cursors ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _shown(category: str) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(*_CARD).where(_IS_SHOWN)
    return query.where(CatalogueEntry.category == category) if category else query


def _cards(session: Session, query: Select[*tuple[Any, ...]]) -> list[Card]:
    return [Card(*row) for row in session.execute(query)]


def _named(card: Card) -> str:
    return f"{card.published_on:%Y%m%d}-{card.id}"


def _cursor(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition("-")
    if not (day.isascii() and day.isdecimal() and number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:8])), int(number)
    except ValueError:
        return None


def _beyond(day: date, number: int, is_down: bool) -> ColumnElement[bool]:
    on, entry_id = CatalogueEntry.published_on, CatalogueEntry.id
    if is_down:
        return or_(on < day, and_(on == day, entry_id < number))
    return or_(on > day, and_(on == day, entry_id > number))
