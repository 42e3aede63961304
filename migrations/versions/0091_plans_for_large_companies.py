"""Plans that are kept for all companies suit the large ones: see ``saas.tenancy.policy.reckoning``."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

COMPANIES = 10
TABLES = sa.text(
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
    " WHERE c.relnamespace = 'wasl'::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped"
)


def upgrade() -> None:
    for table in op.get_bind().execute(TABLES).scalars().all():
        op.execute(f"ALTER TABLE wasl.{table} ALTER tenant_id SET (n_distinct = {COMPANIES})")
        op.execute(f"ANALYZE wasl.{table}")


def downgrade() -> None:
    for table in op.get_bind().execute(TABLES).scalars().all():
        op.execute(f"ALTER TABLE wasl.{table} ALTER tenant_id RESET (n_distinct)")
        op.execute(f"ANALYZE wasl.{table}")
