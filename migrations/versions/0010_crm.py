"""Pipelines, deals, what they sell, and activities; the sums of a board, kept by trigger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from saas.tenancy.policy import Foreign, Index, Unique

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
LIVE = "archived_at IS NULL"
TO_DO = "done_at IS NULL AND archived_at IS NULL"


def upgrade() -> None:
    _pipelines()
    _deals()
    _activities()
    for statement in ROLLUP:
        op.execute(statement)


def _pipelines() -> None:
    op.create_tenant_table(
        "pipeline",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_ar", sa.Text, server_default="", nullable=False),
        sa.Column("position", sa.Integer, server_default="0", nullable=False),
        checks={"name_given": "btrim(name) <> ''"},
    )
    op.create_tenant_table(
        "stage",
        sa.Column("pipeline_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_ar", sa.Text, server_default="", nullable=False),
        sa.Column("kind", sa.Text, server_default="open", nullable=False),
        sa.Column("position", sa.Integer, server_default="0", nullable=False),
        sa.Column("probability", sa.Integer, server_default="0", nullable=False),
        sa.Column("idle_days", sa.Integer),
        sa.Column("required", sa.Text, server_default="", nullable=False),
        foreign=[Foreign("pipeline_id", "pipeline")],
        uniques=[Unique("pipeline_id", "id", "kind")],
        checks={
            "name_given": "btrim(name) <> ''",
            "kind_known": "kind IN ('open','won','lost')",
            "probability_percent": "probability BETWEEN 0 AND 100",
            "probability_fits_kind": "(kind <> 'won' OR probability = 100)"
            " AND (kind <> 'lost' OR probability = 0)",
            "idle_days_positive": "idle_days BETWEEN 1 AND 365",
            "required_known": "required ~ "
            "'^((amount|party|person|expected_close_on|source|products)(,|$))*$' AND required !~ ',$'",
        },
    )
    # One place to win and one to lose in a pipeline, so that winning needs no choice.
    op.execute(
        "CREATE UNIQUE INDEX stage_one_end_key ON wasl.stage (tenant_id, pipeline_id, kind) "
        f"WHERE kind <> 'open' AND {LIVE}"
    )


def _deals() -> None:
    op.create_tenant_table(
        "deal",
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, sa.Computed("wasl.fold(title)", persisted=True)),
        sa.Column("party_id", sa.BigInteger),
        sa.Column("person_id", sa.BigInteger),
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("pipeline_id", sa.BigInteger, nullable=False),
        sa.Column("stage_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("expected_close_on", sa.Date),
        sa.Column("stage_entered_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("last_active_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.Column("outcome", sa.Text, server_default="open", nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("lost_reason", sa.Text),
        sa.Column("lost_note", sa.Text, server_default="", nullable=False),
        sa.Column("source", sa.Text, server_default="", nullable=False),
        sa.Column("external_ref", sa.Text),
        foreign=[
            Foreign("party_id", "party"),
            Foreign("person_id", "person", ondelete="SET NULL"),
            Foreign("owner_id", "membership", ondelete="SET NULL", index=False),
        ],
        uniques=[Unique("external_ref", where="external_ref IS NOT NULL")],
        indexes=[
            Index("stage_id", "position", "id", where=LIVE, name="deal_board_idx"),
            Index("stage_id", "owner_id", "position", "id", where=LIVE, name="deal_board_owner_idx"),
            Index(
                "owner_id",
                "stage_id",
                where=LIVE,
                include=("currency", "amount_minor"),
                name="deal_owner_sums_idx",
            ),
            Index("created_at", "id", where=LIVE, name="deal_created_idx"),
            Index("outcome", "last_active_at", where=LIVE, name="deal_idle_idx"),
            Index("amount_minor", "id", where=LIVE, name="deal_amount_idx"),
            Index("expected_close_on", "id", where=LIVE, name="deal_expected_idx"),
            Index('name_key COLLATE "C"', "id", where=LIVE, name="deal_name_idx"),
            Index(
                "outcome",
                "closed_on",
                where=f"closed_on IS NOT NULL AND {LIVE}",
                include=("currency", "amount_minor", "owner_id"),
                name="deal_closed_idx",
            ),
        ],
        checks={
            "title_given": "btrim(title) <> ''",
            "amount_in_range": "amount_minor BETWEEN 0 AND 1000000000000000",
            "currency_iso": "currency ~ '^[A-Z]{3}$'",
            "outcome_known": "outcome IN ('open','won','lost')",
            "closed_has_date": "(outcome = 'open') = (closed_on IS NULL)",
            "lost_has_reason": "(outcome = 'lost') = (lost_reason IS NOT NULL)",
            "lost_reason_known": "lost_reason IN "
            "('price','competitor','timing','no_need','no_answer','not_said','other')",
            "external_ref_given": "external_ref <> ''",
        },
        # Moves with every word said about the deal; an undo of something else must not stumble over it.
        unrecorded=("last_active_at",),
        searched=("title", "external_ref"),
    )
    # A deal stands in a stage of its own pipeline, and its outcome is that stage's kind.
    op.execute(
        "ALTER TABLE wasl.deal ADD CONSTRAINT deal_stage_fk"
        " FOREIGN KEY (tenant_id, pipeline_id, stage_id, outcome)"
        " REFERENCES wasl.stage (tenant_id, pipeline_id, id, kind)"
    )
    op.create_tenant_table(
        "deal_line",
        sa.Column("deal_id", sa.BigInteger, nullable=False),
        sa.Column("product_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, server_default="0", nullable=False),
        sa.Column("quantity", sa.Numeric(12, 3), server_default="1", nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger, server_default="0", nullable=False),
        foreign=[Foreign("deal_id", "deal", ondelete="CASCADE"), Foreign("product_id", "product")],
        checks={
            "quantity_positive": "quantity > 0",
            "price_in_range": "unit_price_minor BETWEEN 0 AND 1000000000000000",
        },
    )
    op.create_tenant_table(
        "deal_rollup",
        sa.Column("stage_id", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("deals", sa.Integer, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        foreign=[Foreign("stage_id", "stage", ondelete="CASCADE")],
        record=False,
        reason="derived from deal by trigger",
    )


def _activities() -> None:
    op.create_tenant_table(
        "activity",
        sa.Column("kind", sa.Text, server_default="task", nullable=False),
        sa.Column("direction", sa.Text, server_default="out", nullable=False),
        sa.Column("subject", sa.Text, server_default="", nullable=False),
        sa.Column("body", sa.Text, server_default="", nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("all_day", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("reminder_at", INSTANT),
        sa.Column("reminded_at", INSTANT),
        sa.Column("done_at", INSTANT),
        sa.Column("duration_min", sa.Integer),
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("deal_id", sa.BigInteger),
        sa.Column("party_id", sa.BigInteger),
        sa.Column("person_id", sa.BigInteger),
        foreign=[
            Foreign("owner_id", "membership", ondelete="SET NULL", index=False),
            Foreign("deal_id", "deal", ondelete="CASCADE"),
            Foreign("party_id", "party", ondelete="SET NULL"),
            Foreign("person_id", "person", ondelete="SET NULL"),
        ],
        indexes=[
            Index("deal_id", "due_at", "id", where=TO_DO, name="activity_next_idx"),
            Index("owner_id", "due_at", "id", where=TO_DO, name="activity_owner_due_idx"),
            Index("due_at", "id", where=TO_DO, name="activity_due_idx"),
            Index("created_at", "id", where=LIVE, name="activity_created_idx"),
            Index(
                "reminder_at",
                where="reminder_at IS NOT NULL AND reminded_at IS NULL AND " + TO_DO,
                name="activity_reminder_idx",
            ),
        ],
        checks={
            "kind_known": "kind IN ('call','meeting','email','message','note','task')",
            "direction_known": "direction IN ('out','in')",
            "says_something": "btrim(subject) <> '' OR btrim(body) <> ''",
            "note_is_done": "kind <> 'note' OR done_at IS NOT NULL",
            "duration_positive": "duration_min BETWEEN 1 AND 10080",
            "all_day_has_date": "NOT all_day OR due_at IS NOT NULL",
        },
        searched=("subject",),
    )


# The trigger adds rows and never updates one, so two members who move deals do not wait for each other and
# cannot deadlock. From 64 rows a stage on it folds those that nobody else is folding.
ROLLUP = (
    """
