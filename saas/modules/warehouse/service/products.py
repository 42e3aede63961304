"""Products as the warehouse keeps them: the shared product, and the level from which it is bought again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saas.directory import products
from saas.directory.models import Product
from saas.kernel.errors import Invalid
from saas.modules.warehouse.models import MAX_QUANTITY
from saas.modules.warehouse.service import stock
from saas.tenancy.session import TenantSession

# Names of the list's columns, and what they are in the directory.
FIELDS = {"name": "name", "name_ar": "name_ar", "sku": "sku", "unit": "unit", "price": "price_minor"}


class WrongLevel(Invalid):
    """Not a whole number from 0 up."""

    key = "warehouse.errors.reorder_at"


async def create(session: TenantSession, values: Mapping[str, Any]) -> Product:
    """A new product: ``name``, and if given ``name_ar``, ``sku``, ``unit``, ``price`` (minor units of the
    company's currency) and ``reorder_at``. Raises ``NameMissing``, ``SkuTaken`` or ``WrongLevel``."""
    level = _whole(values.get("reorder_at") or 0)
    product = await products.create(session, {"name": "", **_shared(values)})
    if level:
        await stock.set_reorder_at(session, product, level)
    session.touch(stock.TOPIC, [product.id])
    return product


async def update(session: TenantSession, product: Product, changes: Mapping[str, Any]) -> None:
    """Change what ``create`` takes. Raises the same errors."""
    if "reorder_at" in changes:
        await stock.set_reorder_at(session, product, _whole(changes["reorder_at"] or 0))
    if shared := _shared(changes):
        await products.update(session, product, shared)
    session.touch(stock.TOPIC, [product.id])


async def archive(session: TenantSession, product: Product) -> None:
    """Away from the lists; its ledger stays."""
    await products.archive(session, product)
    session.touch(stock.TOPIC, [product.id])


async def restore(session: TenantSession, product: Product) -> None:
    """Back in the lists. Raises ``SkuTaken`` when its code went to another product meanwhile."""
    await products.restore(session, product)
    session.touch(stock.TOPIC, [product.id])


def _shared(values: Mapping[str, Any]) -> dict[str, Any]:
    return {FIELDS[key]: value for key, value in values.items() if key in FIELDS}


def _whole(value: Any) -> int:
    """A level as a form gives it (a Decimal or an int)."""
    if value != int(value) or not 0 <= value <= MAX_QUANTITY:
        raise WrongLevel("reorder_at")
    return int(value)
