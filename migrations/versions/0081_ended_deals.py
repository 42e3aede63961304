"""What closed in a stage since a day, with all that its head and the order of its cards ask for."""

from __future__ import annotations

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX deal_ended_idx ON wasl.deal (tenant_id, stage_id, closed_on)"
        " INCLUDE (currency, amount_minor, owner_id, position, id)"
        " WHERE closed_on IS NOT NULL AND archived_at IS NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX wasl.deal_ended_idx")
