"""Rows as lists, boards and patches show them, drawn up by the database as JSON in one piece.

Made into Python objects first and those into texts again, the values of a page were a third of what showing
it costs the process (docs/decisions/what-an-event-costs.md). Ids are public, amounts minor units, dates and
instants ISO 8601; a name that begins with ``_`` stays on the server.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import col

from saas.tenancy.models import Membership
from saas.tenancy.prepared import Prepared
from saas.tenancy.session import TenantSession


def json_row(**values: Any) -> ColumnElement[Any]:
    """One object of these names and values."""
    # Names written out: as parameters they are more than the driver keeps a parsed statement for.
    named = ((literal_column(f"'{name}'"), value) for name, value in values.items())
    parts = list(itertools.chain.from_iterable(named))
    return func.json_build_object(*parts)


def json_rows(row: ColumnElement[Any], order: Sequence[Any] = ()) -> ColumnElement[Any]:
    """All rows as one array, in this order; null when there are none."""
    return func.json_agg(aggregate_order_by(row, *order) if order else row)


def json_link(model: Any, **more: Any) -> ColumnElement[Any]:
    """What a link to a named record needs, ``{id, label, name, name_ar}`` and ``more``; null without one."""
    name = col(model.name)
    linked = json_row(id=col(model.public_id), label=name, name=name, name_ar=col(model.name_ar), **more)
    return case((col(model.id).is_not(None), linked))


def json_member() -> ColumnElement[Any]:
    """The member who is joined: ``{id, label, name}``, or null."""
    name = col(Membership.display_name)
    known = json_row(id=col(Membership.public_id), label=name, name=name)
    return case((col(Membership.id).is_not(None), known))


async def read_rows(session: TenantSession, query: Prepared, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of a select of ``json_rows`` over given inside ids, in no order of theirs."""
    ((found,),) = await session.read(query, ids=list(ids))
    return found or []
