"""Stock in the largest company: the list, one product with its ledger, and goods coming in."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence

from bench import sql
from bench.house import House
from bench.largest import at_work
from bench.lists import asked
from bench.measure import N, call, repeated, walk
from bench.table import Row, row
from saas.directory.models import Product
from saas.modules.warehouse.service import queries
from saas.modules.warehouse.state import PRODUCTS, ProductState
from saas.state.listing import Query, page_of
from saas.tenancy.session import TenantSession
from tests.support import catalogue
from tests.support.socket_client import Tab, told

AREA = "warehouse"
PAGE = ProductState.get_full_name()
QUERIES = (
    Query(),
    Query(sort="name"),
    Query(sort="on_hand"),
    Query(search="pump 4"),
    Query(search="SKU-0012"),
)


def rows(house: House) -> list[Row]:
    catalogue.load()
    return asyncio.run(_rows(house))


async def _rows(house: House) -> list[Row]:
    async with at_work(house, "/warehouse/products") as (tabs, desk):
        listed = await desk.do(_some_ids)
        return [
            await asked(AREA, "list and search (5,000 products)", PRODUCTS, QUERIES, tabs, desk, budget=40),
            await _open(tabs, desk, listed),
            await _receive(tabs, desk, listed),
        ]


async def _open(tabs: Sequence[Tab], desk: sql.Desk, listed: Sequence[str]) -> Row:
    async def step(tab: Tab, i: int) -> float:
        path = f"/warehouse/products/{listed[i % len(listed)]}"
        return await walk(tab, path, lambda u: u.sets(PAGE, "record"))

    async def work(session: TenantSession) -> None:
        product = await session.by_public_id(Product, listed[0])
        await queries.rows(session, [product.id])
        await queries.ledger(session, product)

    took = await repeated(tabs, N, step)
    bare = await desk.seconds([await desk.script_of(work)], N)
    return row(AREA, "open a product with its ledger", took, sql=bare, budget=80)


async def _receive(tabs: Sequence[Tab], desk: sql.Desk, listed: Sequence[str]) -> Row:
    """All six at one product, whose level is the row that everybody waits for."""
    for tab in tabs:
        await walk(tab, f"/warehouse/products/{listed[0]}", lambda u: u.sets(PAGE, "record"))

    async def step(tab: Tab, i: int) -> float:
        op = str(uuid.uuid4())
        payload = {"op": op, "quantity": "1", "note": ""}
        took, update = await call(tab, f"{PAGE}.receive", payload, lambda u: told(u, op=op))
        assert all(m.get("ok") is not False for m in update.live if m.get("op") == op), update.live
        return took

    took = await repeated(tabs, N, step)
    return row(AREA, "receive goods", took, budget=40)


async def _some_ids(session: TenantSession) -> list[str]:
    found = await page_of(session, PRODUCTS, Query())
    return [shown["id"] for shown in await queries.rows(session, found.ids)]
