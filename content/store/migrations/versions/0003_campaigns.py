"""Campaigns: who takes part, with what nickname and for which unit, and where everybody stands."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
