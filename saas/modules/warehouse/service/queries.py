"""What is asked of stock: rows for the list, one product with its ledger, alerts, search, counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Numeric, cast, exists, func, null, select
from sqlmodel import col

from saas.directory.json_rows import json_row, json_rows, read_rows
from saas.directory.models import Product
from saas.modules.warehouse.models import Location, StockLevel, StockMove
from saas.tenancy.models import Membership
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.search import matches
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

LEDGER_PAGE = 50


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Products with their stock, as the list shows them; archived ones too, for the archive."""
    return [_complete(row) for row in await read_rows(session, _by_ids(), ids)]


async def ledger(session: TenantSession, product: Product, before: int | None = None) -> dict[str, Any]:
    """The newest moves, with the stock that each left behind, and where earlier ones begin (0: none).

    ``after`` is counted back from the present level: the ledger itself holds only what moved.
    """
    on_hand = (
        await session.execute(
            select(func.coalesce(func.sum(col(StockMove.quantity)), 0)).where(
                col(StockMove.product_id) == product.id,
                *([col(StockMove.id) < before] if before is not None else []),
            )
        )
    ).scalar_one()
    query = (
        select(StockMove, col(Membership.display_name))
        .outerjoin(
            Membership,
            (col(Membership.tenant_id) == col(StockMove.tenant_id))
            & (col(Membership.id) == col(StockMove.member_id)),
        )
        .where(col(StockMove.product_id) == product.id)
        .order_by(col(StockMove.id).desc())
        .limit(LEDGER_PAGE + 1)
    )
    if before is not None:
        query = query.where(col(StockMove.id) < before)
    found = (await session.execute(query)).all()
    moves, after = [], int(on_hand)
    for move, member in found[:LEDGER_PAGE]:
        moves.append(
            {
                "id": str(move.public_id),
                "at": move.moved_at.isoformat(),
                "reason": str(move.reason),
                "quantity": move.quantity,
                "after": after,
                "note": move.note,
                "by": member or "",
            }
        )
        after -= move.quantity
    more = len(found) > LEDGER_PAGE
    return {"moves": moves, "earlier": str(found[LEDGER_PAGE - 1][0].public_id) if more else ""}


async def counts(session: TenantSession) -> dict[str, int]:
    """How many products and moves wait behind the module's switch."""
    products = select(func.count()).select_from(Product).where(col(Product.archived_at).is_(None))
    moves = select(func.count()).select_from(StockMove)
    return {
        "warehouse.counts.products": int((await session.execute(products)).scalar_one()),
        "warehouse.counts.moves": int((await session.execute(moves)).scalar_one()),
    }


