"""Companies, the people who sign in, their memberships and roles, and the record of every change."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from saas.tenancy import write_gate
from saas.tenancy.policy import Foreign, Unique

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute(CURRENT_TENANT)
    op.execute(fold_function())
    op.execute(GUARD_ROW)
    op.execute(write_gate.FUNCTION)
    _shared_tables()
    for statement in TENANT_POLICIES:
        op.execute(statement)
    for statement in CHANGE:
        op.execute(statement)
    _tenant_tables()
    for table in ("team", "role", "membership", "enabled_module", "invitation"):
        # Sign-in asks which companies a person belongs to before any company is bound.
        op.execute(f"GRANT SELECT ON wasl.{table} TO wasl_system")
        op.execute(f"CREATE POLICY system_reads ON wasl.{table} FOR SELECT TO wasl_system USING (true)")
    op.execute(FOUND_COMPANY)
    op.execute("ALTER FUNCTION wasl.found_company OWNER TO wasl_owner")
    op.execute("GRANT EXECUTE ON FUNCTION wasl.found_company TO wasl_system")
    op.execute("INSERT INTO wasl.pod (name) VALUES ('first')")


CURRENT_TENANT = """
CREATE FUNCTION wasl.current_tenant() RETURNS integer LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE bound text := pg_catalog.current_setting('app.tenant_id', true);
BEGIN
  IF bound IS NULL OR bound OPERATOR(pg_catalog.=) '' THEN
    RAISE EXCEPTION 'no tenant bound' USING ERRCODE = '42501', HINT = 'open a tenant_session';
  END IF;
  RETURN bound::pg_catalog.int4;
END $$;
GRANT EXECUTE ON FUNCTION wasl.current_tenant() TO wasl_app, wasl_owner, wasl_system;
"""

GUARD_ROW = """
CREATE FUNCTION wasl.guard_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.tenant_id, NEW.id, NEW.public_id) IS DISTINCT FROM (OLD.tenant_id, OLD.id, OLD.public_id) THEN
    RAISE EXCEPTION 'a row keeps its company and its identity' USING ERRCODE = '42501';
  END IF;
  NEW.version := OLD.version + 1;
  NEW.updated_at := pg_catalog.now();
  RETURN NEW;
END $$;
"""


def _ranges(*categories: str) -> str:
    """The code points of these Unicode categories as the inside of a regex class."""
    points = [p for p in range(0x110000) if unicodedata.category(chr(p)) in categories]
    spans: list[list[int]] = []
    for point in points:
        if spans and point == spans[-1][1] + 1:
            spans[-1][1] = point
        else:
            spans.append([point, point])
    return "".join(f"\\U{a:08x}-\\U{b:08x}" if a != b else f"\\U{a:08x}" for a, b in spans)


BLANK = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"


def fold_function() -> str:
    """``wasl.fold``: the same rule as ``saas.kernel.i18n.fold``."""
    return f"""
CREATE FUNCTION wasl.fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(
    translate(lower(normalize(value, NFKD) COLLATE pg_catalog.pg_c_utf8),
      'ٱةىς٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹ـ', 'اهيσ01234567890123456789'),
    '[{_ranges("Mn", "Cf")}]', '', 'g'),
    '[{BLANK}]+', ' ', 'g'))
