"""Many rows in one statement: the values travel as one JSON document and become rows in the database.

COPY is closed to roles under row level security, and a statement a row would take minutes for a large file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from saas.tenancy.owned import TenantOwned, uuid7
from saas.tenancy.session import TenantSession

_AT_ONCE = 5_000


async def insert_rows(
    session: TenantSession, model: type[TenantOwned], rows: Sequence[dict[str, Any]]
) -> list[int]:
    """Insert and give the new ids in the same order. Every row has the same keys: column names of the
    model; what is not among them takes the database's default."""
    ids: list[int] = []
    for start in range(0, len(rows), _AT_ONCE):
        ids += await _insert(session, model, rows[start : start + _AT_ONCE])
    return ids


async def update_rows(
    session: TenantSession, model: type[TenantOwned], changes: Sequence[tuple[int, dict[str, Any]]]
) -> None:
    """Write ``[(id, {column: value})]``: one statement for each set of columns that changes."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for id, values in changes:
        if values:
            by_columns.setdefault(tuple(sorted(values)), []).append({**values, "id": id})
    table = _table(model)
    for names, rows in by_columns.items():
        for start in range(0, len(rows), _AT_ONCE):
            given = _given(table, ("id", *names), rows[start : start + _AT_ONCE])
            await session.execute(
                sa.update(table)
                .where(table.c.tenant_id == session.tenant_id, table.c.id == given.c.id)
                .values({name: given.c[name] for name in names})
            )


def among(values: Sequence[str] | Sequence[int]) -> Any:
    """For ``column.in_(...)``: many values as one parameter, joined and not compared one with each."""
    kind = sa.Text if values and isinstance(values[0], str) else sa.BigInteger
    return sa.select(sa.func.unnest(sa.bindparam(None, list(values), sa.ARRAY(kind))))


async def _insert(
    session: TenantSession, model: type[TenantOwned], rows: Sequence[dict[str, Any]]
) -> list[int]:
    table = _table(model)
    names = ("public_id", *rows[0])
    named = [{"public_id": uuid7(), **row} for row in rows]
    given = _given(table, names, named)
    statement = (
        sa.insert(table)
        .from_select(list(names), sa.select(*(given.c[name] for name in names)), include_defaults=False)
        .returning(table.c.public_id, table.c.id)
    )
    made = {row.public_id: row.id for row in await session.rows(statement)}
    return [made[row["public_id"]] for row in named]


def _given(table: sa.Table, names: Sequence[str], rows: Sequence[dict[str, Any]]) -> Any:
    """The rows as a FROM element, typed as the table's columns are."""
    document = json.dumps(rows, default=_plain, ensure_ascii=False)
    columns = (sa.column(name, _stored(table.c[name].type)) for name in names)
    return (
        sa.func.json_to_recordset(sa.cast(sa.literal(document, sa.Text), sa.JSON))
        .table_valued(*columns, name="given")
        .render_derived(with_types=True)
    )


def _stored(kind: Any) -> Any:
    """The database's own type under a decorated one (a ``Choice`` is text)."""
    return kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind


def _table(model: type[TenantOwned]) -> sa.Table:
    return model.__table__  # pyright: ignore[reportAttributeAccessIssue] -- every model with table=True has it


def _plain(value: Any) -> Any:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot travel to the database")
