"""Lists sorted by amount go by the number that stands there, not by minor units: 5 yen before 4.99 dollars.

Kept by the database beside each amount, in thousandths: each currency's minor unit is a whole number of them.
"""

from __future__ import annotations

from alembic import op

revision = "0090"
down_revision = "0081"
branch_labels = None
depends_on = None

# ISO 4217 minor units as saas/kernel/money.py has them; a test compares the two.
THREE = "'BHD','IQD','JOD','KWD','LYD','OMR','TND'"
NONE = "'BIF','CLP','DJF','GNF','ISK','JPY','KMF','KRW','PYG','RWF','UGX','VND','VUV','XAF','XOF','XPF'"
# Above this, which nobody's deal is, all amounts stand together: a thousandfold more than this is no bigint.
MOST = 9_000_000_000_000_000
COLUMNS = {("deal", "amount_key"): "amount_minor", ("invoice", "total_key"): "total_minor"}
INDEXES = {
    "deal_amount_key_idx": "wasl.deal (tenant_id, amount_key, id) WHERE archived_at IS NULL",
    "invoice_total_key_idx": "wasl.invoice (tenant_id, total_key, id)",
}
FORMER = {
    "deal_amount_idx": "wasl.deal (tenant_id, amount_minor, id) WHERE archived_at IS NULL",
    "invoice_total_minor_id_idx": "wasl.invoice (tenant_id, total_minor, id)",
}


def upgrade() -> None:
    for (table, column), minor in COLUMNS.items():
        # LEAST would make a number of none.
        bounded = f"CASE WHEN {minor} > {MOST} THEN {MOST} ELSE {minor} END"
        times = f"CASE WHEN currency IN ({NONE}) THEN 1000 WHEN currency IN ({THREE}) THEN 1 ELSE 10 END"
        op.execute(
            f"ALTER TABLE wasl.{table} ADD COLUMN {column} bigint"
            f" GENERATED ALWAYS AS ({bounded} * {times}) STORED"
        )
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {columns}")
    for name in FORMER:
        op.execute(f"DROP INDEX wasl.{name}")


def downgrade() -> None:
    for name, columns in FORMER.items():
        op.execute(f"CREATE INDEX {name} ON {columns}")
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE wasl.{table} DROP COLUMN {column}")
