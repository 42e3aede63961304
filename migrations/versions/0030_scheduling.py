"""Scheduling: who can be booked, for what, and when. Nobody can be booked twice at once.

The exclusion constraint needs no extension: company and person become one int8range of a single point, which
GiST can index, beside the time from start to end.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from saas.tenancy.policy import Foreign, Index

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None

COLOURS = "('accent', 'info', 'plum', 'ok', 'warn')"
WHO = (
    "int8range(tenant_id::bigint * 4294967296 + person_id, tenant_id::bigint * 4294967296 + person_id, '[]')"
)


def upgrade() -> None:
    op.create_tenant_table(
        "bookable_person",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("position", sa.Integer, nullable=False, server_default="0"),
        uniques=[("member_id",)],
        foreign=[Foreign("member_id", "membership", ondelete="SET NULL")],
        checks={
            "name_given": "length(name) BETWEEN 1 AND 80",
            # The id is the low half of the exclusion key.
            "id_fits_key": "id BETWEEN 1 AND 4294967295",
        },
    )
    op.create_tenant_table(
        "bookable_service",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("duration_min", sa.Integer, nullable=False),
        sa.Column("colour", sa.Text, nullable=False, server_default="accent"),
        sa.Column("position", sa.Integer, nullable=False, server_default="0"),
        checks={
            "name_given": "length(name) BETWEEN 1 AND 80",
            "duration_in_a_day": "duration_min BETWEEN 5 AND 1440",
            "colour_known": f"colour IN {COLOURS}",
        },
    )
    op.create_tenant_table(
        "appointment",
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("service_id", sa.BigInteger, nullable=False),
        sa.Column("party_id", sa.BigInteger),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="booked"),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        foreign=[
            Foreign("person_id", "bookable_person"),
            Foreign("service_id", "bookable_service"),
            Foreign("party_id", "party", ondelete="SET NULL"),
        ],
        indexes=[
            Index("starts_at", "id"),
            Index("person_id", "starts_at"),
        ],
        checks={
            "state_known": "state IN ('booked', 'done', 'cancelled')",
            "ends_after_start": "ends_at > starts_at AND ends_at <= starts_at + interval '24 hours'",
            "note_length": "length(note) <= 1000",
        },
    )
    op.execute(
        "ALTER TABLE wasl.appointment ADD CONSTRAINT appointment_no_overlap EXCLUDE USING gist "
        f"(({WHO}) WITH &&, tstzrange(starts_at, ends_at) WITH &&) "
        "WHERE (state <> 'cancelled' AND archived_at IS NULL)"
    )


def downgrade() -> None:
    for table in ("appointment", "bookable_service", "bookable_person"):
        op.execute(f"DROP TABLE wasl.{table} CASCADE")
