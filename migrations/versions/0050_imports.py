"""Imports: files on their way in, and how each company maps its headers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from saas.tenancy.policy import Foreign, Index

revision = "0050"
down_revision = "0040"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATES = "('mapping','checked','queued','running','done','failed','cancelled','undone')"


def upgrade() -> None:
    op.create_tenant_table(
        "import_run",
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("file_size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("state", sa.Text, server_default="mapping", nullable=False),
        sa.Column("target", sa.Text),
        _json("reading", "{}"),
        _json("columns", "[]"),
        _json("decisions", "{}"),
        _json("report", "{}"),
        _json("refused", "[]"),
        _json("also_created", "{}"),
        *(
            sa.Column(name, sa.Integer, server_default="0", nullable=False)
            for name in (
                "rows_total",
                "rows_done",
                "created_count",
                "updated_count",
                "skipped_count",
                "refused_count",
                "conflicts",
            )
        ),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("action_id", postgresql.UUID),
        sa.Column("cancel_asked", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("error_key", sa.Text, server_default="", nullable=False),
        _json("error_params", "{}"),
        sa.Column("started_at", INSTANT),
        sa.Column("finished_at", INSTANT),
        foreign=[Foreign("member_id", "membership", ondelete="SET NULL")],
        indexes=[Index("created_at DESC", "id DESC"), Index("sha256")],
        checks={"state_known": f"state IN {STATES}"},
        record=False,
        reason="the progress of an import is not a fact of the company; the rows that it writes are recorded",
    )
    op.create_tenant_table(
        "import_mapping",
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("header_key", sa.Text, nullable=False),
        _json("fields", "{}"),
        uniques=[("target", "header_key")],
        record=False,
        reason="a habit that the next import starts from; undoing an import keeps it",
    )


def downgrade() -> None:
    op.drop_table("import_mapping", schema="wasl")
    op.drop_table("import_run", schema="wasl")


def _json(name: str, default: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB, server_default=default, nullable=False)
