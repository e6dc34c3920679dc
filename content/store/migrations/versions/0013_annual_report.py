"""What staff enter for a year's report on disclosure: figures and words."""

import sqlalchemy as sa
from alembic import op

from content.store.db import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "annual_figures",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.Column("entered_by", sa.String(length=32), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("year", "name"),
    )
    op.create_table(
        "annual_texts",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(length=32), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("year", "part"),
    )


def downgrade() -> None:
    op.drop_table("annual_texts")
    op.drop_table("annual_figures")
