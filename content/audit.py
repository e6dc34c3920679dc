"""Who did what to which thing and when: append-only, each row holding the digest of the one before."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class AuditEntry(Base):
    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    staff_name: Mapped[str] = mapped_column(String(32))
    """Empty where the program itself acted."""
    act: Mapped[str] = mapped_column(String(48))
    """A verb with its noun in English, such as `post.approve`; shown in Chinese through the phrases."""
    thing: Mapped[str] = mapped_column(String(160))
    """What it was done to, such as `post:12` or `material:article/2026/zhai`."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    """No personal data, no secrets."""
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
