"""The showcase of videos: what was handed in, and its votes."""

import sqlalchemy as sa
from alembic import op

from content.store.db import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "video_showcases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=32), nullable=False),
        sa.Column("collects_from", Moment(), nullable=True),
        sa.Column("collects_until", Moment(), nullable=True),
        sa.Column("votes_from", Moment(), nullable=True),
        sa.Column("votes_until", Moment(), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "videos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("showcase_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=32), nullable=False),
        sa.Column("author_kind", sa.String(length=8), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("consented_at", Moment(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=512), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("contact_encrypted", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.String(length=32), nullable=True),
        sa.Column("receipt", sa.String(length=32), nullable=True),
        sa.Column("sender", sa.String(length=32), nullable=False),
        sa.Column("entered_by", sa.String(length=32), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["showcase_id"], ["video_showcases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("showcase_id", "number"),
        sa.UniqueConstraint("receipt"),
    )
    op.create_index("ix_videos_state", "videos", ["showcase_id", "state"])
    op.create_index("ix_videos_citizen_id", "videos", ["citizen_id"])
    op.create_index("ix_videos_sender", "videos", ["sender"])
    op.create_table(
        "video_votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("showcase_id", sa.Integer(), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("voted_on", sa.Date(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["showcase_id"], ["video_showcases.id"]),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("showcase_id", "participant", "voted_on"),
    )
    op.create_index("ix_video_votes_video_id", "video_votes", ["video_id"])


def downgrade() -> None:
    op.drop_table("video_votes")
    op.drop_table("videos")
    op.drop_table("video_showcases")
