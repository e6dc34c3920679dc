"""Who did what to which thing and when: append-only, each row holding the digest of the one before.

There is no function here that changes or removes a row, and the database itself refuses both (migration 0002). Whoever
owns the database could still compute the whole chain anew: that is what the daily head on paper is for.
"""

import csv
import hashlib
import io
import json
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from content.phrases import LIBRARY
from content.store import clock
from content.store.db import Base, take_turns

COLUMNS = ("编号", "时间", "人员", "操作", "对象", "细节", "前一条", "本条")
PROGRAM = "程序"


class AuditEntry(Base):
    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    staff_name: Mapped[str] = mapped_column(String(32))
    """Empty where the program itself acted."""
    act: Mapped[str] = mapped_column(String(48))
    """A verb with its noun in English, such as `post.approve`; shown in Chinese through `act_names`."""
    thing: Mapped[str] = mapped_column(String(160), index=True)
    """What it was done to, such as `post:12` or `material:article/2026/zhai`."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    """No personal data, no secrets."""
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


def record(session: Session, by: str, act: str, thing: str, **detail: Any) -> AuditEntry:
    """Adds the newest entry. Call it last in a transaction: until that ends, nobody else can add one."""
    take_turns(session, "audit")
    plain = json.loads(json.dumps(detail, ensure_ascii=False, default=str))
    entry = AuditEntry(
        at=clock.now(), staff_name=by[:32], act=act, thing=thing[:160], detail=plain, previous=head(session)
    )
    entry.digest = digest_of(entry)
    session.add(entry)
    session.flush()
    return entry


def digest_of(entry: AuditEntry) -> str:
    """What this entry's digest must be by its own words and the digest before it."""
    words = [entry.at.isoformat(), entry.staff_name, entry.act, entry.thing, entry.detail, entry.previous]
    canonical = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def verify(session: Session) -> str:
    """Empty, or which entry is the first that was changed, added or removed."""
    before = ""
    for entry in _all(session):
        if entry.previous != before:
            return f"操作记录第 {entry.id} 条与前一条接不上：它前面有记录被删除、插入或改动过。"
        if entry.digest != digest_of(entry):
            return f"操作记录第 {entry.id} 条（{clock.in_beijing(entry.at):%Y-%m-%d %H:%M}）的内容被改动过。"
        before = entry.digest
    return ""


def is_head(text: str) -> bool:
    """Whether it may stand on paper as a head, or as the beginning of one."""
    start = text.strip().lower()
    return 8 <= len(start) <= 64 and all(sign in "0123456789abcdef" for sign in start)


def find_by_head(session: Session, head_on_paper: str) -> AuditEntry | None:
    """The entry that was the newest when this was printed; None where there is none: a chain computed anew has none."""
    if not is_head(head_on_paper):
        return None
    start = head_on_paper.strip().lower()
    return session.scalar(select(AuditEntry).where(AuditEntry.digest.startswith(start)).limit(1))


def head(session: Session) -> str:
    """The digest of the newest entry; empty where there is none."""
    return session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)) or ""


def head_of_day(session: Session, day: date) -> str:
    """The digest of the last entry up to the end of this day in Beijing; empty where there is none."""
    end = datetime.combine(day + timedelta(days=1), time(), clock.BEIJING)
    newest = select(AuditEntry.digest).where(AuditEntry.at < end).order_by(AuditEntry.id.desc()).limit(1)
    return session.scalar(newest) or ""


def entries(
    session: Session,
    *,
    thing: str = "",
    by: str = "",
    act: str = "",
    before: int | None = None,
    since: datetime | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """Newest first; `before` is the id where the page before ended. `act` may be a noun alone, such as `post`."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if thing:
        query = query.where(AuditEntry.thing == thing)
    if by:
        query = query.where(AuditEntry.staff_name == by)
    if act:
        query = query.where((AuditEntry.act == act) | AuditEntry.act.startswith(f"{act}.", autoescape=True))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    return list(session.scalars(query).all())


def export_rows(session: Session) -> Iterator[list[str]]:
    """The whole log under its headings, oldest first, every cell a text."""
    yield list(COLUMNS)
    for entry in _all(session):
        at = f"{clock.in_beijing(entry.at):%Y-%m-%d %H:%M:%S}"
        detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True) if entry.detail else ""
        act = f"{act_name(entry.act)}（{entry.act}）"
        yield [str(entry.id), at, entry.staff_name or PROGRAM, act, entry.thing, detail, entry.previous, entry.digest]


def export_csv(session: Session) -> str:
    """The same for a spreadsheet program that takes text only; no cell is taken for a formula."""
    written = io.StringIO()
    rows = ([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in row] for row in export_rows(session))
    csv.writer(written).writerows(rows)
    return "\ufeff" + written.getvalue()


@cache
def act_names() -> dict[str, str]:
    """Every act by its name in Chinese."""
    return dict(tomllib.loads((LIBRARY / "audit.toml").read_text(encoding="utf-8"))["acts"])


def act_name(act: str) -> str:
    return act_names().get(act, act)


def _all(session: Session) -> Iterator[AuditEntry]:
    yield from session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500))
