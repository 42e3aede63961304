"""Believable stock to try the warehouse with: the same each time, in the company's own money and language."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from saas.directory import products as directory
from saas.directory.models import Product, ProductKind
from saas.kernel.chance import generator
from saas.kernel.i18n import load_texts
from saas.kernel.money import exponent
from saas.modules.warehouse.service import products, stock
from saas.tenancy.session import TenantSession

# text key, SKU, price in whole units of money
GOODS = (
    ("machine", "12-200", 2450),
    ("grinder", "14-051", 1400),
    ("tamper", "18-011", 18),
    ("filter", "20-100", 31),
    ("beans", "70-001", 6),
    ("cups", "80-001", 2),
)


async def sample(session: TenantSession) -> None:
    """Stock of the goods that are there, or of six new ones: received, shipped, counted, some of it low."""
    chance = generator("warehouse")
    for place, product in enumerate(await _goods(session)):
        reorder_at = chance.choice((2, 5, 10, 20, 40))
        await products.update(session, product, {"reorder_at": reorder_at})
        received = reorder_at * chance.choice((2, 3, 5)) + chance.randrange(4)
        await stock.receive(session, product, received, f"GRN-{1040 + place}")
        left = received
        for _ in range(chance.randrange(1, 5)):
            shipped = min(left, chance.randrange(1, max(2, received // 2)))
            if shipped:
                await stock.ship(session, product, shipped, f"SO-{2200 + chance.randrange(400)}")
            left -= shipped
        if chance.random() < 0.25 and left:
            await stock.count(session, product, left - 1)


async def _goods(session: TenantSession) -> Sequence[Product]:
    query = select(Product).where(col(Product.archived_at).is_(None), col(Product.kind) == ProductKind.GOODS)
    found = await session.all(query.order_by(col(Product.id)).limit(60))
    return found or [await _new(session, *goods) for goods in GOODS]


async def _new(session: TenantSession, key: str, sku: str, price: int) -> Product:
    texts = load_texts()
    currency = await session.currency()
    return await directory.create(
        session,
        {
            "name": texts["en"][f"warehouse.sample.{key}"],
            "name_ar": texts["ar"][f"warehouse.sample.{key}"],
            "sku": sku,
            "price_minor": price * 10 ** exponent(currency),
        },
    )
