"""An import may be under check: a large file is looked through by a job, told apart from one that waits."""

from __future__ import annotations

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

BEFORE = ("mapping", "checked", "queued", "running", "done", "failed", "cancelled", "undone")


def upgrade() -> None:
    _states(*BEFORE, "checking")


def downgrade() -> None:
    op.execute("UPDATE wasl.import_run SET state = 'mapping' WHERE state = 'checking'")
    _states(*BEFORE)


def _states(*states: str) -> None:
    known = ", ".join(f"'{state}'" for state in states)
    op.execute("ALTER TABLE wasl.import_run DROP CONSTRAINT import_run_state_known")
    op.execute(
        f"ALTER TABLE wasl.import_run ADD CONSTRAINT import_run_state_known CHECK (state IN ({known}))"
    )
