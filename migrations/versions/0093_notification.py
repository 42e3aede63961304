"""What each member should know of: who called or handed them something, and what is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from saas.tenancy.policy import Foreign, Index

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_tenant_table(
        "notification",
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        # NULL: several records at once, as many as ``records`` says.
        sa.Column("subject_id", sa.BigInteger),
        sa.Column("records", sa.Integer, server_default="1", nullable=False),
        sa.Column("actor_id", sa.BigInteger),
        sa.Column("comment_id", sa.BigInteger),
        sa.Column("read_at", INSTANT),
        sa.Column("lettered_at", INSTANT),
        foreign=[
            Foreign("member_id", "membership", ondelete="CASCADE", index=False),
            Foreign("actor_id", "membership", ondelete="SET NULL"),
            Foreign("comment_id", "comment", ondelete="CASCADE"),
        ],
        indexes=[
            Index("member_id", "id", where="archived_at IS NULL", name="notification_of_member_idx"),
            Index(
                "member_id",
                "id",
                where="archived_at IS NULL AND read_at IS NULL",
                name="notification_unread_idx",
            ),
        ],
        checks={
            "kind_known": "kind IN ('mentioned','handed','reminder')",
            "one_or_several": "records >= 1 AND (records = 1) = (subject_id IS NOT NULL)",
            "mention_has_its_comment": "(kind = 'mentioned') = (comment_id IS NOT NULL)",
        },
        unrecorded=("lettered_at",),
    )


def downgrade() -> None:
    op.drop_table("notification", schema="wasl")
