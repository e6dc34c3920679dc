"""Campaigns: who takes part, with what nickname and for which unit, and where everybody stands."""

import sqlalchemy as sa
from alembic import op

from content.store.db import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _of_campaign() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["campaign_id"], ["quiz_campaigns.id"], ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "quiz_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("head_count", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.String(length=32), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("half_points", sa.Integer(), nullable=False),
        _of_campaign(),
        sa.ForeignKeyConstraint(["parent_id"], ["quiz_units.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("campaign_id", "path"),
    )
    op.create_index("ix_quiz_units_parent_id", "quiz_units", ["parent_id"])
    op.create_table(
        "quiz_participants",
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("nickname", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("joined_at", Moment(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.String(length=32), nullable=True),
        sa.Column("half_points", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("handed_in_at", Moment(), nullable=True),
        sa.Column("merit", sa.String(length=32), nullable=True),
        _of_campaign(),
        sa.ForeignKeyConstraint(["unit_id"], ["quiz_units.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "name"),
        sa.UniqueConstraint("campaign_id", "code"),
    )
    op.create_index("ix_quiz_participants_merit", "quiz_participants", ["campaign_id", "merit"])
    op.create_index("ix_quiz_participants_unit", "quiz_participants", ["unit_id"])
    op.create_table(
        "quiz_merit_counts",
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("campaign_id", "level", "prefix"),
    )
    op.create_table(
        "quiz_frozen_boards",
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("campaign_id"),
    )
    op.create_table(
        "quiz_seats",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=True),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("bound_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id", "participant"],
            ["quiz_participants.campaign_id", "quiz_participants.name"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("link"),
    )
    op.create_index("ix_quiz_seats_participant", "quiz_seats", ["campaign_id", "participant"])


def downgrade() -> None:
    for table in ("quiz_seats", "quiz_frozen_boards", "quiz_merit_counts", "quiz_participants", "quiz_units"):
        op.drop_table(table)