$$;
GRANT EXECUTE ON FUNCTION wasl.fold(text) TO wasl_app, wasl_owner, wasl_system;
"""


def _shared_tables() -> None:
    """What belongs to no company: reached as wasl_system, never as wasl_app unless said."""
    op.create_table(
        "pod",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        schema="wasl",
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column(
            "public_id", postgresql.UUID, server_default=sa.text("uuidv7()"), nullable=False, unique=True
        ),
        sa.Column("pod_id", sa.Integer, sa.ForeignKey("wasl.pod.id"), server_default="1", nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("language", sa.Text, server_default="en", nullable=False),
        sa.Column("state", sa.Text, server_default="trialing", nullable=False),
        sa.Column("trial_ends_on", sa.Date),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint(
            "state IN ('trialing','active','past_due','cancelling','read_only','suspended','closed')",
            name="tenant_state_known",
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="tenant_currency_iso"),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name="tenant_country_iso"),
        schema="wasl",
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column(
            "public_id", postgresql.UUID, server_default=sa.text("uuidv7()"), nullable=False, unique=True
        ),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("language", sa.Text, server_default="en", nullable=False),
        sa.Column("theme", sa.Text, server_default="system", nullable=False),
        sa.Column("digits", sa.Text, server_default="latin", nullable=False),
        sa.Column("shortcuts", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("email_confirmed_at", INSTANT),
        sa.Column("closed_at", INSTANT),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("theme IN ('light','dark','system')", name="account_theme_known"),
        sa.CheckConstraint("digits IN ('latin','arabic')", name="account_digits_known"),
        schema="wasl",
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column(
            "public_id", postgresql.UUID, server_default=sa.text("uuidv7()"), nullable=False, unique=True
        ),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column(
            "account_id", sa.BigInteger, sa.ForeignKey("wasl.account.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("wasl.tenant.id", ondelete="SET NULL")),
        sa.Column("csrf", sa.Text, nullable=False),
        sa.Column("ip", sa.Text),
        sa.Column("user_agent", sa.Text),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("seen_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
        schema="wasl",
    )
    op.create_index("login_session_account_idx", "login_session", ["account_id", "id"], schema="wasl")
    op.create_table(
        "email_token",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column(
            "account_id", sa.BigInteger, sa.ForeignKey("wasl.account.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.CheckConstraint("purpose IN ('confirm','reset')", name="email_token_purpose_known"),
        schema="wasl",
    )
    op.create_index("email_token_account_idx", "email_token", ["account_id"], schema="wasl")
    op.create_table(
        "mail_message",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column(
            "public_id", postgresql.UUID, server_default=sa.text("uuidv7()"), nullable=False, unique=True
        ),
        sa.Column("tenant_id", sa.Integer, sa.ForeignKey("wasl.tenant.id", ondelete="CASCADE")),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("to_email", sa.Text, nullable=False),
        sa.Column("to_name", sa.Text, server_default="", nullable=False),
        sa.Column("language", sa.Text, server_default="en", nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text_body", sa.Text, nullable=False),
        sa.Column("html_body", sa.Text, server_default="", nullable=False),
        sa.Column("links", postgresql.JSONB, server_default="[]", nullable=False),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("sent_at", INSTANT),
        schema="wasl",
    )
    op.create_index(
        "mail_message_unsent_idx",
        "mail_message",
        ["id"],
        schema="wasl",
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "rate_bucket",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("hits", sa.Integer, nullable=False),
        sa.Column("window_ends_at", INSTANT, nullable=False),
        schema="wasl",
    )
    for table in ("pod", "tenant", "account", "login_session", "email_token", "mail_message", "rate_bucket"):
        op.execute(f"ALTER TABLE wasl.{table} OWNER TO wasl_owner")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON wasl.{table} TO wasl_system")


# A company sees and describes itself, and nobody else; its state and trial are not its own to set.
TENANT_POLICIES = (
    "ALTER TABLE wasl.tenant ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE wasl.tenant FORCE ROW LEVEL SECURITY",
    "CREATE POLICY itself ON wasl.tenant TO wasl_app USING (id = (SELECT wasl.current_tenant()))"
    " WITH CHECK (id = (SELECT wasl.current_tenant()))",
    "CREATE POLICY system ON wasl.tenant TO wasl_system, wasl_owner USING (true) WITH CHECK (true)",
    "GRANT SELECT ON wasl.tenant TO wasl_app",
    "GRANT UPDATE (name, country, currency, time_zone, language, updated_at) ON wasl.tenant TO wasl_app",
    # An invitation and its mail are one transaction; what others were sent stays unreadable.
    "GRANT INSERT (tenant_id, kind, to_email, to_name, language, subject, text_body, html_body, links),"
    " SELECT (id) ON wasl.mail_message TO wasl_app",
    "ALTER TABLE wasl.mail_message ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY own ON wasl.mail_message TO wasl_app USING (tenant_id = (SELECT wasl.current_tenant()))"
    " WITH CHECK (tenant_id = (SELECT wasl.current_tenant()))",
    "CREATE POLICY system ON wasl.mail_message TO wasl_system USING (true) WITH CHECK (true)",
)

_ACTOR = """
      nullif(pg_catalog.current_setting('app.member_id', true), '')::bigint,
      coalesce(nullif(pg_catalog.current_setting('app.action_id', true), '')::uuid, pg_catalog.uuidv7()),
      coalesce(pg_catalog.current_setting('app.action', true), '')"""

CHANGE = (
    """
