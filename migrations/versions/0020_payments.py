"""Payments: invoices, their lines, and the counter that numbers them.

What holds here whoever writes: an invoice is born a draft; it is issued under the next number of its series,
without a gap; from then on nothing about it changes but that it may be voided; its totals are the sums of
its lines, which are rounded by the same rule as in ``payments/service/totals.py``.

Sample invoices have a series of their own, outside the books: they take no number that a real one would miss,
and are the only ones that can be removed again after they were issued.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from saas.tenancy.policy import Foreign, Index

revision = "0020"
down_revision = "0010"
branch_labels = None
depends_on = None

MAX_MINOR = 4_000_000_000_000_000_000


def upgrade() -> None:
    op.create_tenant_table(
        "invoice",
        sa.Column("owner_id", sa.BigInteger),
        sa.Column("party_id", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False, server_default="draft"),
        sa.Column("series", sa.Text, nullable=False, server_default="INV"),
        sa.Column("number", sa.BigInteger),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("voided_on", sa.Date),
        sa.Column("void_reason", sa.Text, nullable=False, server_default=""),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("source_deal", postgresql.UUID),
        sa.Column("source_title", sa.Text, nullable=False, server_default=""),
        sa.Column("net_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("tax_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("total_minor", sa.BigInteger, nullable=False, server_default="0"),
        uniques=[("series", "number"), ("source_deal",)],
        foreign=[
            Foreign("owner_id", "membership", ondelete="SET NULL"),
            Foreign("party_id", "party"),
        ],
        indexes=[
            Index("created_at", "id"),
            Index("due_on", "id"),
            Index("issued_on", "id"),
            Index("total_minor", "id"),
            Index(
                "state",
                "currency",
                "due_on",
                include=("total_minor", "issued_on", "owner_id"),
                name="invoice_owed_idx",
            ),
        ],
        checks={
            "state_known": "state IN ('draft', 'issued', 'void')",
            "series_known": "series IN ('INV', 'SAMPLE')",
            "currency_is_iso": "currency ~ '^[A-Z]{3}$'",
            "number_when_issued": "(state = 'draft') = (number IS NULL)",
            "number_counts_from_one": "number >= 1",
            "complete_when_issued": "state = 'draft' OR (party_id IS NOT NULL AND issued_on IS NOT NULL"
            " AND due_on IS NOT NULL AND total_minor > 0)",
            "due_after_issue": "state = 'draft' OR due_on >= issued_on",
            "void_says_why": "(state = 'void') = (voided_on IS NOT NULL)"
            " AND (state <> 'void' OR void_reason <> '')",
            "books_are_not_archived": "state = 'draft' OR archived_at IS NULL",
            "total_is_net_and_tax": "total_minor = net_minor + tax_minor",
            "total_in_range": f"net_minor >= 0 AND tax_minor >= 0 AND total_minor <= {MAX_MINOR}",
            "note_length": "length(note) <= 2000 AND length(void_reason) <= 200"
            " AND length(source_title) <= 200",
        },
    )
    op.create_tenant_table(
        "invoice_line",
        sa.Column("invoice_id", sa.BigInteger, nullable=False),
        sa.Column("product_id", sa.BigInteger),
        sa.Column("position", sa.Integer, nullable=False, server_default="0"),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("quantity", sa.Numeric(12, 3), nullable=False, server_default="1"),
        sa.Column("unit_price_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("tax_rate", sa.Numeric(6, 5), nullable=False, server_default="0"),
        sa.Column("net_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("tax_minor", sa.BigInteger, nullable=False, server_default="0"),
        foreign=[
            Foreign("invoice_id", "invoice", ondelete="CASCADE"),
            Foreign("product_id", "product", ondelete="SET NULL"),
        ],
        checks={
            "description_given": "length(description) BETWEEN 1 AND 300",
            "quantity_above_zero": "quantity > 0",
            "price_in_range": f"unit_price_minor BETWEEN 0 AND {MAX_MINOR}",
            "tax_is_fraction": "tax_rate BETWEEN 0 AND 1",
            # numeric round() goes half away from zero, which is half up for amounts that are never negative.
            "net_is_quantity_times_price": "net_minor = round(quantity * unit_price_minor)",
            "tax_is_rate_of_net": "tax_minor = round(net_minor * tax_rate)",
        },
    )
    op.create_tenant_table(
        "invoice_series",
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("next_number", sa.BigInteger, nullable=False, server_default="1"),
        uniques=[("series",)],
        checks={"next_number_counts_from_one": "next_number >= 1"},
        record=False,
        reason="a counter; every number it gave stands in the invoice that took it",
        fillfactor=50,
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
    for table in ("invoice_line", "invoice", "invoice_series"):
        op.execute(f"DROP TABLE wasl.{table} CASCADE")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION wasl.{name}()")


FUNCTIONS = {
    # Statement level keeps bulk writes linear; an unchanged sum writes nothing.
    "invoice_sum_lines": """
