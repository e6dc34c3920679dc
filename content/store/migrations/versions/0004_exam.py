"""The exam of public employees: roster, codes, liaisons, overrides, mended questions, certificates."""

import sqlalchemy as sa
from alembic import op

from content.store.db import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "quiz_typed_sheets", "quiz_paper_entries", "quiz_printed_papers", "quiz_certificates", "quiz_mendings",
    "exam_liaison_sessions", "exam_liaisons", "exam_overrides", "exam_wrong_tries", "exam_codes", "exam_roster_files",
    "exam_sitters",
)  # fmt: skip


def upgrade() -> None:
    _make_roster()
    _make_liaisons()
    _make_mendings_and_certificates()
    _make_printed_papers()


def _of_campaign() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["campaign_id"], ["quiz_campaigns.id"], ondelete="CASCADE")


def _of_sitter() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign_id", "participant"],
        ["exam_sitters.campaign_id", "exam_sitters.participant"],
        ondelete="CASCADE",
    )


def _make_roster() -> None:
    op.create_table(
        "exam_sitters",
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("is_leading", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        _of_campaign(),
        sa.ForeignKeyConstraint(["unit_id"], ["quiz_units.id"]),
        sa.PrimaryKeyConstraint("campaign_id", "participant"),
    )
    op.create_index("ix_exam_sitters_unit", "exam_sitters", ["unit_id"])
    op.create_table(
        "exam_roster_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(length=32), nullable=False),
        sa.Column("sent_at", Moment(), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_exam_roster_files_campaign_id", "exam_roster_files", ["campaign_id"])
    op.create_table(
        "exam_codes",
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        _of_sitter(),
        sa.PrimaryKeyConstraint("campaign_id", "participant"),
    )
    op.create_table(
        "exam_wrong_tries",
        sa.Column("of", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("of"),
    )
    op.create_table(
        "exam_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("opens_at", Moment(), nullable=True),
        sa.Column("closes_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        _of_sitter(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_exam_overrides_participant", "exam_overrides", ["campaign_id", "participant"])


def _make_liaisons() -> None:
    op.create_table(
        "exam_liaisons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.String(length=64), nullable=False),
        sa.Column("pin_digest", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        _of_campaign(),
        sa.ForeignKeyConstraint(["unit_id"], ["quiz_units.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("link_digest"),
    )
    op.create_index("ix_exam_liaisons_campaign", "exam_liaisons", ["campaign_id"])
    op.create_table(
        "exam_liaison_sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("liaison_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["liaison_id"], ["exam_liaisons.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_exam_liaison_sessions_liaison_id", "exam_liaison_sessions", ["liaison_id"])


def _make_mendings_and_certificates() -> None:
    op.create_table(
        "quiz_mendings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("question_key", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("accepted", sa.String(length=64), nullable=False),
        sa.Column("original", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("proposed_by", sa.String(length=32), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("untold", sa.JSON(), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        _of_campaign(),
        sa.PrimaryKeyConstraint("id"),
    )
    is_open, holds = sa.text("state = 'proposed'"), sa.text("revoked_at IS NULL")
    op.create_index("ix_quiz_mendings_campaign", "quiz_mendings", ["campaign_id", "state"])
    op.create_index(
        "ix_quiz_mendings_open", "quiz_mendings", ["campaign_id", "question_key"], unique=True, sqlite_where=is_open,
        postgresql_where=is_open,
    )  # fmt: skip
    op.create_table(
        "quiz_certificates",
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("participant", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=96), nullable=False),
        sa.Column("issued_by", sa.String(length=32), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("revoked_by", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("bars_another", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id", "participant"],
            ["quiz_participants.campaign_id", "quiz_participants.name"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("serial"),
    )
    op.create_index(
        "ix_quiz_certificates_valid", "quiz_certificates", ["campaign_id", "participant"], unique=True,
        sqlite_where=holds, postgresql_where=holds,
    )  # fmt: skip


def _make_printed_papers() -> None:
    op.create_table(
        "quiz_printed_papers",
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("editions", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("drawn_from", sa.Integer(), nullable=True),
        _of_campaign(),
        sa.PrimaryKeyConstraint("campaign_id"),
    )
    op.create_table(
        "quiz_paper_entries",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.String(length=1), nullable=False),
        sa.Column("entered_by", sa.String(length=32), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        _of_campaign(),
        sa.ForeignKeyConstraint(["round_id"], ["quiz_rounds.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id"),
    )
    op.create_index("ix_quiz_paper_entries_campaign_id", "quiz_paper_entries", ["campaign_id"])
    _make_typed_sheets()


def _make_typed_sheets() -> None:
    op.create_table(
        "quiz_typed_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("replaces", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("proposed_by", sa.String(length=32), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        _of_campaign(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_quiz_typed_sheets_campaign_id", "quiz_typed_sheets", ["campaign_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
