"""Erasures, the keys of citizens' names in logs, what happened to safety, and who has been told what we keep."""

import sqlalchemy as sa
from alembic import op

from content.store.db import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("asked_by", sa.String(length=8), nullable=False),
        sa.Column("went", sa.JSON(), nullable=False),
        sa.Column("scoured_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_erasures_who", "erasures", ["who"])
    op.create_table(
        "trace_keys",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym"),
    )
    op.create_table(
        "security_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_security_events_at", "security_events", ["at"])
    op.add_column(
        "citizens", sa.Column("told_with", sa.String(length=64), server_default=sa.text("''"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("citizens", "told_with")
    op.drop_index("ix_security_events_at", table_name="security_events")
    op.drop_table("security_events")
    op.drop_table("trace_keys")
    op.drop_index("ix_erasures_who", table_name="erasures")
    op.drop_table("erasures")
