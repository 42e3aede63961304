"""Menus of an invoice: whom it may bill, and what its lines may sell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from saas.directory import parties, products
from saas.directory.models import Party, Product
from saas.modules.payments.service.lines import plain_number, plain_price
from saas.tenancy.session import TenantSession


async def customers(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
    """``[{id, label, name_ar, note}]``: customers by a word of their name; the newest for no text."""
    if text.strip():
        found: Sequence[Party] = await parties.search(session, text, limit, col(Party.is_customer).is_(True))
    else:
        newest = select(Party).where(col(Party.archived_at).is_(None), col(Party.is_customer))
        found = await session.all(newest.order_by(col(Party.id).desc()).limit(limit))
    return [
        {"id": str(p.public_id), "label": p.name, "name_ar": p.name_ar, "note": p.city or p.segment}
        for p in found
    ]


async def goods(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
    """``[{id, label, note, price, tax}]``: products by a word of name or SKU, price and tax as typed."""
    if text.strip():
        found: Sequence[Product] = await products.search(session, text, limit)
    else:
        newest = select(Product).where(col(Product.archived_at).is_(None))
        found = await session.all(newest.order_by(col(Product.id).desc()).limit(limit))
    return [
        {
            "id": str(p.public_id),
            "label": p.name,
            "name_ar": p.name_ar,
            "note": p.sku or "",
            "price": plain_price(p.price_minor, p.currency) if p.price_minor is not None else "",
            "tax": plain_number(p.tax_rate * 100) if p.tax_rate is not None else "",
        }
        for p in found
    ]
