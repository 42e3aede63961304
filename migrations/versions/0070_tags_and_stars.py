"""Words of a company's own on its records, and the records that a member keeps at hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from saas.tenancy.policy import Foreign, Index, tagging

revision = "0070"
down_revision = "0064"
branch_labels = None
depends_on = None

TAGGED = ("deal", "party")


def upgrade() -> None:
    op.create_tenant_table(
        "tagging",
        sa.Column("table_name", sa.Text(collation="C"), nullable=False),
        sa.Column("tag_key", sa.Text(collation="C"), nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("row_id", sa.BigInteger, nullable=False),
        indexes=[
            Index("table_name", "tag_key", "row_id", include=("tag",), name="tagging_tag_idx"),
            Index("table_name", "row_id", name="tagging_row_idx"),
        ],
        record=False,
        reason="derived by trigger from the tags column of each tagged table, which is recorded",
    )
    for statement in KEEPING:
        op.execute(statement)
    for table in TAGGED:
        op.add_column(
            table,
            sa.Column("tags", postgresql.ARRAY(sa.Text), server_default="{}", nullable=False),
            schema="wasl",
        )
        op.create_check_constraint(f"{table}_tags_few", table, "cardinality(tags) <= 20", schema="wasl")
        for statement in tagging(table):
            op.execute(statement)
    op.execute(CURRENT_MEMBER)
    op.execute("GRANT EXECUTE ON FUNCTION wasl.current_member() TO wasl_app")
    op.create_tenant_table(
        "star",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        uniques=[("member_id", "subject", "subject_id")],
        foreign=[Foreign("member_id", "membership", ondelete="CASCADE", index=False)],
        record=False,
        reason="a member's own mark, which says nothing of the record",
    )


def downgrade() -> None:
    op.drop_table("star", schema="wasl")
    op.execute("DROP FUNCTION wasl.current_member()")
    for table in TAGGED:
        for verb in ("index", "reindex", "unindex"):
            op.execute(f"DROP TRIGGER {verb}_tags ON wasl.{table}")
        op.drop_constraint(f"{table}_tags_few", table, schema="wasl")
        op.drop_column(table, "tags", schema="wasl")
    for verb in ("index", "reindex", "unindex"):
        op.execute(f"DROP FUNCTION wasl.{verb}_tags()")
    op.drop_table("tagging", schema="wasl")


CURRENT_MEMBER = """
CREATE FUNCTION wasl.current_member() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(pg_catalog.current_setting('app.member_id', true), '')::bigint
$$"""
# An array cannot be looked up by index under row level security; its words in rows of their own can.
KEEPING = (
    """
CREATE FUNCTION wasl.index_tags() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO wasl.tagging (tenant_id, table_name, tag_key, tag, row_id)
  SELECT n.tenant_id, TG_TABLE_NAME, wasl.fold(t), t, n.id
  FROM new_rows n CROSS JOIN LATERAL unnest(n.tags) AS t;
  RETURN NULL;
END $$""",
    """
CREATE FUNCTION wasl.reindex_tags() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET enable_nestloop = off AS $$
DECLARE changed bigint[];
BEGIN
  -- Most updates leave the tags alone, and then nothing is written.
  SELECT array_agg(n.id) INTO changed FROM new_rows n JOIN old_rows o USING (tenant_id, id)
  WHERE n.tags IS DISTINCT FROM o.tags;
  IF changed IS NULL THEN
    RETURN NULL;
  END IF;
  DELETE FROM wasl.tagging g USING new_rows n
  WHERE g.tenant_id = n.tenant_id AND g.table_name = TG_TABLE_NAME AND g.row_id = n.id
    AND n.id = ANY (changed);
  INSERT INTO wasl.tagging (tenant_id, table_name, tag_key, tag, row_id)
  SELECT n.tenant_id, TG_TABLE_NAME, wasl.fold(t), t, n.id
  FROM new_rows n CROSS JOIN LATERAL unnest(n.tags) AS t WHERE n.id = ANY (changed);
  RETURN NULL;
END $$""",
    """
CREATE FUNCTION wasl.unindex_tags() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM wasl.tagging g USING old_rows o
  WHERE g.tenant_id = o.tenant_id AND g.table_name = TG_TABLE_NAME AND g.row_id = o.id AND o.tags <> '{}';
  RETURN NULL;
END $$""",
)
