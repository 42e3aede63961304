"""The sums of a list's columns, over all that its query holds and the member may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, literal, select

from saas.state.listing import Query, criteria
from saas.state.resource import Column, Kind, Resource
from saas.tenancy.session import TenantSession


async def totals_of(session: TenantSession, resource: Resource, query: Query) -> dict[str, list[list[Any]]]:
    """``{column key: [[currency, sum], ...]}``: amounts in minor units, currency by currency, the company's
    first, then by code; plain numbers as one sum without a currency. Of the columns declared to have one."""
    summed = [c for c in resource.columns if c.total and c.attr is not None]
    found: dict[str, dict[str, int]] = {column.key: {} for column in summed}
    home = session.viewer.currency
    for currency in sorted({_currency_of(resource, column) for column in summed}):
        columns = [c for c in summed if _currency_of(resource, c) == currency]
        by: Any = getattr(resource.model, currency) if currency else literal(home)
        asked = select(by, *(func.sum(c.attr) for c in columns)).where(*criteria(session, resource, query))
        for name, *sums in await session.rows(asked.group_by(by) if currency else asked):
            for column, minor in zip(columns, sums, strict=True):
                unit = name if column.kind == Kind.MONEY else ""
                found[column.key][unit] = found[column.key].get(unit, 0) + int(minor or 0)
    return {
        key: sorted(map(list, sums.items()), key=lambda s: (s[0] != home, s[0]))
        for key, sums in found.items()
    }


def _currency_of(resource: Resource, column: Column) -> str:
    """The model's column that holds the currency of an amount; none for the company's own."""
    if column.kind != Kind.MONEY or not hasattr(resource.model, column.currency or "?"):
        return ""
    return column.currency
