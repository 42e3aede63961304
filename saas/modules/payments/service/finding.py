"""The menu of what an invoice's lines may sell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from saas.directory import products
from saas.directory.models import Product
from saas.modules.payments.service.lines import plain_number, plain_price
from saas.tenancy.session import TenantSession


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