async def low_stock(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Home: how many products are at or below their level, and how many of those are out."""
    query = select(func.count(), func.count().filter(col(StockLevel.on_hand) == 0)).select_from(Product)
    low, out = (await session.execute(query.join(StockLevel, level_of_product()).where(_is_low()))).one()
    return {
        "value": {"number": int(low)},
        "note": {"key": "warehouse.home.low_note", "params": {"n": int(out)}},
        # The tone is that of the note beside it, and that none is out is no warning.
        "tone": "bad" if out else "",
    }


async def to_reorder(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Home: the emptiest of the products to buy again."""
    query = (
        select(_ROW)
        .select_from(Product)
        .join(StockLevel, level_of_product())
        .where(_is_low())
        .order_by(col(StockLevel.on_hand), col(Product.id))
    )
    found = [_complete(row) for row in await session.all(query.limit(6))]
    counted = select(func.count()).select_from(Product).join(StockLevel, level_of_product()).where(_is_low())
    return {
        "total": int((await session.execute(counted)).scalar_one()),
        "rows": [
            {
                "title": row["name"],
                "title_ar": row["name_ar"],
                "subtitle": row["sku"],
                "href": f"/warehouse/products/{row['id']}",
                "note": {
                    "key": "warehouse.home.stock_note",
                    "params": {"n": row["on_hand"], "reorder": row["reorder_at"]},
                },
                "tone": "bad" if row["standing"] == "out" else "warn",
                "icon": "package",
                "member": "",
            }
            for row in found
        ],
    }


async def find(session: TenantSession, viewer: Viewer, text: str, limit: int) -> list[dict[str, Any]]:
    """Palette records: products by a word of the name, or the SKU."""
    level = select(col(StockLevel.on_hand)).where(level_of_product()).correlate(Product).scalar_subquery()
    query = (
        select(col(Product.public_id), col(Product.name), col(Product.name_ar), col(Product.sku), level)
        .where(matches(Product, text), col(Product.archived_at).is_(None))
        .order_by(col(Product.id).desc())
        .limit(limit)
    )
    return [
        {
            "id": str(public_id),
            "title": name,
            "title_ar": name_ar,
            "subtitle": _available(on_hand),
            "code": sku or "",
            "href": f"/warehouse/products/{public_id}",
        }
        for public_id, name, name_ar, sku, on_hand in await session.execute(query)
    ]


def _available(on_hand: int | None) -> dict[str, Any]:
    if on_hand is None:
        return {"key": "warehouse.found.product"}
    return {"key": "warehouse.found.stock", "params": {"n": on_hand}}


def standing(on_hand: int | None, reorder_at: int | None) -> str:
    """``none`` (never stocked), ``out``, ``low`` or ``fine``."""
    if on_hand is None:
        return "none"
    if on_hand == 0:
        return "out"
    return "low" if on_hand <= (reorder_at or 0) else "fine"


def level_of_product() -> Any:
    """Joins a product to its level at the default location."""
    default = select(col(Location.id)).where(col(Location.is_default)).scalar_subquery()
    return (
        (col(StockLevel.tenant_id) == col(Product.tenant_id))
        & (col(StockLevel.product_id) == col(Product.id))
        & (col(StockLevel.location_id) == default)
    )


def on_hand_of_product() -> ColumnElement[int]:
    """A product's stock as an expression, to sort and filter products by."""
    level = select(col(StockLevel.on_hand)).where(level_of_product()).correlate(Product).scalar_subquery()
    return func.coalesce(level, 0)


def stock_value() -> ColumnElement[Decimal]:
    """What a product's stock is worth at its price; nothing without a price. Not as a bigint, which much of
    something dear does not fit: one such product would take the whole list with it."""
    return cast(on_hand_of_product(), Numeric) * col(Product.price_minor)


def product_is_low() -> ColumnElement[bool]:
    """Whether a product is at or below its level."""
    return exists().where(level_of_product(), _is_low()).correlate(Product)


def _is_low() -> Any:
    return (
        (col(StockLevel.on_hand) <= col(StockLevel.reorder_at))
        & (col(StockLevel.reorder_at) > 0)
        & col(Product.archived_at).is_(None)
    )


_ROW = json_row(
    _key=col(Product.id),
    _owner=null(),
    _held=col(StockLevel.on_hand),
    id=col(Product.public_id),
    version=col(Product.version),
    name=col(Product.name),
    name_ar=col(Product.name_ar),
    sku=func.coalesce(col(Product.sku), ""),
    unit=col(Product.unit),
    price=col(Product.price_minor),
    currency=col(Product.currency),
    reorder_at=func.coalesce(col(StockLevel.reorder_at), 0),
)


@cache
def _by_ids() -> Prepared:
    return Prepared(
        select(json_rows(_ROW))
        .select_from(Product)
        .outerjoin(StockLevel, level_of_product())
        .where(any_of(col(Product.id)))
    )


def _complete(row: dict[str, Any]) -> dict[str, Any]:
    """What follows from the row."""
    held, on_hand = row["_held"], row["_held"] or 0
    stands = standing(held, row["reorder_at"])
    return {
        **row,
        "on_hand": on_hand,
        "value": row["price"] * on_hand if row["price"] is not None else None,
        "low": stands in ("low", "out"),
        "level": {"now": on_hand, "mark": row["reorder_at"]},
        "standing": stands,
    }
