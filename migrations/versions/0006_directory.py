"""Facts that modules share: parties, people, products; words to search by; comments, files, saved views."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from saas.tenancy.policy import Foreign, Index, Unique

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in SEARCH:
        op.execute(statement)
    _parties()
    _people_and_products()
    _records()


# Written by triggers alone, so that nothing can be found that is not there.
SEARCH = (
    """
CREATE TABLE wasl.search_word (
  tenant_id integer NOT NULL REFERENCES wasl.tenant (id),
  table_name text COLLATE "C" NOT NULL,
  word text COLLATE "C" NOT NULL,
  row_id bigint NOT NULL,
  PRIMARY KEY (tenant_id, table_name, word, row_id)
)""",
    "CREATE INDEX search_word_row_idx ON wasl.search_word (tenant_id, table_name, row_id)",
    "ALTER TABLE wasl.search_word OWNER TO wasl_owner",
    "ALTER TABLE wasl.search_word ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE wasl.search_word FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant ON wasl.search_word FOR SELECT TO wasl_app"
    " USING (tenant_id = (SELECT wasl.current_tenant()))",
    # The triggers run as the owner and take the company from the changed row itself.
    "CREATE POLICY indexer ON wasl.search_word TO wasl_owner USING (true) WITH CHECK (true)",
    "GRANT SELECT ON wasl.search_word TO wasl_app",
    """
CREATE FUNCTION wasl.words_of(record jsonb, columns text[]) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Arabic joins its article to the word: a name is also found without it.
  SELECT DISTINCT left(form, 60)
  FROM regexp_split_to_table(
    wasl.fold(array_to_string(ARRAY(SELECT record ->> c FROM unnest(columns) c), ' '))
      COLLATE pg_catalog.pg_c_utf8, '[^[:alnum:]]+') AS w
  CROSS JOIN LATERAL (
    VALUES (w), (CASE WHEN left(w, 2) = 'ال' AND length(w) > 4 THEN substr(w, 3) ELSE '' END)) AS forms (form)
  WHERE form <> ''
$$""",
    """
CREATE FUNCTION wasl.index_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO wasl.search_word (tenant_id, table_name, word, row_id)
  SELECT n.tenant_id, TG_TABLE_NAME, w, n.id
  FROM new_rows n CROSS JOIN LATERAL wasl.words_of(to_jsonb(n), TG_ARGV) AS w;
  RETURN NULL;
END $$""",
    """
CREATE FUNCTION wasl.reindex_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET enable_nestloop = off AS $$
DECLARE company integer; changed bigint[];
BEGIN
  -- Most updates leave the searched columns alone, and then nothing is written.
  FOR company, changed IN
    SELECT n.tenant_id, array_agg(n.id)
    FROM (SELECT id, tenant_id, to_jsonb(n) AS record FROM new_rows n) n
    JOIN (SELECT id, tenant_id, to_jsonb(o) AS record FROM old_rows o) o USING (tenant_id, id)
    WHERE EXISTS (SELECT FROM unnest(TG_ARGV) c WHERE n.record -> c IS DISTINCT FROM o.record -> c)
    GROUP BY n.tenant_id
  LOOP
    DELETE FROM wasl.search_word s
    WHERE s.tenant_id = company AND s.table_name = TG_TABLE_NAME AND s.row_id = ANY (changed);
    INSERT INTO wasl.search_word (tenant_id, table_name, word, row_id)
    SELECT company, TG_TABLE_NAME, w, n.id
    FROM new_rows n CROSS JOIN LATERAL wasl.words_of(to_jsonb(n), TG_ARGV) AS w
    WHERE n.tenant_id = company AND n.id = ANY (changed);
  END LOOP;
  RETURN NULL;
END $$""",
    """
CREATE FUNCTION wasl.unindex_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE company integer; gone bigint[];
BEGIN
  FOR company, gone IN SELECT o.tenant_id, array_agg(o.id) FROM old_rows o GROUP BY o.tenant_id LOOP
    DELETE FROM wasl.search_word s
    WHERE s.tenant_id = company AND s.table_name = TG_TABLE_NAME AND s.row_id = ANY (gone);
  END LOOP;
  RETURN NULL;
