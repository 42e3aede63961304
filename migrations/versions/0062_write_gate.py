"""The write gate is in the database too: a company that may only read is refused by its tables themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from saas.tenancy import write_gate

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

# Tables with the guard of a company's row and without the gate: those that were made before it.
UNGATED = f"""
SELECT c.relname FROM pg_class c JOIN pg_trigger g ON g.tgrelid = c.oid
WHERE c.relnamespace = 'wasl'::regnamespace AND g.tgname = 'guard_row' AND NOT EXISTS (
  SELECT FROM pg_trigger w WHERE w.tgrelid = c.oid AND w.tgname = '{write_gate.TRIGGER}')
ORDER BY c.relname
"""


def upgrade() -> None:
    op.execute(write_gate.FUNCTION)
    for table in op.get_bind().execute(sa.text(UNGATED)).scalars().all():
        for statement in write_gate.gated(table):
            op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP FUNCTION wasl.{write_gate.TRIGGER}() CASCADE")
