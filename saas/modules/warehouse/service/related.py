"""What is on hand of the products of a deal, for the pages of other modules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from saas.kernel.module import About
from saas.modules.warehouse.service import queries
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

SHOWN = 8


async def stock(session: TenantSession, viewer: Viewer, about: About, today: date) -> dict[str, Any]:
    """Of each product that the record asks for: how many there are of how many it wants."""
    wanted: dict[int, Decimal] = {}
    for product, quantity in about.products:
        wanted[product] = wanted.get(product, Decimal(0)) + quantity
    found = {row["_key"]: row for row in await queries.rows(session, list(wanted))}
    rows = [_row(found[product], quantity) for product, quantity in wanted.items() if product in found]
    return {"total": len(rows), "rows": rows[:SHOWN]}


def _row(product: dict[str, Any], quantity: Decimal) -> dict[str, Any]:
    there = min(Decimal(product["on_hand"]), quantity)
    return {
        "id": product["id"],
        "title": product["name"],
        "title_ar": product["name_ar"],
        "subtitle": product["sku"],
        "href": f"/warehouse/products/{product['id']}",
        "note": {"key": "warehouse.related.there", "params": {"n": float(there), "wanted": float(quantity)}},
        "tone": "ok" if there == quantity else "warn" if there else "bad",
    }
