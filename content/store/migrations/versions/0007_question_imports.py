"""Questions that were imported, so that a whole import can be taken back."""

import sqlalchemy as sa
from alembic import op

from content.store.db import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("handed_in_by", sa.String(length=32), nullable=False),
        sa.Column("handed_in_at", Moment(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("undone_by", sa.String(length=32), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "question_import_rows",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("checked", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["question_imports.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", "key"),
    )
    op.create_index("ix_question_import_rows_key", "question_import_rows", ["key"])


def downgrade() -> None:
    op.drop_index("ix_question_import_rows_key", table_name="question_import_rows")
    op.drop_table("question_import_rows")
    op.drop_table("question_imports")
