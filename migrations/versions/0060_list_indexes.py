"""What lists are sorted by and had no index for: activities by their time, invoices by their number."""

from __future__ import annotations

from alembic import op

revision = "0060"
down_revision = "0055"
branch_labels = None
depends_on = None

INDEXES = {
    "activity_list_due_idx": "wasl.activity (tenant_id, due_at, id)",
    "invoice_list_number_idx": "wasl.invoice (tenant_id, number, id)",
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {columns} WHERE archived_at IS NULL")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX wasl.{name}")
