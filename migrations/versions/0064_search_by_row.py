"""Whether a row has a common word is asked row by row: the index by row holds the words too."""

from __future__ import annotations

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

NAME = "search_word_row_idx"


def upgrade() -> None:
    op.execute(f"DROP INDEX wasl.{NAME}")
    op.execute(f"CREATE INDEX {NAME} ON wasl.search_word (tenant_id, table_name, row_id, word)")


def downgrade() -> None:
    op.execute(f"DROP INDEX wasl.{NAME}")
    op.execute(f"CREATE INDEX {NAME} ON wasl.search_word (tenant_id, table_name, row_id)")