BEGIN
  UPDATE invoice i SET net_minor = s.net, tax_minor = s.tax, total_minor = s.net + s.tax
  FROM (
    SELECT t.tenant_id, t.invoice_id,
           coalesce(sum(l.net_minor), 0)::bigint AS net, coalesce(sum(l.tax_minor), 0)::bigint AS tax
    FROM (SELECT DISTINCT tenant_id, invoice_id FROM touched) t
    LEFT JOIN invoice_line l ON l.tenant_id = t.tenant_id AND l.invoice_id = t.invoice_id
    GROUP BY t.tenant_id, t.invoice_id
  ) s
  WHERE i.tenant_id = s.tenant_id AND i.id = s.invoice_id
    AND (i.net_minor, i.tax_minor) IS DISTINCT FROM (s.net, s.tax);
  RETURN NULL;
END""",
    # At commit, so that the lines and the invoice may be written in either order.
    "invoice_totals_agree": """
DECLARE
  wrong boolean;
BEGIN
  SELECT (i.net_minor, i.tax_minor) IS DISTINCT FROM
         (SELECT (coalesce(sum(l.net_minor), 0)::bigint, coalesce(sum(l.tax_minor), 0)::bigint)
          FROM invoice_line l WHERE l.tenant_id = i.tenant_id AND l.invoice_id = i.id)
  INTO wrong FROM invoice i WHERE i.tenant_id = NEW.tenant_id AND i.id = NEW.id;
  IF wrong THEN
    RAISE EXCEPTION 'the totals of invoice % are not the sums of its lines', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_totals_agree', TABLE = 'invoice';
  END IF;
  RETURN NULL;
END""",
    "invoice_fixed": """
DECLARE
  next bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state = 'draft' OR NEW.series = 'SAMPLE' THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'an invoice begins as a draft'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_fixed', TABLE = 'invoice';
  ELSIF TG_OP = 'DELETE' THEN
    IF OLD.state = 'draft' OR OLD.series = 'SAMPLE' THEN RETURN OLD; END IF;
  ELSIF NEW.series <> OLD.series THEN
    RAISE EXCEPTION 'an invoice stays in its series'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_fixed', TABLE = 'invoice';
  ELSIF OLD.series = 'SAMPLE' THEN
    RETURN NEW;
  ELSIF OLD.state = 'draft' AND NEW.state = 'draft' THEN
    RETURN NEW;
  ELSIF OLD.state = 'draft' AND NEW.state = 'issued' THEN
    SELECT next_number INTO next FROM invoice_series
    WHERE tenant_id = NEW.tenant_id AND series = NEW.series FOR UPDATE;
    IF NEW.number = next - 1 THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'number % was not taken from the series', NEW.number
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_number_from_series', TABLE = 'invoice';
  ELSIF NEW.state IN (OLD.state, 'void')
    AND (OLD.state = 'issued' OR (OLD.voided_on, OLD.void_reason) = (NEW.voided_on, NEW.void_reason))
    AND (OLD.party_id, OLD.number, OLD.currency, OLD.issued_on, OLD.due_on, OLD.note, OLD.source_deal,
         OLD.source_title, OLD.net_minor, OLD.tax_minor, OLD.total_minor, OLD.created_at, OLD.archived_at)
        IS NOT DISTINCT FROM
        (NEW.party_id, NEW.number, NEW.currency, NEW.issued_on, NEW.due_on, NEW.note, NEW.source_deal,
         NEW.source_title, NEW.net_minor, NEW.tax_minor, NEW.total_minor, NEW.created_at, NEW.archived_at)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'invoice % is issued and stays as it is', OLD.number
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_fixed', TABLE = 'invoice';
END""",
    # Locks the invoice: whoever issues it meanwhile goes first, and the line is then refused.
    "invoice_line_fixed": """
