"""What the company sells and buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from saas.directory.fields import NameMissing, put
from saas.directory.models import Product
from saas.kernel.clock import now
from saas.kernel.errors import Invalid
from saas.kernel.i18n import fold
from saas.kernel.money import MAX_MINOR
from saas.tenancy.search import find
from saas.tenancy.session import TenantSession

SETTABLE = frozenset(
    ("kind", "name", "name_ar", "sku", "series", "unit", "price_minor", "currency", "tax_rate", "description")
)


class SkuTaken(Invalid):
    """Another product of the company has this code; choose another, or archive that one."""

    key = "directory.sku_taken"


class PriceOutOfRange(Invalid):
    """Below zero, or more than any amount may be."""

    key = "directory.price_out_of_range"


async def create(session: TenantSession, values: Mapping[str, Any]) -> Product:
    """A new product, with ids; ``currency`` is the company's unless given. Raises ``NameMissing``,
    ``SkuTaken``, ``PriceOutOfRange`` or ``Unsettable``."""
    product = Product(name="", currency=str(values.get("currency") or await session.currency()))
    put(product, {k: v for k, v in values.items() if k != "currency"}, SETTABLE)
    if not product.name:
        raise NameMissing("name")
    session.add(product)
    await _flush(session, product)
    return product


async def update(session: TenantSession, product: Product, changes: Mapping[str, Any]) -> Product:
    """Raises ``SkuTaken``, ``PriceOutOfRange`` or ``Unsettable``."""
    put(product, changes, SETTABLE)
    await _flush(session, product)
    return product


async def archive(session: TenantSession, product: Product) -> None:
    product.archived_at = now()
    await session.flush()


async def restore(session: TenantSession, product: Product) -> None:
    """Raises ``SkuTaken`` when its code was given to another meanwhile."""
    product.archived_at = None
    await _flush(session, product)


async def search(
    session: TenantSession, text: str, limit: int = 20, *where: sa.ColumnElement[bool]
) -> Sequence[Product]:
    """Products of which each typed word begins a word of name, code or series."""
    return await find(session, Product, text, limit, *where)


async def by_name(session: TenantSession, name: str) -> Product | None:
    same = sa.select(Product).where(
        sa.collate(col(Product.name_key), "C") == fold(name), col(Product.archived_at).is_(None)
    )
    return await session.one(same.order_by(col(Product.id)).limit(1))


async def find_or_create(
    session: TenantSession, name: str, values: Mapping[str, Any] | None = None
) -> tuple[Product, bool]:
    """The product of this name, and whether it is new. Two at once get the same one."""
    await session.one(sa.select(sa.func.wasl.hold_name("product", fold(name))))
    found = await by_name(session, name)
    if found is not None:
        return found, False
    return await create(session, {**(values or {}), "name": name}), True


async def _flush(session: TenantSession, product: Product) -> None:
    if not 0 <= (product.price_minor or 0) <= MAX_MINOR:
        raise PriceOutOfRange("price")
    # Kept aside: after a failed flush the object can no longer be read.
    sku = product.sku = (product.sku or "").strip() or None
    try:
        await session.flush()
    except IntegrityError as error:
        if "product_sku_key" in str(error.orig):
            raise SkuTaken("sku", sku=sku or "") from None
        raise
