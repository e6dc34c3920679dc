"""Applications for government information, what was done with each, and the proofs of who applied."""

import sqlalchemy as sa
from alembic import op

from content.store.db import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
_INDEXED = ("applicant_kind", "applicant", "citizen_id", "state", "received_on", "due_on", "report_class", "ended_on")


def upgrade() -> None:
    op.create_table(
        "disclosure_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("applicant_kind", sa.String(length=16), nullable=False),
        sa.Column("applicant", sa.String(length=32), nullable=False),
        sa.Column("particulars", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("document_number", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("citizen_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("handler", sa.String(length=32), nullable=False),
        sa.Column("filed_at", Moment(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("counted_from", sa.Date(), nullable=True),
        sa.Column("correct_until", sa.Date(), nullable=True),
        sa.Column("extended_days", sa.Integer(), nullable=False),
        sa.Column("rests", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("drafted_by", sa.String(length=32), nullable=False),
        sa.Column("drafted_at", Moment(), nullable=True),
        sa.Column("answer", sa.String(length=24), nullable=False),
        sa.Column("report_class", sa.String(length=8), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("year", "serial"),
    )
    for name in _INDEXED:
        op.create_index(f"ix_disclosure_requests_{name}", "disclosure_requests", [name])
    op.create_table(
        "disclosure_request_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=32), server_default=sa.text("''"), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_inner", sa.Boolean(), nullable=False),
        sa.Column("letter", sa.String(length=24), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column("told_by", sa.String(length=32), nullable=False),
        sa.Column("told_how", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["disclosure_requests.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_disclosure_request_steps_request_id", "disclosure_request_steps", ["request_id"])
    op.create_table(
        "disclosure_request_proofs",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["disclosure_requests.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_table(
        "disclosure_request_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("added_by", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["disclosure_requests.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_disclosure_request_files_request_id", "disclosure_request_files", ["request_id"])


def downgrade() -> None:
    op.drop_table("disclosure_request_files")
    op.drop_table("disclosure_request_proofs")
    op.drop_table("disclosure_request_steps")
    op.drop_table("disclosure_requests")