DECLARE
  standing text;
  kept text;
  wanted bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.invoice_id ELSE NEW.invoice_id END;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.invoice_id <> OLD.invoice_id THEN
    RAISE EXCEPTION 'a line stays on its invoice'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_line_fixed', TABLE = 'invoice_line';
  END IF;
  SELECT state, series INTO standing, kept FROM invoice
  WHERE tenant_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END AND id = wanted
  FOR NO KEY UPDATE;
  IF standing <> 'draft' AND kept <> 'SAMPLE' THEN
    RAISE EXCEPTION 'the lines of an issued invoice stay as they are'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_line_fixed', TABLE = 'invoice_line';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END""",
    "invoice_series_steps": """
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.next_number = 1 THEN RETURN NEW; END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NEW.series = OLD.series AND NEW.next_number IN (OLD.next_number, OLD.next_number + 1) THEN
      RETURN NEW;
    END IF;
  ELSIF OLD.next_number = 1 THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'a series counts from 1 in steps of one'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_series_steps', TABLE = 'invoice_series';
END""",
    "invoice_number_used": """
BEGIN
  IF NEW.next_number > 1 AND NOT EXISTS (
    SELECT FROM invoice
    WHERE tenant_id = NEW.tenant_id AND series = NEW.series AND number = NEW.next_number - 1
  ) THEN
    RAISE EXCEPTION 'number % was taken and not used', NEW.next_number - 1
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_number_used', TABLE = 'invoice_series';
  END IF;
  RETURN NULL;
END""",
}

TRIGGERS = [
    "CREATE TRIGGER sum_on_insert AFTER INSERT ON wasl.invoice_line REFERENCING NEW TABLE AS touched"
    " FOR EACH STATEMENT EXECUTE FUNCTION wasl.invoice_sum_lines()",
    "CREATE TRIGGER sum_on_update AFTER UPDATE ON wasl.invoice_line REFERENCING NEW TABLE AS touched"
    " FOR EACH STATEMENT EXECUTE FUNCTION wasl.invoice_sum_lines()",
    "CREATE TRIGGER sum_on_delete AFTER DELETE ON wasl.invoice_line REFERENCING OLD TABLE AS touched"
    " FOR EACH STATEMENT EXECUTE FUNCTION wasl.invoice_sum_lines()",
    "CREATE CONSTRAINT TRIGGER totals_agree AFTER INSERT OR UPDATE ON wasl.invoice"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wasl.invoice_totals_agree()",
    "CREATE TRIGGER fixed BEFORE INSERT OR UPDATE OR DELETE ON wasl.invoice"
    " FOR EACH ROW EXECUTE FUNCTION wasl.invoice_fixed()",
    "CREATE TRIGGER fixed BEFORE INSERT OR UPDATE OR DELETE ON wasl.invoice_line"
    " FOR EACH ROW EXECUTE FUNCTION wasl.invoice_line_fixed()",
    "CREATE TRIGGER steps BEFORE INSERT OR UPDATE OR DELETE ON wasl.invoice_series"
    " FOR EACH ROW EXECUTE FUNCTION wasl.invoice_series_steps()",
    "CREATE CONSTRAINT TRIGGER number_used AFTER UPDATE ON wasl.invoice_series"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wasl.invoice_number_used()",
]
