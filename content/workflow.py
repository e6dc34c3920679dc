"""Review: who may sign what, bound to a digest of just what was seen. Knows no post: a subject is a name such as
`post:12`, and its digest covers title, body, cover, audience and time.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base


class Verdict(StrEnum):
    APPROVE = "approve"
    RETURN = "return"


class SignOff(Base):
    """One person's word on one state of a subject. Never edited."""

    __tablename__ = "sign_offs"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(16))
    """review1, review2 or publish: the role that was exercised."""
    staff_name: Mapped[str] = mapped_column(String(32))
    verdict: Mapped[str] = mapped_column(String(8))
    opinion: Mapped[str] = mapped_column(Text)
    is_secrecy_checked: Mapped[bool]
    """保密审查: ticked by name, on its own."""
    ticks: Mapped[list[Any]] = mapped_column(JSON)
    """Yellow findings of the pre-flight that were looked at and accepted."""
    at: Mapped[datetime]
