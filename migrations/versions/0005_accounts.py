"""An address belongs to the account that has confirmed it; letters remember when they were tried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever signs up is let in at once, whether or not the address is known: several accounts may claim it
    # until one of them has opened the letter.
    op.drop_constraint("account_email_key_key", "account", schema="wasl")
    op.create_index(
        "account_confirmed_email_key",
        "account",
        ["email_key"],
        unique=True,
        schema="wasl",
        postgresql_where=sa.text("email_confirmed_at IS NOT NULL AND closed_at IS NULL"),
    )
    op.create_index("account_email_key", "account", ["email_key", "id"], schema="wasl")
    op.add_column("mail_message", sa.Column("tried_at", sa.DateTime(timezone=True)), schema="wasl")
    op.execute("ALTER TABLE wasl.tenant ADD COLUMN legal jsonb NOT NULL DEFAULT '{}'::jsonb")
    op.execute("GRANT UPDATE (slug, legal) ON wasl.tenant TO wasl_app")
