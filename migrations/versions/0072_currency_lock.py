"""A company's currency stays once there are amounts in it: they would silently become others."""

from __future__ import annotations

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

# Amounts are the columns whose names end in _minor, in whichever module: a new one needs no word here.
HOLDS_AMOUNTS = """
CREATE FUNCTION wasl.holds_amounts(p_tenant integer) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE place record; found_one boolean;
BEGIN
  FOR place IN
    SELECT c.relname, string_agg(format('t.%I <> 0', a.attname), ' OR ') AS amounts
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname LIKE '%\\_minor' AND NOT a.attisdropped
    JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname = 'tenant_id' AND NOT o.attisdropped
    WHERE c.relnamespace = to_regnamespace('wasl') AND c.relkind = 'r'
    GROUP BY c.relname ORDER BY c.relname
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM wasl.%I t WHERE t.tenant_id = $1 AND (%s))',
                   place.relname, place.amounts) INTO found_one USING p_tenant;
    IF found_one THEN
      RETURN true;
    END IF;
  END LOOP;
  RETURN false;
END $$"""
KEEP_CURRENCY = """
CREATE FUNCTION wasl.keep_currency() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF wasl.holds_amounts(NEW.id) THEN
    RAISE EXCEPTION 'the company holds amounts in its currency' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$"""


def upgrade() -> None:
    op.execute(HOLDS_AMOUNTS)
    op.execute("GRANT EXECUTE ON FUNCTION wasl.holds_amounts(integer) TO wasl_app, wasl_migrator")
    op.execute(KEEP_CURRENCY)
    op.execute(
        "CREATE TRIGGER keep_currency BEFORE UPDATE OF currency ON wasl.tenant FOR EACH ROW"
        " WHEN (NEW.currency IS DISTINCT FROM OLD.currency) EXECUTE FUNCTION wasl.keep_currency()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_currency ON wasl.tenant")
    op.execute("DROP FUNCTION wasl.keep_currency()")
    op.execute("DROP FUNCTION wasl.holds_amounts(integer)")
