"""Prizes: the list of entries, the numbers, the draw, and who takes which prize."""

import sqlalchemy as sa
from alembic import op

from content.store.db import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NEVER_CHANGED = ("quiz_entry_lists", "quiz_entries", "quiz_draw_records")


def _campaign() -> sa.Column[str]:
    return sa.Column("campaign_id", sa.String(length=32), nullable=False)


def _of_campaign() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["campaign_id"], ["quiz_campaigns.id"])


def upgrade() -> None:
    op.create_table(
        "quiz_entry_lists",
        _campaign(),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("fixed_at", Moment(), nullable=False),
        sa.Column("fixed_by", sa.String(length=32), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("campaign_id"),
    )
    op.create_table(
        "quiz_entries",
        _campaign(),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("campaign_id", "place"),
        sa.UniqueConstraint("campaign_id", "code"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "quiz_draw_records",
        _campaign(),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("campaign_id"),
    )
    op.create_table(
        "quiz_draw_numbers",
        _campaign(),
        sa.Column("issue", sa.String(length=32), nullable=False),
        sa.Column("typed_by", sa.String(length=32), nullable=False),
        sa.Column("numbers", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("typed_at", Moment(), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("campaign_id", "issue", "typed_by"),
    )
    op.create_table(
        "quiz_draws",
        _campaign(),
        sa.Column("withheld_at", Moment(), nullable=True),
        sa.Column("withheld_by", sa.String(length=32), nullable=False),
        sa.Column("withheld_why", sa.String(length=200), nullable=False),
        sa.Column("drawn_at", Moment(), nullable=True),
        sa.Column("drawn_by", sa.String(length=32), nullable=False),
        sa.Column("issue", sa.String(length=32), nullable=False),
        sa.Column("numbers", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=False),
        sa.Column("ended_why", sa.String(length=200), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("campaign_id"),
    )
    _winners()
    for table in NEVER_CHANGED:
        _make_append_only(table)


def _winners() -> None:
    op.create_table(
        "quiz_winners",
        _campaign(),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("prize", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("offered_at", Moment(), nullable=True),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("may_publish", sa.Boolean(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("name_encrypted", sa.String(length=400), nullable=False),
        sa.Column("phone_encrypted", sa.String(length=400), nullable=False),
        sa.Column("guardian_encrypted", sa.String(length=400), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=True),
        sa.Column("published_name", sa.String(length=32), nullable=False),
        sa.Column("tax_note", sa.String(length=100), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("campaign_id", "place"),
        sa.UniqueConstraint("campaign_id", "code"),
        sa.UniqueConstraint("campaign_id", "person"),
    )
    op.create_index("ix_quiz_winners_state", "quiz_winners", ["state", "due_at"])


def _make_append_only(table: str) -> None:
    """The database itself refuses to change or remove a row. A step that rebuilds the table must make this anew."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
            op.execute(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN {refuse}; END")
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_a_change()"
    )


def downgrade() -> None:
    for table in (
        "quiz_winners", "quiz_draws", "quiz_draw_numbers", "quiz_draw_records", "quiz_entries", "quiz_entry_lists",
    ):  # fmt: skip
        op.drop_table(table)
