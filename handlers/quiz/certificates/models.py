"""Certificates that were issued. Tables only; the name on them is masked, here and everywhere."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from content.store.db import Base

_HOLDS = text("revoked_at IS NULL")


class Certificate(Base):
    __tablename__ = "quiz_certificates"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "participant"], ["quiz_participants.campaign_id", "quiz_participants.name"],
            ondelete="CASCADE",
        ),
        Index("ix_quiz_certificates_valid", "campaign_id", "participant", unique=True, sqlite_where=_HOLDS,
              postgresql_where=_HOLDS),
    )  # fmt: skip

    serial: Mapped[str] = mapped_column(String(32), primary_key=True)
    campaign_id: Mapped[str] = mapped_column(String(32))
    participant: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    """What is signed, see signing.py."""
    signature: Mapped[str] = mapped_column(String(96))
    issued_by: Mapped[str] = mapped_column(String(32))
    """Empty where its owner asked for it himself."""
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it was revoked."""
    bars_another: Mapped[bool] = mapped_column(default=False)
    """Staff revoked it for a cause: its owner gets none until somebody else of them issues it anew."""
