"""The open deals by when they should close: most deals of an old company are decided, and its views ask for
those that are not."""

from __future__ import annotations

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX deal_outcome_idx ON wasl.deal (tenant_id, outcome, expected_close_on, id)"
        " INCLUDE (owner_id, stage_id, last_active_at) WHERE archived_at IS NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX wasl.deal_outcome_idx")
