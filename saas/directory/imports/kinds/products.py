"""Products from a file: name, code, series and price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports import bulk
from saas.directory.imports.targets import Existing, Field, Kind, Match, Reference, Target, named, register
from saas.directory.imports.values import Wrong
from saas.directory.models import Product
from saas.kernel.permissions import WorkspacePermission
from saas.tenancy.models import Tenant
from saas.tenancy.session import TenantSession

_COLUMNS = {
    "name": "name",
    "name_ar": "name_ar",
    "sku": "sku",
    "series": "series",
    "unit": "unit",
    "price": "price_minor",
    "description": "description",
}
_NULLABLE = frozenset({"sku", "price"})


async def known(session: TenantSession) -> list[tuple[int, str]]:
    query = sa.select(col(Product.id), col(Product.name), col(Product.name_ar), col(Product.sku))
    rows = await session.rows(query.where(col(Product.archived_at).is_(None)).order_by(col(Product.id)))
    return [(id, name) for id, *names in rows for name in names if name]


async def create_by_name(session: TenantSession, names: list[str]) -> dict[str, int]:
    """Products of which nothing but the name is known yet."""
    return dict(zip(names, await insert(session, [{"name": name} for name in names]), strict=True))


async def existing(session: TenantSession, match: str, keys: Sequence[str]) -> dict[str, Existing]:
    key = sa.func.lower(col(Product.sku)) if match == "sku" else sa.collate(col(Product.name_key), "C")
    query = sa.select(Product).where(col(Product.archived_at).is_(None), key.in_(bulk.among(keys)))
    found: dict[str, Existing] = {}
    for product in await session.all(query.order_by(col(Product.id))):
        shared = (product.sku or "").lower() if match == "sku" else product.name_key
        values = {field: getattr(product, column) for field, column in _COLUMNS.items()}
        found.setdefault(shared, Existing(product.id, values))
    return found


async def insert(session: TenantSession, rows: list[dict[str, Any]]) -> list[int]:
    currency = await session.one(sa.select(col(Tenant.currency)).where(col(Tenant.id) == session.tenant_id))
    stored = [
        {c: row.get(f) if f in _NULLABLE else row.get(f) or "" for f, c in _COLUMNS.items()} for row in rows
    ]
    return await bulk.insert_rows(session, Product, [{"currency": currency, **row} for row in stored])


async def update(session: TenantSession, changes: list[tuple[int, dict[str, Any]]]) -> None:
    await bulk.update_rows(
        session, Product, [(id, {_COLUMNS[f]: v for f, v in values.items()}) for id, values in changes]
    )


def complete(values: dict[str, Any]) -> None:
    if (values.get("price") or 0) < 0:
        raise Wrong("imports.wrong.negative", text=str(values["price"]))


PRODUCT = Reference("product", "imports.missing.products", known, create_by_name)

register(
    Target(
        key="products",
        text="imports.kinds.products",
        icon="package",
        permission=WorkspacePermission.IMPORT,
        order=30,
        fields=(
            Field(
                "name",
                "imports.fields.name",
                Kind.TEXT,
                named(
                    "product | product name | item | item name | article | name | المنتج"
                    " | اسم المنتج | الصنف | اسم الصنف | البند | الاسم"
                ),
                required=True,
            ),
            Field(
                "name_ar",
                "imports.fields.name_ar",
                Kind.TEXT,
                named("arabic name | name (arabic) | name ar | الاسم بالعربية | الاسم العربي"),
            ),
            Field(
                "sku",
                "imports.fields.sku",
                Kind.TEXT,
                named("sku | code | product code | item code | part number | الرمز | كود المنتج | رقم الصنف"),
                max_length=80,
            ),
            Field(
                "series",
                "imports.fields.series",
                Kind.TEXT,
                named("series | family | product line | line | range | السلسلة | الفئة | المجموعة"),
            ),
            Field(
                "unit",
                "imports.fields.unit",
                Kind.TEXT,
                named("unit | unit of measure | uom | الوحدة | وحدة القياس"),
                max_length=40,
            ),
            Field(
                "price",
                "imports.fields.price",
                Kind.MONEY,
                named(
                    "sales price | price | unit price | list price | sale price | السعر | سعر البيع"
                    " | سعر الوحدة"
                ),
            ),
            Field(
                "description",
                "imports.fields.description",
                Kind.TEXT,
                named("description | details | note | notes | الوصف | ملاحظات"),
                max_length=4000,
            ),
        ),
        matches=(Match("sku", ("sku",), decisive=True), Match("name", ("name",))),
        signature=("name", "price", "series", "sku"),
        existing=existing,
        insert=insert,
        update=update,
        complete=complete,
        topics=("warehouse.product",),
        route="/warehouse/products",
    )
)
