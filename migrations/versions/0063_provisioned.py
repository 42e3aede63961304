"""A module remembers that what it starts with was made: a company half founded is made whole later."""

from __future__ import annotations

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A default fills the rows that are there without an update, which every change trigger would record.
    op.execute("ALTER TABLE wasl.enabled_module ADD COLUMN provisioned_at timestamptz DEFAULT now()")
    op.execute("ALTER TABLE wasl.enabled_module ALTER COLUMN provisioned_at DROP DEFAULT")


def downgrade() -> None:
    op.execute("ALTER TABLE wasl.enabled_module DROP COLUMN provisioned_at")
