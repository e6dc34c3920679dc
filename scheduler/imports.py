"""Word and Markdown files that staff have handed in: read in the scheduler's process, never in a web worker.

A file waits under `uploads/waiting/`; its row says how far it has come. One scheduler takes a row; one that died
while it read is taken over.
"""

import logging
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import String, Text, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import articles, audit, covers, pictures
from content.articles import NotSaved, Overwritten
from content.importers.documents import ArticleFile, open_word
from content.importers.library import Unreadable
from content.importers.markdown import is_markdown, open_markdown
from content.importers.word import plain as plain_words
from content.models import Revision
from content.pictures import BadPicture, Prepared
from content.staff import NotAllowed
from content.store import clock
from content.store.db import Base, Database
from scheduler import posts

KEPT = timedelta(days=1)
KEPT_FIELDS = ("author", "digest", "category", "source_url")
"""Of the article, where a file that takes its words' place says nothing of them."""
NO_COVER = "没有图片可以作封面，先用了素色的封面：请换上合适的图片。"
DEAD_AFTER = timedelta(minutes=2)
_log = logging.getLogger(__name__)


class ImportState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    REFUSED = "refused"


class Import(Base):
    __tablename__ = "imports"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    handed_in_by: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    doing: Mapped[str] = mapped_column(String(64), default="")
    """What is being done, in Chinese."""
    slug: Mapped[str] = mapped_column(String(128), default="")
    """The draft that came of it; from the beginning, where it is to take the place of an article's words."""
    base: Mapped[int] = mapped_column(default=0)
    """The revision that whoever handed it in had before him; 0 for a new article."""
    told: Mapped[str] = mapped_column(Text, default="")
    """What a person should look at, or why it was refused; a line each."""
    at: Mapped[datetime]
    """Its last sign of life."""


def hand_in(session: Session, name: str, data: bytes, by: str, uploads: Path, slug: str = "", base: int = 0) -> Import:
    """`slug` and `base`: the article whose words it replaces, and its revision that was looked at."""
    row = Import(
        id=secrets.token_hex(16), name=name[-200:], handed_in_by=by, state=ImportState.WAITING, slug=slug, base=base,
        at=clock.now(),
    )  # fmt: skip
    waiting = _place(uploads, row.id)
    waiting.parent.mkdir(parents=True, exist_ok=True)
    waiting.write_bytes(data)
    session.add(row)
    session.flush()
    return row


def read_waiting(database: Database, uploads: Path) -> bool:
    """Reads one file that waits; False where none does."""
    row = _take(database)
    if row is None:
        return False
    waiting = _place(uploads, row.id)
    try:
        found = _read(database, row, waiting.read_bytes(), uploads)
        cover = _cover(found, uploads)
        with database.transaction() as session:
            slug, notes = _save(session, row, found, *cover)
            audit.record(session, row.handed_in_by, "article.import", f"article:{slug}", file=row.name)
            _end(session, row.id, ImportState.DONE, "\n".join(notes), slug)
    except (Unreadable, NotSaved, Overwritten, NotAllowed, OSError) as error:
        told = str(error) if not isinstance(error, OSError) else "文件没有存好：请再上传一次。"
        with database.transaction() as session:
            _end(session, row.id, ImportState.REFUSED, told, row.slug)
    waiting.unlink(missing_ok=True)
    return True


def _save(session: Session, row: Import, found: ArticleFile, own: Prepared, is_plain: bool) -> tuple[str, list[str]]:
    """The article's name and what to tell. Raises NotSaved and Overwritten."""
    for picture in found.pictures:
        pictures.keep(session, picture)
    old = _replaced(session, row)
    words, notes = found.wording, list(found.notes)
    cover = str((words.facts or {}).get("cover", "") or (old.facts.get("cover", "") if old else ""))
    if not cover:
        cover = pictures.address(pictures.keep(session, own))
        notes += [NO_COVER] if is_plain else []
    title, body = (words.title, words.body) if found.has_title or old is None else _titled(old.title, words.body)
    draft = articles.save_draft(
        session, row.slug or None, title=title, body=body, by=row.handed_in_by, base_number=row.base, cover=cover,
        **{name: getattr(words, name) or (getattr(old, name) if old else "") for name in KEPT_FIELDS},
    )  # fmt: skip
    if draft.number != row.base:
        posts.note_edit(session, draft.material_id, row.handed_in_by)
    return draft.material.slug, notes


def _cover(found: ArticleFile, uploads: Path) -> tuple[Prepared, bool]:
    """Cut from the first picture that is large enough; else (a plain one, True)."""
    for picture in found.pictures:
        with suppress(BadPicture):
            made = pictures.prepare(covers.cut(pictures.picture_bytes(uploads, picture.digest)), uploads)
            if made.width >= pictures.COVER_WIDTH and made.height >= pictures.COVER_HEIGHT:
                return made, False
    return pictures.prepare(covers.plain_cover(), uploads), True


def _replaced(session: Session, row: Import) -> Revision | None:
    material = articles.find_article(session, row.slug) if row.slug else None
    return articles.latest_revision(session, material.id) if material else None


def _titled(title: str, body: str) -> tuple[str, str]:
    """The file has no title of its own: the article's stays, and is not said twice."""
    first, _, rest = body.partition("\n\n")
    return title, rest if plain_words(first) == title else body


def _read(database: Database, row: Import, data: bytes, uploads: Path) -> ArticleFile:
    """Raises Unreadable."""
    if is_markdown(row.name):
        return open_markdown(data, row.name)
    return open_word(data, row.name, uploads, lambda *how: _note(database, row.id, *how))


def purge(session: Session) -> None:
    session.execute(delete(Import).where(Import.at < clock.now() - KEPT))


def _take(database: Database) -> Import | None:
    """One row, by exactly one scheduler."""
    dead = clock.now() - DEAD_AFTER
    may_be_taken = or_(Import.state == ImportState.WAITING, (Import.state == ImportState.READING) & (Import.at < dead))
    with database.transaction() as session:
        row = session.scalar(select(Import).where(may_be_taken).order_by(Import.at).limit(1))
        if row is None:
            return None
        taken = session.execute(
            update(Import)
            .where(Import.id == row.id, may_be_taken)
            .values(state=ImportState.READING, at=clock.now(), doing="读取文件")
            .execution_options(synchronize_session=False)
        )
        return row if taken.rowcount == 1 else None  # type: ignore[attr-defined]


def _note(database: Database, import_id: str, done: int, total: int, doing: str) -> None:
    with database.transaction() as session:
        session.execute(
            update(Import)
            .where(Import.id == import_id)
            .values(done=done, total=total, doing=doing[:64], at=clock.now())
        )


def _end(session: Session, import_id: str, state: ImportState, told: str, slug: str = "") -> None:
    values = {"state": state, "told": told, "slug": slug, "at": clock.now()}
    session.execute(update(Import).where(Import.id == import_id).values(**values))


def _place(uploads: Path, import_id: str) -> Path:
    return uploads / "waiting" / import_id
