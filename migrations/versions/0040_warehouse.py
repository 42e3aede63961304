"""Warehouse: a ledger of stock moves, and the level that is always its sum.

The ledger's own triggers keep the level, as the last thing that a move does: the level's row is the one that
everybody waits for, so it is locked as late as possible. Below zero the move is refused, and nobody else may
write a level's ``on_hand``.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from saas.tenancy.policy import Foreign, Index, Unique

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_tenant_table(
        "stock_location",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False, server_default=sa.false()),
        uniques=[("name",), Unique("is_default", where="is_default")],
        checks={"name_given": "length(name) BETWEEN 1 AND 80"},
    )
    op.create_tenant_table(
        "stock_level",
        sa.Column("product_id", sa.BigInteger, nullable=False),
        sa.Column("location_id", sa.BigInteger, nullable=False),
        sa.Column("on_hand", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("reorder_at", sa.BigInteger, nullable=False, server_default="0"),
        uniques=[("product_id", "location_id")],
        foreign=[
            Foreign("product_id", "product", ondelete="CASCADE", index=False),
            Foreign("location_id", "stock_location"),
        ],
        indexes=[Index("on_hand", "id")],
        checks={
            "on_hand_not_negative": "on_hand >= 0",
            "reorder_at_not_negative": "reorder_at BETWEEN 0 AND 1000000000",
        },
        unrecorded=("on_hand",),
        fillfactor=50,
    )
    op.create_tenant_table(
        "stock_move",
        sa.Column("product_id", sa.BigInteger, nullable=False),
        sa.Column("location_id", sa.BigInteger, nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("member_id", sa.BigInteger),
        foreign=[
            Foreign("product_id", "product", ondelete="CASCADE", index=False),
            Foreign("location_id", "stock_location"),
            Foreign("member_id", "membership", ondelete="SET NULL"),
        ],
        indexes=[
            Index("product_id", "location_id", "id", include=("quantity",)),
            Index("moved_at", "id"),
        ],
        checks={
            "reason_known": "reason IN ('receive', 'ship', 'adjust', 'count')",
            "direction_fits_reason": "(reason = 'receive' AND quantity > 0)"
            " OR (reason = 'ship' AND quantity < 0)"
            " OR (reason = 'adjust' AND quantity <> 0) OR reason = 'count'",
            "quantity_in_range": "quantity BETWEEN -1000000000 AND 1000000000",
            "note_length": "length(note) <= 200",
        },
    )
    for name, body in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION wasl.{name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = wasl, pg_catalog AS $${body}$$"
        )
        op.execute(f"ALTER FUNCTION wasl.{name}() OWNER TO wasl_owner")
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    for table in ("stock_move", "stock_level", "stock_location"):
        op.execute(f"DROP TABLE wasl.{table} CASCADE")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION wasl.{name}()")


FUNCTIONS = {
    # The level's row first, empty: a row proposed with the move's own quantity would be checked against zero
    # before the conflict with the present one is seen, and every move out would be refused.
    "stock_move_counts": """
BEGIN
  INSERT INTO stock_level (tenant_id, product_id, location_id)
  SELECT DISTINCT m.tenant_id, m.product_id, m.location_id FROM touched m
  ON CONFLICT (tenant_id, product_id, location_id) DO NOTHING;
  UPDATE stock_level l SET on_hand = l.on_hand + m.quantity
  FROM (SELECT tenant_id, product_id, location_id, sum(quantity)::bigint AS quantity
        FROM touched GROUP BY tenant_id, product_id, location_id) m
  WHERE l.tenant_id = m.tenant_id AND l.product_id = m.product_id AND l.location_id = m.location_id;
  RETURN NULL;
END""",
    # A move taken back by undo, or gone with its product, leaves the level equal to what remains.
    "stock_move_uncounts": """
BEGIN
  UPDATE stock_level l SET on_hand = l.on_hand - m.quantity
  FROM (SELECT tenant_id, product_id, location_id, sum(quantity)::bigint AS quantity
        FROM touched GROUP BY tenant_id, product_id, location_id) m
  WHERE l.tenant_id = m.tenant_id AND l.product_id = m.product_id AND l.location_id = m.location_id;
  RETURN NULL;
END""",
    "stock_move_fixed": """
BEGIN
  RAISE EXCEPTION 'a stock move stays as it was written; write another one'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'stock_move_fixed', TABLE = 'stock_move';
END""",
    # Depth 1 is this trigger alone; the ledger's own write comes from within another one.
    "stock_level_is_ledger": """
BEGIN
  IF pg_trigger_depth() > 1 OR (TG_OP = 'INSERT' AND NEW.on_hand = 0)
    OR (TG_OP = 'UPDATE' AND (OLD.on_hand, OLD.product_id, OLD.location_id)
                           = (NEW.on_hand, NEW.product_id, NEW.location_id))
    OR (TG_OP = 'DELETE' AND OLD.on_hand = 0) THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION 'stock on hand is the sum of the ledger; write a move'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'stock_level_is_ledger', TABLE = 'stock_level';
END""",
}

TRIGGERS = [
    "CREATE TRIGGER counts AFTER INSERT ON wasl.stock_move REFERENCING NEW TABLE AS touched"
    " FOR EACH STATEMENT EXECUTE FUNCTION wasl.stock_move_counts()",
    "CREATE TRIGGER uncounts AFTER DELETE ON wasl.stock_move REFERENCING OLD TABLE AS touched"
    " FOR EACH STATEMENT EXECUTE FUNCTION wasl.stock_move_uncounts()",
    "CREATE TRIGGER fixed BEFORE UPDATE ON wasl.stock_move"
    " FOR EACH ROW WHEN ((OLD.product_id, OLD.location_id, OLD.quantity, OLD.reason, OLD.moved_at, OLD.note)"
    " IS DISTINCT FROM (NEW.product_id, NEW.location_id, NEW.quantity, NEW.reason, NEW.moved_at, NEW.note))"
    " EXECUTE FUNCTION wasl.stock_move_fixed()",
    "CREATE TRIGGER is_ledger BEFORE INSERT OR UPDATE OR DELETE ON wasl.stock_level"
    " FOR EACH ROW EXECUTE FUNCTION wasl.stock_level_is_ledger()",
]