CREATE FUNCTION wasl.deal_rollup_fold(p_tenant integer, p_stage bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (SELECT count(*) FROM (SELECT 1 FROM wasl.deal_rollup
      WHERE tenant_id = p_tenant AND stage_id = p_stage LIMIT 65) few) <= 64 THEN
    RETURN;
  END IF;
  WITH mine AS (
    SELECT id FROM wasl.deal_rollup WHERE tenant_id = p_tenant AND stage_id = p_stage FOR UPDATE SKIP LOCKED
  ), folded AS (
    DELETE FROM wasl.deal_rollup r USING mine
    WHERE r.tenant_id = p_tenant AND r.stage_id = p_stage AND r.id = mine.id
    RETURNING r.currency, r.deals, r.amount_minor
  )
  INSERT INTO wasl.deal_rollup (tenant_id, stage_id, currency, deals, amount_minor)
  SELECT p_tenant, p_stage, currency, sum(deals), sum(amount_minor)::bigint FROM folded GROUP BY currency
  HAVING sum(deals) <> 0 OR sum(amount_minor) <> 0;
END $$""",
    """
CREATE FUNCTION wasl.deal_rollup_insert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO wasl.deal_rollup (tenant_id, stage_id, currency, deals, amount_minor)
  SELECT tenant_id, stage_id, currency, count(*), coalesce(sum(amount_minor), 0)::bigint
  FROM new_rows WHERE archived_at IS NULL GROUP BY tenant_id, stage_id, currency;
  PERFORM wasl.deal_rollup_fold(tenant_id, stage_id)
  FROM (SELECT DISTINCT tenant_id, stage_id FROM new_rows) touched;
  RETURN NULL;
END $$""",
    """
CREATE FUNCTION wasl.deal_rollup_update() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO wasl.deal_rollup (tenant_id, stage_id, currency, deals, amount_minor)
  SELECT tenant_id, stage_id, currency, sum(n), sum(n * coalesce(amount_minor, 0))::bigint
  FROM (
    SELECT tenant_id, stage_id, currency, amount_minor, -1 AS n FROM old_rows WHERE archived_at IS NULL
    UNION ALL
    SELECT tenant_id, stage_id, currency, amount_minor, 1 FROM new_rows WHERE archived_at IS NULL
  ) both_sides
  GROUP BY tenant_id, stage_id, currency
  HAVING sum(n) <> 0 OR sum(n * coalesce(amount_minor, 0)) <> 0;
  PERFORM wasl.deal_rollup_fold(tenant_id, stage_id)
  FROM (SELECT DISTINCT tenant_id, stage_id FROM new_rows) touched;
  RETURN NULL;
END $$""",
    """
CREATE FUNCTION wasl.deal_rollup_delete() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO wasl.deal_rollup (tenant_id, stage_id, currency, deals, amount_minor)
  SELECT tenant_id, stage_id, currency, -count(*), -coalesce(sum(amount_minor), 0)::bigint
  FROM old_rows WHERE archived_at IS NULL GROUP BY tenant_id, stage_id, currency;
  RETURN NULL;
END $$""",
    "GRANT EXECUTE ON FUNCTION wasl.deal_rollup_fold(integer, bigint) TO wasl_app, wasl_migrator",
    "CREATE TRIGGER rollup_insert AFTER INSERT ON wasl.deal REFERENCING NEW TABLE AS new_rows "
    "FOR EACH STATEMENT EXECUTE FUNCTION wasl.deal_rollup_insert()",
    "CREATE TRIGGER rollup_update AFTER UPDATE ON wasl.deal"
    " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION wasl.deal_rollup_update()",
    "CREATE TRIGGER rollup_delete AFTER DELETE ON wasl.deal REFERENCING OLD TABLE AS old_rows "
    "FOR EACH STATEMENT EXECUTE FUNCTION wasl.deal_rollup_delete()",
)
