"""What is kept of one person now: counted and shown by the table of retention, whichever slice has written it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from content.store.db import Base
from content.store.keys import KeysUnreadable
from handlers.citizens import Person
from handlers.guided.questions import SEALED, is_sealed
from handlers.privacy import naming, traces
from handlers.privacy.retention import Kind, Place, Tie, kinds

MOST_ROWS = 2000
"""Of one table in one export: nobody plays so many rounds, and a page must end."""
_SEALED = "gAAAA"
"""What every encrypted text begins with."""


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of a kind there is of somebody."""

    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one table as their owner is shown them, under their headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    has_more: bool


def held(session: Session, person: Person) -> list[Holding]:
    """Kinds of which something is there, in the order of the table. Rows that hang on others are not counted apart."""
    counted = ((kind, sum(_count(session, kind, place, person) for place in _own(kind))) for kind in kinds())
    return [Holding(kind, count) for kind, count in counted if count]


def sheets(session: Session, person: Person, kind: Kind) -> Iterator[Sheet]:
    for place in kind.places:
        table = Base.metadata.tables[place.name]
        names = [name for name in place.columns if name in table.columns]
        if not names or not place.by:
            continue
        found = select(*(table.c[name] for name in names)).where(_is_his(session, kind, place, person))
        rows = session.execute(found.order_by(*table.primary_key.columns).limit(MOST_ROWS + 1)).all()
        if rows:
            shown = tuple(_shown(person, place, names, row) for row in rows[:MOST_ROWS])
            yield Sheet(tuple(place.columns[name] for name in names), shown, len(rows) > MOST_ROWS)


def as_json(session: Session, person: Person) -> str:
    """All of it for another program, with what we say of each kind."""
    found = [
        {
            "kind": one.kind.title, "purpose": one.kind.purpose, "basis": list(one.kind.basis),
            "until": one.kind.until, "after": one.kind.after,
            "tables": [
                {"rows": [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows],
                 "has_more": sheet.has_more}
                for sheet in sheets(session, person, one.kind)
            ],
        }
        for one in held(session, person)
    ]  # fmt: skip
    return json.dumps({"at": clock.now().isoformat(), "held": found}, ensure_ascii=False, indent=1)


# ── whose a row is ────────────────────────────────────────────────────────────────────────────────────────────────────


def _own(kind: Kind) -> list[Place]:
    """The tables whose rows are things of their own; where there are only rows that hang on others, these."""
    tied = [place for place in kind.places if place.by]
    own = [place for place in tied if place.by is not Tie.VIA]
    return own or tied


def _count(session: Session, kind: Kind, place: Place, person: Person) -> int:
    table = Base.metadata.tables[place.name]
    is_his = _is_his(session, kind, place, person)
    return session.execute(select(func.count()).select_from(table).where(is_his)).scalar_one()


def _is_his(session: Session, kind: Kind, place: Place, person: Person) -> ColumnElement[bool]:
    table = Base.metadata.tables[place.name]
    if place.by is Tie.CITIZEN:
        return table.c[place.column] == person.id if person.id else false()
    if place.by is Tie.PSEUDONYM:
        return table.c[place.column] == person.pseudonym
    if place.by is Tie.PARTICIPANT:
        return _is_participant(session, table, place, person)
    if place.by is Tie.TRACE:
        name = traces.find_name(session, person.pseudonym, place.of)
        return table.c[place.column] == name if name else false()
    parent = _parent(kind, place)
    above = Base.metadata.tables[parent.name]
    same = [table.c[mine] == above.c[theirs] for mine, theirs in place.matches.items()]
    return exists().where(*same, _is_his(session, kind, parent, person)).correlate(table)


def _is_participant(session: Session, table: Table, place: Place, person: Person) -> ColumnElement[bool]:
    """Under another name in each campaign; asked where the campaigns stand, which are few."""
    origin = table.c[place.of]
    while origin.foreign_keys:
        origin = next(iter(origin.foreign_keys)).column
    campaigns = session.scalars(select(origin)).all()
    names = ((one, person.in_campaign(place.named.format(one))) for one in campaigns)
    return or_(false(), *(and_(table.c[place.of] == one, table.c[place.column] == name) for one, name in names))


def _parent(kind: Kind, place: Place) -> Place:
    """In its own kind, else wherever the table of that name is tied to a person."""
    nearest = [kind, *kinds()]
    return next(one for many in nearest for one in many.places if one.name == place.parent and one.by)


# ── how it is shown ───────────────────────────────────────────────────────────────────────────────────────────────────


def _shown(person: Person, place: Place, names: list[str], row: Any) -> tuple[str, ...]:
    held = dict(zip(names, row, strict=True))
    return tuple(_plain(person, place, name, held) for name in names)


def _plain(person: Person, place: Place, name: str, held: dict[str, Any]) -> str:
    value, purpose, called = held[name], place.sealed.get(name, ""), place.called.get(name, {})
    if value is None or value == "":
        return ""
    if isinstance(value, dict):
        opened = {name: _opened(person, purpose, word) for name, word in value.items() if not name.startswith("_")}
        return naming.of_talk(str(held.get("kind", "")), opened)
    if called:
        return naming.told(called, str(_opened(person, purpose, value)))
    if purpose:
        return str(_opened(person, purpose, value))
    if isinstance(value, bool):
        return say("privacy_yes") if value else say("privacy_no")
    if isinstance(value, datetime):
        return f"{clock.in_beijing(value):%Y-%m-%d %H:%M}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _opened(person: Person, purpose: str, value: Any) -> Any:
    value = value[SEALED] if is_sealed(value) else value
    if not purpose or not isinstance(value, str) or not value.startswith(_SEALED):
        return value
    try:
        return person.keyring.decrypt(purpose, value)
    except KeysUnreadable:  # of another installation's keys
        return say("privacy_sealed")
