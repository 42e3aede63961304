"""Whether a company may write in its present state: asked by the gate of events, and held by the database.

A trigger before each writing statement on a company's tables refuses what the application sends for a company
that may only read. It is one look at one row a statement, however many rows the statement has.
"""

from __future__ import annotations

from saas.kernel.errors import AppError
from saas.tenancy.models import TenantState

WRITABLE = frozenset({TenantState.TRIALING, TenantState.ACTIVE, TenantState.PAST_DUE, TenantState.CANCELLING})
# What the trigger raises; no class of PostgreSQL's own begins so.
SQLSTATE = "WL001"
TRIGGER = "refuse_when_read_only"

# Written whatever the state, each for its reason.
_ACCESS = "who may act is no business row: nobody waits for a bill to join, to leave or to shut somebody out"
ALWAYS_WRITTEN = {
    "team": _ACCESS,
    "role": _ACCESS,
    "membership": _ACCESS,
    "invitation": _ACCESS,
    "import_run": "an import that the gate stops must be able to say so, and its files be swept",
}


class ReadOnly(AppError):
    """The company may read and export, but not write, in its present state."""

    key = "errors.read_only"
    status = 403


def admit(state: str) -> None:
    """Raises ``ReadOnly`` when a company in this state may not write."""
    if state not in WRITABLE:
        raise ReadOnly


# Only the application is asked: the owner acts for triggers and references, the migrator for all companies.
FUNCTION = f"""
CREATE OR REPLACE FUNCTION wasl.{TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Two steps: in one, the planner would ask for the company of those who need none.
  IF current_user <> 'wasl_app' THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (
    SELECT FROM wasl.tenant t WHERE t.id = wasl.current_tenant()
      AND t.state IN ({", ".join(f"'{state}'" for state in sorted(WRITABLE))}))
  THEN
    RAISE EXCEPTION 'this company is read-only' USING ERRCODE = '{SQLSTATE}';
  END IF;
  RETURN NULL;
END $$
"""


def gated(table: str) -> list[str]:
    """The statement that puts the table behind the gate; none for one that is always written."""
    if table in ALWAYS_WRITTEN:
        return []
    return [
        f"CREATE TRIGGER {TRIGGER} BEFORE INSERT OR UPDATE OR DELETE ON wasl.{table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION wasl.{TRIGGER}()"
    ]
