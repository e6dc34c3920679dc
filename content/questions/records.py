"""What is kept of imports of questions: the file, and each question before and after. Tables and queries."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from content.staff import NotFound
from content.store.db import Base


class ImportState(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    UNDONE = "undone"


class QuestionImport(Base):
    __tablename__ = "question_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    """Of the file."""
    form: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(32))
    """Of the questions that do not say theirs."""
    state: Mapped[str] = mapped_column(String(8))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """The file as it was handed in; empty when its time is over."""
    handed_in_by: Mapped[str] = mapped_column(String(32))
    handed_in_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(String(32), default="")
    undone_at: Mapped[datetime | None]
    told: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """What came of it: new, changed, same, bad, left; after the undoing also restored, retired, deleted."""


class QuestionImportRow(Base):
    """One question that an import made or changed."""

    __tablename__ = "question_import_rows"

    import_id: Mapped[int] = mapped_column(ForeignKey("question_imports.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    place: Mapped[str] = mapped_column(String(32))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The wording it had; none for a new question."""
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    checked: Mapped[dict[str, str]] = mapped_column(JSON)
    """Law → the text with which its citations were checked."""


def get_import(session: Session, number: int) -> QuestionImport:
    """Raises NotFound."""
    row = session.get(QuestionImport, number)
    if row is None:
        raise NotFound(f"没有第 {number} 次导入：请到导入记录里找。")
    return row


def all_imports(session: Session, limit: int | None = 200) -> list[QuestionImport]:
    """Newest first, without their files."""
    query = select(QuestionImport).options(defer(QuestionImport.data)).order_by(QuestionImport.id.desc())
    return list(session.scalars(query.limit(limit)).all())


def rows_of(session: Session, number: int) -> list[QuestionImportRow]:
    query = select(QuestionImportRow).where(QuestionImportRow.import_id == number).order_by(QuestionImportRow.key)
    return list(session.scalars(query).all())


def own_keys(session: Session) -> set[str]:
    """Questions that have the bureau's words."""
    query = select(QuestionImportRow.key).join(QuestionImport, QuestionImport.id == QuestionImportRow.import_id)
    return set(session.scalars(query.where(QuestionImport.state == ImportState.TAKEN)).all())


def checked_texts(session: Session) -> dict[str, dict[str, str]]:
    """With which texts of law the bureau's own questions were checked, by key; the newest import counts."""
    query = (
        select(QuestionImportRow.key, QuestionImportRow.checked)
        .join(QuestionImport, QuestionImport.id == QuestionImportRow.import_id)
        .where(QuestionImport.state == ImportState.TAKEN)
        .order_by(QuestionImport.taken_at, QuestionImport.id)
    )
    return {key: dict(checked) for key, checked in session.execute(query).all()}


def history(session: Session, key: str) -> list[QuestionImport]:
    """Imports that made or changed a question, newest first."""
    query = (
        select(QuestionImport).options(defer(QuestionImport.data))
        .join(QuestionImportRow, QuestionImportRow.import_id == QuestionImport.id)
        .where(QuestionImportRow.key == key).order_by(QuestionImport.id.desc())
    )  # fmt: skip
    return list(session.scalars(query).all())