CREATE TABLE wasl.change (
  tenant_id integer NOT NULL REFERENCES wasl.tenant (id),
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT pg_catalog.now(),
  member_id bigint,
  action_id uuid NOT NULL,
  action text NOT NULL DEFAULT '',
  table_name text NOT NULL,
  row_id bigint NOT NULL,
  op text NOT NULL CHECK (op IN ('insert', 'update', 'delete')),
  old jsonb,
  new jsonb,
  PRIMARY KEY (tenant_id, id)
)""",
    "CREATE INDEX change_row_idx ON wasl.change (tenant_id, table_name, row_id, id)",
    "CREATE INDEX change_action_idx ON wasl.change (tenant_id, action_id, id)",
    "ALTER TABLE wasl.change OWNER TO wasl_owner",
    "ALTER TABLE wasl.change ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE wasl.change FORCE ROW LEVEL SECURITY",
    "CREATE POLICY tenant ON wasl.change FOR SELECT TO wasl_app"
    " USING (tenant_id = (SELECT wasl.current_tenant()))",
    # The triggers run as the owner and take the company from the changed row itself.
    "CREATE POLICY recorder ON wasl.change FOR INSERT TO wasl_owner WITH CHECK (true)",
    "GRANT SELECT ON wasl.change TO wasl_app",
    f"""
CREATE FUNCTION wasl.record_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO wasl.change (tenant_id, member_id, action_id, action, table_name, row_id, op, new)
  SELECT n.tenant_id, {_ACTOR}, TG_TABLE_NAME, n.id, 'insert', to_jsonb(n) - TG_ARGV[0]::text[]
  FROM new_rows n;
  RETURN NULL;
END $$""",
    f"""
CREATE FUNCTION wasl.record_delete() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO wasl.change (tenant_id, member_id, action_id, action, table_name, row_id, op, old)
  SELECT o.tenant_id, {_ACTOR}, TG_TABLE_NAME, o.id, 'delete', to_jsonb(o) - TG_ARGV[0]::text[]
  FROM old_rows o;
  RETURN NULL;
END $$""",
    # A plan made for one row is kept for many: a nested loop over two transition tables would be quadratic.
    f"""
CREATE FUNCTION wasl.record_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET enable_nestloop = off AS $$
BEGIN
  INSERT INTO wasl.change (tenant_id, member_id, action_id, action, table_name, row_id, op, old, new)
  SELECT pair.tenant_id, {_ACTOR}, TG_TABLE_NAME, pair.id, 'update', diff.old, diff.new
  FROM (
    SELECT n.tenant_id, n.id, to_jsonb(o) - TG_ARGV[0]::text[] AS was, to_jsonb(n) - TG_ARGV[0]::text[] AS now
    FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
    OFFSET 0
  ) pair CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(c.key, pair.was -> c.key) AS old, jsonb_object_agg(c.key, c.value) AS new
    FROM jsonb_each(pair.now) c WHERE c.value IS DISTINCT FROM pair.was -> c.key
  ) diff
  WHERE diff.new IS NOT NULL;
  RETURN NULL;
