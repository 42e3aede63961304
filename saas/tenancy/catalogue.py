"""What PostgreSQL knows of our tables: columns and references, for code that works on any of them."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from saas.kernel.errors import NotFound
from saas.tenancy.owned import SCHEMA
from saas.tenancy.session import TenantSession

_COLUMNS = sa.text(
    """
    SELECT a.attname FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'wasl' AND c.relname = :name AND c.relrowsecurity AND a.attnum > 0
      AND NOT a.attisdropped AND a.attgenerated = ''
    ORDER BY a.attnum
    """
)
_REFERENCES = sa.text(
    """
    SELECT r.relname, a.attname FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class t ON t.oid = k.confrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
    JOIN pg_catalog.pg_class r ON r.oid = k.conrelid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[2]
    WHERE k.contype = 'f' AND n.nspname = 'wasl' AND t.relname = :name AND cardinality(k.conkey) = 2
      AND coalesce(pg_catalog.obj_description(r.oid, 'pg_class'), '') NOT LIKE 'unrecorded:%'
    """
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A column of another table that points at the table in question."""

    table: str
    column: str


async def columns_of(session: TenantSession, table: str) -> list[str]:
    """The columns that can be written, in order. Raises ``NotFound`` for what is no tenant's table."""
    found = list(await session.all(_COLUMNS, name=table))
    if not found:
        raise NotFound
    return found


async def references_to(session: TenantSession, table: str) -> list[Reference]:
    """What people's records point at the table with; derived tables, kept without a record, do not count."""
    return [Reference(*row) for row in await session.rows(_REFERENCES, name=table)]


def quoted(*names: str) -> str:
    """The table as SQL writes it, or, with two names, a column of it."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in (SCHEMA, *names))
