"""What the pools refuse: a connection with too much power, and statements that could rebind it; and what the
database refuses because the company may only read, said as a person reads it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext

from saas.tenancy import write_gate


class TenancyError(RuntimeError):
    """The program, not a person, did something that isolation forbids."""


# Statements that our own code has business to send. Everything that rebinds, changes roles, makes objects
# or ends the transaction is left out, and so is COPY, which answers by other rules.
ALLOWED = re.compile(
    r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|VALUES|MERGE|EXPLAIN|SAVEPOINT|RELEASE|ROLLBACK\s+TO|LOCK"
    r"|SET\s+CONSTRAINTS)\b",
    re.IGNORECASE,
)
# Functions and settings that move the binding, wherever they stand in a statement.
FORBIDDEN = re.compile(
    r"set_config|pg_settings|session_authorization|row_security|\bapp\W*\.\W*(?:tenant|member|action)"
    # Ways of quoting in which syntax hides from the check below.
    r"|\bU&['\"]|\bE'|\$",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"--|/\*")
# Literals and quoted names, so that what is left is syntax alone.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_SEEN_AT_MOST = 20_000

POWERS = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole
       OR pg_catalog.pg_has_role(oid, 'wasl_owner', 'MEMBER')
       OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relowner = r.oid)
       OR session_user <> current_user
FROM pg_catalog.pg_roles r WHERE rolname = current_user
"""


def guard_engine(engine: Engine) -> None:
    """Refuse powerful connections when they open, and forbidden statements before they are sent."""
    seen: set[str] = set()

    @event.listens_for(engine, "connect")
    def _weigh(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute(POWERS)
            powerful = cursor.fetchone()[0]
        finally:
            cursor.close()
        if powerful:
            raise TenancyError(
                "this connection is a superuser, an owner or past row level security: "
                "APP_DATABASE_URL and SYSTEM_DATABASE_URL need roles without such power"
            )

    @event.listens_for(engine, "handle_error")
    def _say(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == write_gate.SQLSTATE:
            raise write_gate.ReadOnly

    @event.listens_for(engine, "before_cursor_execute")
    def _read(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if statement in seen:
            return
        check_statement(statement)
        if len(seen) < _SEEN_AT_MOST:
            seen.add(statement)


def check_statement(statement: str) -> None:
    """Raises ``TenancyError`` unless the text is one plain statement that leaves the binding alone."""
    if not ALLOWED.match(statement):
        raise TenancyError("this kind of statement has no business in a session")
    if FORBIDDEN.search(statement):
        raise TenancyError("a statement may not touch what its session is bound to")
    syntax = _QUOTED.sub("''", statement)
    if ";" in syntax.rstrip().rstrip(";"):
        raise TenancyError("one statement at a time")
    if _COMMENT.search(syntax):
        raise TenancyError("no comments in statements: they hide what follows")
