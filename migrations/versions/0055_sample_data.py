"""Sample data goes without a trace: the one way by which records of changes are ever deleted."""

from __future__ import annotations

from alembic import op

revision = "0055"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for verb in ("SELECT", "DELETE"):
        op.execute(
            f"CREATE POLICY forget_{verb.lower()} ON wasl.change FOR {verb} TO wasl_owner"
            " USING (tenant_id = (SELECT wasl.current_tenant()))"
        )
    op.execute(FORGET_SAMPLE)
    op.execute("ALTER FUNCTION wasl.forget_sample() OWNER TO wasl_owner")
    op.execute("REVOKE ALL ON FUNCTION wasl.forget_sample() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION wasl.forget_sample() TO wasl_app")


# Takes no argument: it forgets what was recorded under the two names of sample data, and the history of the
# rows that went under the second, of the bound company. Nothing else can be forgotten through it.
FORGET_SAMPLE = """
CREATE FUNCTION wasl.forget_sample() RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM wasl.change c
  WHERE c.tenant_id = wasl.current_tenant()
    AND (c.action IN ('sample.add', 'sample.remove')
      OR (c.table_name, c.row_id) IN (
        SELECT g.table_name, g.row_id FROM wasl.change g
        WHERE g.tenant_id = wasl.current_tenant() AND g.action = 'sample.remove' AND g.op = 'delete'))
$$
"""
