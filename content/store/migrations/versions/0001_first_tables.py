"""The first tables: materials, laws, questions, citizens, talks, receipts, figures, quiz rounds."""

import sqlalchemy as sa
from alembic import op

from content.store.db import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked_counts",
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("asked_on", "topic"),
    )
    op.create_table(
        "citizens",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("openid_encrypted", sa.Text(), nullable=False),
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("is_following", sa.Boolean(), nullable=False),
        sa.Column("followed_at", Moment(), nullable=True),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("pseudonym"),
    )
    op.create_table(
        "conversations",
        sa.Column("citizen_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id"),
    )
    op.create_table(
        "keywords",
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("word"),
    )
    op.create_table(
        "laws",
        sa.Column("short", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("short"),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "materials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("slug", sa.String(length=128), nullable=False),
        sa.Column("current_revision_id", sa.Integer(), nullable=True),
        sa.Column("published_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "slug"),
    )
    op.create_table(
        "misses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_misses_pseudonym", "misses", ["pseudonym"], unique=False)
    op.create_table(
        "questions",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.Column("scenario", sa.String(length=32), nullable=True),
        sa.Column("scenario_text", sa.Text(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_questions_subject", "questions", ["subject"], unique=False)
    op.create_table(
        "quiz_campaigns",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=32), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("opens_at", Moment(), nullable=False),
        sa.Column("closes_at", Moment(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("pool", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "quiz_rounds",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("citizen_id", sa.String(length=32), nullable=False),
        sa.Column("question_keys", sa.JSON(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("campaign_id", sa.String(length=32), nullable=True),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("half_points", sa.Integer(), nullable=False),
        sa.Column("deadline_at", Moment(), nullable=True),
        sa.Column("drawn_from", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["quiz_campaigns.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_quiz_rounds_citizen_id", "quiz_rounds", ["citizen_id"], unique=False)
    op.create_index("ix_quiz_rounds_campaign", "quiz_rounds", ["campaign_id", "citizen_id"], unique=False)
    is_open = sa.text("finished_at IS NULL")
    op.create_index(
        "ix_quiz_rounds_due",
        "quiz_rounds",
        ["campaign_id", "deadline_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index(
        "ix_quiz_rounds_begun", "quiz_rounds", ["started_at"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "receipts",
        sa.Column("message_key", sa.String(length=64), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("message_key"),
    )
    op.create_table(
        "law_articles",
        sa.Column("law_short", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sub", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["law_short"], ["laws.short"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("law_short", "number", "sub"),
    )
    op.create_table(
        "quiz_answers",
        sa.Column("round_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=32), nullable=False),
        sa.Column("letters", sa.String(length=8), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("half_points", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["quiz_rounds.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", "place"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=256), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("source_url", sa.String(length=1024), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["material_id"], ["materials.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("material_id", "number"),
    )


def downgrade() -> None:
    op.drop_table("revisions")
    op.drop_table("quiz_answers")
    op.drop_table("law_articles")
    op.drop_table("receipts")
    op.drop_index("ix_quiz_rounds_begun", table_name="quiz_rounds")
    op.drop_index("ix_quiz_rounds_due", table_name="quiz_rounds")
    op.drop_index("ix_quiz_rounds_campaign", table_name="quiz_rounds")
    op.drop_index("ix_quiz_rounds_citizen_id", table_name="quiz_rounds")
    op.drop_table("quiz_rounds")
    op.drop_table("quiz_campaigns")
    op.drop_table("questions")
    op.drop_index("ix_misses_pseudonym", table_name="misses")
    op.drop_table("misses")
    op.drop_table("materials")
    op.drop_table("marks")
    op.drop_table("laws")
    op.drop_table("keywords")
    op.drop_table("conversations")
    op.drop_table("citizens")
    op.drop_table("asked_counts")