END $$""",
    "ALTER FUNCTION wasl.index_words() OWNER TO wasl_owner",
    "ALTER FUNCTION wasl.reindex_words() OWNER TO wasl_owner",
    "ALTER FUNCTION wasl.unindex_words() OWNER TO wasl_owner",
    "GRANT EXECUTE ON FUNCTION wasl.words_of(jsonb, text[]) TO wasl_owner",
    # For whoever has just written many rows: until the next autovacuum, plans are those of an empty table.
    """
CREATE FUNCTION wasl.refresh_statistics(tables text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY tables LOOP
    EXECUTE format('ANALYZE wasl.%I', t);
  END LOOP;
END $$""",
    "ALTER FUNCTION wasl.refresh_statistics(text[]) OWNER TO wasl_owner",
    "GRANT EXECUTE ON FUNCTION wasl.refresh_statistics(text[]) TO wasl_app",
    # Until the transaction ends, nobody else of the company looks for or makes a record of this name.
    """
CREATE FUNCTION wasl.hold_name(kind text, key text) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock(wasl.current_tenant(), hashtext(kind || ':' || key)) IS NOT NULL
$$""",
    "GRANT EXECUTE ON FUNCTION wasl.hold_name(text, text) TO wasl_app",
)


def _name_key(of: str) -> sa.Column[str]:
    return sa.Column(f"{of}_key", sa.Text, sa.Computed(f"wasl.fold({of})", persisted=True))


def _parties() -> None:
    op.create_tenant_table(
        "party",
        sa.Column("kind", sa.Text, server_default="company", nullable=False),
        sa.Column("is_customer", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("is_supplier", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_ar", sa.Text, server_default="", nullable=False),
        _name_key("name"),
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("parent_id", sa.BigInteger),
        sa.Column("segment", sa.Text, server_default="", nullable=False),
        sa.Column("country", sa.Text, server_default="", nullable=False),
        sa.Column("city", sa.Text, server_default="", nullable=False),
        sa.Column("phone", sa.Text, server_default="", nullable=False),
        sa.Column("email", sa.Text, server_default="", nullable=False),
        sa.Column("website", sa.Text, server_default="", nullable=False),
        sa.Column("tax_number", sa.Text, server_default="", nullable=False),
        sa.Column("founded_year", sa.Integer),
        sa.Column("employees", sa.Integer),
        sa.Column("annual_revenue_minor", sa.BigInteger),
        sa.Column("credit_limit_minor", sa.BigInteger),
        sa.Column("payment_terms_days", sa.Integer),
        sa.Column("language", sa.Text, server_default="", nullable=False),
        sa.Column("note", sa.Text, server_default="", nullable=False),
        foreign=[
            Foreign("owner_id", "membership", ondelete="SET NULL"),
            Foreign("parent_id", "party", ondelete="SET NULL"),
        ],
        indexes=[
            Index('name_key COLLATE "C"', "id", name="party_name_idx"),
            Index("created_at", "id", name="party_created_idx"),
        ],
        checks={
            "kind_known": "kind IN ('company','person','government','nonprofit')",
            "name_given": "btrim(name) <> ''",
            "not_its_own_parent": "parent_id <> id",
            "limit_not_negative": "credit_limit_minor >= 0",
            "terms_not_negative": "payment_terms_days >= 0",
            "employees_not_negative": "employees >= 0",
        },
        searched=("name", "name_ar", "phone", "email", "tax_number"),
    )
    op.create_tenant_table(
        "legal_entity",
        sa.Column("party_id", sa.BigInteger, nullable=False),
        sa.Column("legal_name", sa.Text, nullable=False),
        sa.Column("legal_name_ar", sa.Text, server_default="", nullable=False),
        sa.Column("tax_number", sa.Text, server_default="", nullable=False),
        sa.Column("registration_number", sa.Text, server_default="", nullable=False),
        sa.Column("country", sa.Text, server_default="", nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        foreign=[Foreign("party_id", "party", ondelete="CASCADE")],
        checks={"valid_forward": "valid_to >= valid_from"},
    )
    op.create_tenant_table(
        "address",
        sa.Column("party_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, server_default="office", nullable=False),
        sa.Column("line1", sa.Text, server_default="", nullable=False),
        sa.Column("line2", sa.Text, server_default="", nullable=False),
        sa.Column("city", sa.Text, server_default="", nullable=False),
        sa.Column("region", sa.Text, server_default="", nullable=False),
        sa.Column("postcode", sa.Text, server_default="", nullable=False),
        sa.Column("country", sa.Text, server_default="", nullable=False),
        foreign=[Foreign("party_id", "party", ondelete="CASCADE")],
        checks={"kind_known": "kind IN ('office','billing','shipping')"},
    )


def _people_and_products() -> None:
    op.create_tenant_table(
        "person",
        sa.Column("party_id", sa.BigInteger),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_ar", sa.Text, server_default="", nullable=False),
        _name_key("name"),
        sa.Column("title", sa.Text, server_default="", nullable=False),
        sa.Column("email", sa.Text, server_default="", nullable=False),
        sa.Column("email_key", sa.Text, sa.Computed("wasl.fold(email)", persisted=True)),
        sa.Column("phone", sa.Text, server_default="", nullable=False),
        sa.Column("language", sa.Text, server_default="", nullable=False),
        sa.Column("note", sa.Text, server_default="", nullable=False),
        foreign=[Foreign("party_id", "party", ondelete="SET NULL")],
        indexes=[
            Index('name_key COLLATE "C"', "id", name="person_name_idx"),
            Index('email_key COLLATE "C"', where="email <> ''", name="person_email_idx"),
            Index("created_at", "id", name="person_created_idx"),
        ],
        checks={"name_given": "btrim(name) <> ''"},
        searched=("name", "name_ar", "email", "phone", "title"),
    )
    op.create_tenant_table(
        "product",
        sa.Column("kind", sa.Text, server_default="goods", nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_ar", sa.Text, server_default="", nullable=False),
        _name_key("name"),
        sa.Column("sku", sa.Text),
        sa.Column("series", sa.Text, server_default="", nullable=False),
        sa.Column("unit", sa.Text, server_default="", nullable=False),
        sa.Column("price_minor", sa.BigInteger),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("tax_rate", sa.Numeric(6, 5)),
        sa.Column("description", sa.Text, server_default="", nullable=False),
        uniques=[Unique("sku", where="archived_at IS NULL AND sku IS NOT NULL")],
        indexes=[
            Index('name_key COLLATE "C"', "id", name="product_name_idx"),
            Index("created_at", "id", name="product_created_idx"),
        ],
        checks={
            "kind_known": "kind IN ('goods','service')",
            "name_given": "btrim(name) <> ''",
            "price_not_negative": "price_minor >= 0",
            "currency_iso": "currency ~ '^[A-Z]{3}$'",
            "tax_rate_is_a_fraction": "tax_rate BETWEEN 0 AND 1",
        },
        searched=("name", "name_ar", "sku", "series"),
    )


def _records() -> None:
    """What people hang on any record: ``subject`` is the list's key, ``subject_id`` the row's."""
    op.create_tenant_table(
        "comment",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("mentions", postgresql.ARRAY(sa.BigInteger), server_default="{}", nullable=False),
        foreign=[Foreign("author_id", "membership", ondelete="SET NULL")],
        indexes=[Index("subject", "subject_id", "id", name="comment_subject_idx")],
        checks={"body_given": "btrim(body) <> ''"},
    )
    op.create_tenant_table(
        "attachment",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("uploaded_by", sa.BigInteger),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("stored_as", sa.Text, nullable=False),
        foreign=[Foreign("uploaded_by", "membership", ondelete="SET NULL")],
        indexes=[Index("subject", "subject_id", "id", name="attachment_subject_idx")],
        checks={"size_not_negative": "size_bytes >= 0"},
    )
    op.create_tenant_table(
        "saved_view",
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", postgresql.JSONB, nullable=False),
        sa.Column("shared", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("kept_by", sa.BigInteger),
        foreign=[Foreign("kept_by", "membership", ondelete="CASCADE")],
        indexes=[Index("resource", "id", name="saved_view_resource_idx")],
        checks={"name_given": "btrim(name) <> ''"},
    )
