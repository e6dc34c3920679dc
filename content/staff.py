"""Staff: who they are, what their roles allow, how they prove it. Never decides what a single act needs."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class Role(StrEnum):
    WRITE = "write"
    REVIEW1 = "review1"
    REVIEW2 = "review2"
    PUBLISH = "publish"
    CAMPAIGNS = "campaigns"
    AUDIT = "audit"
    ADMIN = "admin"


class Staff(Base):
    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    """What they sign in with and what the audit log calls them."""
    shown_name: Mapped[str] = mapped_column(String(32))
    roles: Mapped[list[str]] = mapped_column(JSON)
    password_hash: Mapped[str] = mapped_column(Text, default="")
    totp_encrypted: Mapped[str] = mapped_column(Text, default="")
    """The secret of the second factor; empty until it is set up."""
    totp_last_step: Mapped[int] = mapped_column(default=0)
    """The newest 30-second step that was used: none is taken twice."""
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class StaffSession(Base):
    """One sign-in; the cookie holds the token, this table its digest."""

    __tablename__ = "staff_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
