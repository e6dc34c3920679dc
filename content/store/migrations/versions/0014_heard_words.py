"""How often a word of the bureau's own decided what was understood."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("keywords", sa.Column("heard", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("keywords", sa.Column("is_imported", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("keywords", "is_imported")
    op.drop_column("keywords", "heard")
