"""What a pipeline should win in a month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pipeline", sa.Column("goal_minor", sa.BigInteger), schema="wasl")
    op.create_check_constraint("pipeline_goal_positive", "pipeline", "goal_minor > 0", schema="wasl")


def downgrade() -> None:
    op.drop_constraint("pipeline_goal_positive", "pipeline", schema="wasl")
    op.drop_column("pipeline", "goal_minor", schema="wasl")
