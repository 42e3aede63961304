"""The newest deals of one pipeline, and those that a view of it counts."""

from __future__ import annotations

from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX deal_pipeline_idx ON wasl.deal (tenant_id, pipeline_id, created_at, id)"
        " WHERE archived_at IS NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX wasl.deal_pipeline_idx")
