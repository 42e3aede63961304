"""The hours that a company works, day by day of the week, where they are not the usual ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_tenant_table(
        "opening_hours",
        sa.Column("weekday", sa.Integer, nullable=False),
        sa.Column("opens_min", sa.Integer),
        sa.Column("closes_min", sa.Integer),
        uniques=[("weekday",)],
        checks={
            "weekday_known": "weekday BETWEEN 0 AND 6",
            "both_or_neither": "(opens_min IS NULL) = (closes_min IS NULL)",
            "within_the_day": "opens_min >= 0 AND closes_min <= 1440 AND opens_min < closes_min",
        },
    )


def downgrade() -> None:
    op.drop_table("opening_hours", schema="wasl")
