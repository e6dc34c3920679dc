"""A file of entries → drafts: looked at first, every fault at its cell; taken whole or not at all. What is taken waits
for somebody else to publish it, like everything that is written. Doing it again changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from content import audit
from content.catalogue import entries, wording
from content.catalogue.categories import columns
from content.catalogue.entries import MARK, WRITES, NotKept
from content.catalogue.files import Row
from content.catalogue.models import CatalogueEntry, CatalogueRevision, EntryState
from content.catalogue.wording import Words
from content.staff import require
from content.store import clock
from content.store.db import take_turns

_AT_ONCE = 500


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Fault:
    place: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Looked:
    row: Row
    verdict: Verdict
    words: Words | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    rows: Sequence[Looked]

    def count(self, verdict: Verdict) -> int:
        return sum(one.verdict == verdict for one in self.rows)

    @property
    def faults(self) -> list[Fault]:
        return [fault for one in self.rows for fault in one.faults]


def look(session: Session, rows: Sequence[Row]) -> Run:
    """What would come of it; nothing is changed."""
    read = [(row, *wording.read(row.written)) for row in rows]
    seen = Counter(row.written.get("index_number", "").strip() for row in rows)
    known = _known(session, [words.index_number for _, words, _ in read if words])
    looked: list[Looked] = []
    for row, words, told in read:
        faults = {**told, **row.faults}
        number = row.written.get("index_number", "").strip()
        if number and seen[number] > 1:
            faults["index_number"] = f"这个文件里有 {seen[number]} 条的索引号都是 {number}：每一条要不同。"
        if faults or words is None:
            named = (Fault(row.place_of(name), faults[name]) for name in sorted(faults, key=_column))
            looked.append(Looked(row, Verdict.BAD, None, tuple(named)))
        else:
            held = known.get(words.index_number)
            verdict = Verdict.NEW if held is None else Verdict.SAME if held[1] == words else Verdict.CHANGED
            looked.append(Looked(row, verdict, words))
    return Run(looked)


def _column(name: str) -> int:
    """As the columns follow one another; what is no column comes last."""
    return next((place for place, column in enumerate(columns()) if column.name == name), len(columns()))


def take(session: Session, rows: Sequence[Row], by: str, name: str, is_good_enough: bool = False) -> Run:
    """Takes it in as drafts. Raises NotKept where something is wrong, unless the good ones are wanted alone."""
    if by:
        require(session, by, *WRITES)
    take_turns(session, MARK)
    run = look(session, rows)
    if (bad := run.count(Verdict.BAD)) and not is_good_enough:
        raise NotKept(f"{name} 有 {bad} 条写得不对，一条也没有导入：请改好再来。")
    new = [one.words for one in run.rows if one.verdict == Verdict.NEW and one.words]
    for first in range(0, len(new), _AT_ONCE):
        _add(session, new[first : first + _AT_ONCE], by)
    changed = {one.words.index_number: one.words for one in run.rows if one.verdict == Verdict.CHANGED and one.words}
    for number, (entry, _) in _known(session, list(changed)).items():
        entries.append(session, entry, changed[number], by, "import")
    if new or changed:
        audit.record(session, by, "catalogue.import", "catalogue:import", file=name[:100], new=len(new),
                     changed=len(changed))  # fmt: skip
    return run


def newest_words(session: Session) -> Iterator[Words]:
    """The newest wording of every entry that was not withdrawn, by index number: what an export holds."""
    query = _with_newest().where(CatalogueEntry.state != EntryState.WITHDRAWN).order_by(CatalogueEntry.index_number)
    for entry, revision in session.execute(query):
        yield _as_held(entry, revision)


def _add(session: Session, new: Sequence[Words], by: str) -> None:
    """Many at once: one by one, ten thousand would take minutes."""
    now = clock.now()
    beside = {"state": EntryState.DRAFT, "newest_number": 1, "shown_number": 0, "created_at": now, "changed_at": now}
    made = [CatalogueEntry(**{name: getattr(words, name) for name in wording.FIELDS}, **beside) for words in new]
    session.add_all(made)
    session.flush()
    session.add_all(
        CatalogueRevision(
            entry_id=entry.id, number=1, words=words.as_json(), origin="import", written_by=by, written_at=now
        )
        for entry, words in zip(made, new, strict=True)
    )
    session.flush()


def _known(session: Session, numbers: Sequence[str]) -> dict[str, tuple[CatalogueEntry, Words]]:
    found: dict[str, tuple[CatalogueEntry, Words]] = {}
    for first in range(0, len(numbers), _AT_ONCE):
        some = numbers[first : first + _AT_ONCE]
        for entry, revision in session.execute(_with_newest().where(CatalogueEntry.index_number.in_(some))):
            found[entry.index_number] = entry, _as_held(entry, revision)
    return found


def _with_newest() -> Select[CatalogueEntry, CatalogueRevision]:
    is_newest = CatalogueRevision.number == CatalogueEntry.newest_number
    return select(CatalogueEntry, CatalogueRevision).join(
        CatalogueRevision, (CatalogueRevision.entry_id == CatalogueEntry.id) & is_newest
    )


def _as_held(entry: CatalogueEntry, revision: CatalogueRevision) -> Words:
    """Its newest wording, with the day of publication that it was given when it was first shown."""
    kept = dict(revision.words)
    if not kept.get("published_on") and entry.published_on:
        kept["published_on"] = entry.published_on.isoformat()
    return Words.from_json(kept)