END $$""",
    "ALTER FUNCTION wasl.record_insert() OWNER TO wasl_owner",
    "ALTER FUNCTION wasl.record_update() OWNER TO wasl_owner",
    "ALTER FUNCTION wasl.record_delete() OWNER TO wasl_owner",
)


def _tenant_tables() -> None:
    op.create_tenant_table(
        "team",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("region", sa.Text, server_default="", nullable=False),
        uniques=[Unique("name", where="archived_at IS NULL")],
    )
    op.create_tenant_table(
        "role",
        sa.Column("key", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        # NULL: what the catalogue gives the role of this key; a list: exactly these.
        sa.Column("permissions", postgresql.ARRAY(sa.Text)),
        sa.Column("visibility", sa.Text, server_default="all", nullable=False),
        uniques=[("key",), Unique("name", where="archived_at IS NULL")],
        checks={
            "visibility_known": "visibility IN ('own','team','all')",
            "permissions_given": "key IS NOT NULL OR permissions IS NOT NULL",
        },
    )
    op.create_tenant_table(
        "membership",
        sa.Column("account_id", sa.BigInteger),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, sa.Computed("wasl.fold(display_name)", persisted=True)),
        sa.Column("email", sa.Text, server_default="", nullable=False),
        sa.Column("role_id", sa.BigInteger, nullable=False),
        sa.Column("team_id", sa.BigInteger),
        sa.Column("manager_id", sa.BigInteger),
        sa.Column("visibility", sa.Text),
        sa.Column("state", sa.Text, server_default="active", nullable=False),
        foreign=[
            Foreign("account_id", "account", shared=True, index=False),
            Foreign("role_id", "role"),
            Foreign("team_id", "team", ondelete="SET NULL"),
            Foreign("manager_id", "membership", ondelete="SET NULL"),
        ],
        uniques=[("account_id",)],
        checks={
            "visibility_known": "visibility IN ('own','team','all')",
            "state_known": "state IN ('placeholder','active','removed')",
            "active_has_account": "state <> 'active' OR account_id IS NOT NULL",
        },
    )
    op.create_index("membership_account_idx", "membership", ["account_id"], schema="wasl")
    op.create_tenant_table(
        "enabled_module",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("changed_by", sa.BigInteger),
        sa.Column("changed_at", INSTANT, server_default=sa.func.now(), nullable=False),
        foreign=[Foreign("changed_by", "membership", ondelete="SET NULL")],
        uniques=[("key",)],
    )
    op.create_tenant_table(
        "invitation",
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, server_default="", nullable=False),
        sa.Column("role_id", sa.BigInteger, nullable=False),
        sa.Column("team_id", sa.BigInteger),
        # The place kept for this person, when an import already named them as an owner of records.
        sa.Column("membership_id", sa.BigInteger),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("invited_by", sa.BigInteger),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("accepted_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        foreign=[
            Foreign("role_id", "role"),
            Foreign("team_id", "team", ondelete="SET NULL"),
            Foreign("membership_id", "membership", ondelete="SET NULL"),
            Foreign("invited_by", "membership", ondelete="SET NULL"),
        ],
        uniques=[("token_hash",), Unique("email_key", where="accepted_at IS NULL AND revoked_at IS NULL")],
        unrecorded=("token_hash",),
    )
    op.create_index("invitation_token_idx", "invitation", ["token_hash"], schema="wasl")


# Company, roles, first member and modules are one transaction: a sign-up leaves all of it or nothing.
FOUND_COMPANY = """
CREATE FUNCTION wasl.found_company(
  p_account bigint, p_name text, p_slug text, p_country text, p_currency text, p_time_zone text,
  p_language text, p_trial_ends_on date, p_modules text[]
) RETURNS TABLE (tenant_id integer, tenant_public_id uuid, membership_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_tenant integer; v_public uuid; v_member bigint; v_name text; v_email text;
BEGIN
  SELECT a.name, a.email INTO STRICT v_name, v_email FROM wasl.account a WHERE a.id = p_account;
  INSERT INTO wasl.tenant AS t (name, slug, country, currency, time_zone, language, trial_ends_on)
  VALUES (p_name, p_slug, p_country, p_currency, p_time_zone, p_language, p_trial_ends_on)
  RETURNING t.id, t.public_id INTO v_tenant, v_public;
  PERFORM set_config('app.tenant_id', v_tenant::text, true);
  INSERT INTO wasl.role (tenant_id, key, name)
  VALUES (v_tenant, 'owner', 'Owner'), (v_tenant, 'admin', 'Admin'), (v_tenant, 'rep', 'Rep'),
         (v_tenant, 'viewer', 'Viewer');
  INSERT INTO wasl.membership AS m (tenant_id, account_id, display_name, email, role_id)
  SELECT v_tenant, p_account, v_name, v_email, r.id FROM wasl.role r
  WHERE r.tenant_id = v_tenant AND r.key = 'owner'
  RETURNING m.id INTO v_member;
  INSERT INTO wasl.enabled_module (tenant_id, key, changed_by)
  SELECT v_tenant, k, v_member FROM unnest(p_modules) AS k;
  PERFORM set_config('app.tenant_id', '', true);
  RETURN QUERY SELECT v_tenant, v_public, v_member;
END $$;
"""
