"""What staff do with entries: write, publish, withdraw. A draft is a new revision that citizens do not see; what shows
it is another person's word. Every act is checked for its role and audited.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from content import audit, periods, repository
from content.catalogue.categories import category_name, label, validity_name
from content.catalogue.models import CatalogueEntry, CatalogueRevision, EntryState
from content.catalogue.wording import FIELDS, Words
from content.difference import Line, difference
from content.periods import Due
from content.staff import NotAllowed, NotFound, Role, require
from content.store import clock, working_days
from content.store.db import take_turns

MARK = "catalogue"
"""The number in the store that grows whenever what citizens see of the catalogue changes."""
WRITES = (Role.WRITE,)
PUBLISHES = (Role.REVIEW1, Role.REVIEW2, Role.PUBLISH)
WITHDRAWS = (Role.REVIEW2, Role.PUBLISH)
MOST_REASON = 200
WORKING_DAYS = 20
"""Within which information must be made public: 《政府信息公开条例》 article 26."""
MOST_NAMED = 50
"""Entries that one row of the audit log names."""
_AT_ONCE = 500


class NotKept(Exception):
    """The entry cannot be changed like this; the message says why and what to do."""


class WrittenOver(NotKept):
    """Somebody else has saved meanwhile; the message names him and when."""

    def __init__(self, theirs: CatalogueRevision) -> None:
        self.number = theirs.number
        super().__init__(
            f"{theirs.written_by or '程序'} 在 {clock.in_beijing(theirs.written_at):%m月%d日 %H:%M} 已经保存了第 "
            f"{theirs.number} 版：您的修改没有覆盖它。请比较两边，改好后再点“保存”，就存成最新的一版。"
        )


def save(
    session: Session, entry_id: int | None, words: Words, by: str, base_number: int, origin: str = "console"
) -> CatalogueEntry:
    """The entry with a new draft, or as it was where nothing has changed. `base_number`: of the revision that the
    writer had before him. Raises NotKept, WrittenOver, NotAllowed, NotFound.
    """
    if by:
        require(session, by, *WRITES)
    take_turns(session, MARK)
    _refuse_twin(session, entry_id, words.index_number)
    if entry_id is None:
        entry = CatalogueEntry(state=EntryState.DRAFT, created_at=clock.now(), newest_number=0, shown_number=0)
    else:
        entry = get_entry(session, entry_id)
        newest = get_revision(session, entry_id, entry.newest_number)
        if newest.words == words.as_json():
            return entry
        if newest.number != base_number:
            raise WrittenOver(newest)
        if entry.shown_number and entry.index_number != words.index_number:
            raise NotKept(f"索引号公开以后不能改（原来是 {entry.index_number}）：写错了请撤回这一条，另建一条。")
    append(session, entry, words, by, origin)
    audit.record(session, by, "catalogue.save", f"catalogue:{entry.id}", number=entry.newest_number,
                 index_number=entry.index_number)  # fmt: skip
    return entry


def append(session: Session, entry: CatalogueEntry, words: Words, by: str, origin: str) -> None:
    """One more revision; before the entry was ever shown, its own columns follow."""
    if not entry.shown_number:
        _show_as(entry, words)
        entry.changed_at = clock.now()
    entry.newest_number += 1
    session.add(entry)
    session.flush()
    session.add(
        CatalogueRevision(
            entry_id=entry.id, number=entry.newest_number, words=words.as_json(), origin=origin, written_by=by,
            written_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()


def publish(session: Session, chosen: Sequence[tuple[int, int]], by: str) -> int:
    """Shows these (entry, revision) to citizens; how many. All of them or none. Raises NotAllowed where the person has
    written one of them, NotKept where there is a newer wording than the one looked at.
    """
    require(session, by, *PUBLISHES)
    take_turns(session, MARK)
    for first in range(0, len(chosen), _AT_ONCE):
        _publish_some(session, dict(chosen[first : first + _AT_ONCE]), by)
    if chosen:
        touch(session)
        numbers = [entry_id for entry_id, _ in chosen]
        thing = f"catalogue:{numbers[0] if len(numbers) == 1 else 'many'}"
        audit.record(session, by, "catalogue.publish", thing, entries=numbers[:MOST_NAMED], count=len(numbers))
    return len(chosen)


def _publish_some(session: Session, chosen: dict[int, int], by: str) -> None:
    """Read together: thousands are published after an import."""
    found = session.scalars(select(CatalogueEntry).where(CatalogueEntry.id.in_(chosen))).all()
    held = session.scalars(select(CatalogueRevision).where(CatalogueRevision.entry_id.in_(chosen))).all()
    revisions: dict[int, list[CatalogueRevision]] = {}
    for revision in held:
        revisions.setdefault(revision.entry_id, []).append(revision)
    entries = {entry.id: entry for entry in found}
    for entry_id, number in chosen.items():
        entry = entries.get(entry_id) or get_entry(session, entry_id)
        name = entry.title[:30]
        if number != entry.newest_number:
            raise NotKept(f"“{name}”又改过了：请打开看了最新的一版再公开。")
        if number == entry.shown_number and entry.state == EntryState.PUBLISHED:
            raise NotKept(f"“{name}”已经公开了这一版。")
        if by in _hands(entry, revisions[entry_id]):
            raise NotAllowed(f"“{name}”是您自己写的或改的：请由另一个有审核或签发角色的人公开。")
        _publish(entry, next(one for one in revisions[entry_id] if one.number == number), by)
    session.flush()


def _publish(entry: CatalogueEntry, revision: CatalogueRevision, by: str) -> None:
    words = Words.from_json(revision.words)
    first_day = words.published_on or entry.published_on or clock.today()
    _show_as(entry, words)
    entry.published_on = first_day
    entry.state, entry.shown_number, entry.changed_at = EntryState.PUBLISHED, revision.number, clock.now()
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawn_reason = None, "", ""
    revision.published_by, revision.published_at = by, revision.published_at or clock.now()


def withdraw(session: Session, entry_id: int, reason: str, by: str) -> CatalogueEntry:
    """Takes it off the pages; what it was, when and why stays told. Raises NotAllowed, NotKept, NotFound."""
    require(session, by, *WITHDRAWS)
    take_turns(session, MARK)
    entry, why = get_entry(session, entry_id), " ".join(reason.split())
    if entry.state != EntryState.PUBLISHED:
        raise NotKept("这一条现在没有公开，不用撤回。")
    if not why or len(why) > MOST_REASON:
        raise NotKept(f"请写明为什么撤回（最多 {MOST_REASON} 字）：打开原来链接的市民会看到。")
    entry.state, entry.changed_at = EntryState.WITHDRAWN, clock.now()
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawn_reason = clock.now(), by, why
    session.flush()
    touch(session)
    audit.record(session, by, "catalogue.withdraw", f"catalogue:{entry.id}", reason=why)
    return entry


def touch(session: Session) -> None:
    """What citizens see of the catalogue has changed: every worker reads it anew within seconds."""
    number = int(repository.get_mark(session, MARK) or "0") + 1
    repository.set_mark(session, MARK, str(number))
    repository.touch_content(session)


def get_entry(session: Session, entry_id: int) -> CatalogueEntry:
    """Raises NotFound."""
    if (found := session.get(CatalogueEntry, entry_id)) is None:
        raise NotFound("没有这一条：请到公开目录的列表里找。")
    return found


def get_revision(session: Session, entry_id: int, number: int) -> CatalogueRevision:
    """Raises NotFound."""
    query = select(CatalogueRevision).where(CatalogueRevision.entry_id == entry_id, CatalogueRevision.number == number)
    if (found := session.scalar(query)) is None:
        raise NotFound("没有这一版：请从版本列表里选。")
    return found


def find_by_index_number(session: Session, index_number: str) -> CatalogueEntry | None:
    return session.scalar(select(CatalogueEntry).where(CatalogueEntry.index_number == index_number))


def history(session: Session, entry_id: int) -> list[CatalogueRevision]:
    """Newest first."""
    query = select(CatalogueRevision).where(CatalogueRevision.entry_id == entry_id)
    return list(session.scalars(query.order_by(CatalogueRevision.number.desc())).all())


def changes(old: Words | None, new: Words) -> dict[str, list[Line]]:
    """What differs, by the name of the field as staff know it."""
    before, after = _as_told(old) if old else {}, _as_told(new)
    pairs = {name: (before.get(name, ""), after[name]) for name in FIELDS}
    return {label(name): difference(*pair) for name, pair in pairs.items() if pair[0] != pair[1]}


def _as_told(words: Words) -> dict[str, str]:
    names = {"category": category_name(words.category), "validity": validity_name(words.validity)}
    return {**words.as_json(), **names}


def publish_by(session: Session, words: Words) -> Due | None:
    """The last day by article 26 of 《政府信息公开条例》, where no other law says another.

    None where it is not known when the information was made.
    """
    if words.issued_on is None:
        return None
    return periods.working_days_after(words.issued_on, WORKING_DAYS, working_days.load_overrides(session))


def waiting(session: Session) -> int:
    """How many entries have a wording that nobody has published yet."""
    query = select(func.count()).select_from(CatalogueEntry).where(is_waiting())
    return session.scalar(query) or 0


def is_waiting() -> ColumnElement[bool]:
    return CatalogueEntry.newest_number != CatalogueEntry.shown_number


def _show_as(entry: CatalogueEntry, words: Words) -> None:
    for name in FIELDS:
        setattr(entry, name, getattr(words, name))


def _hands(entry: CatalogueEntry, revisions: Iterable[CatalogueRevision]) -> set[str]:
    """Everybody who wrote a revision since the one that is shown; of what comes back, who wrote that."""
    after = entry.shown_number if entry.newest_number > entry.shown_number else entry.shown_number - 1
    return {revision.written_by for revision in revisions if revision.number > after}


def _refuse_twin(session: Session, entry_id: int | None, index_number: str) -> None:
    twin = find_by_index_number(session, index_number)
    if twin is not None and twin.id != entry_id:
        raise NotKept(f"索引号 {index_number} 已经有了（“{twin.title[:30]}”）：请换一个，或去改那一条。")
