"""Stock in the largest company: the list, one product with its ledger, and goods coming in."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence

from bench import seed, sql
from bench.crm import LARGEST, N, page, state_of
from bench.house import House
from bench.measure import call, repeated, walk
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
    colleagues = [(LARGEST, member) for member in range(1, 7)]
    async with (
        sql.desk(house.urls, seed.secret_of(LARGEST, 1)) as desk,
        house.tabs(colleagues, "/warehouse/products") as tabs,
    ):
        listed = await desk.do(_some_ids)
        return [
            await _list_of_50(tabs, desk),
            await _open(tabs, desk, listed),
            await _receive(tabs, desk, listed),
        ]


async def _list_of_50(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    state = state_of(PRODUCTS)

    async def step(tab: Tab, i: int) -> float:
        wanted = QUERIES[i % len(QUERIES)].model_dump()
        return (await call(tab, f"{state}.query", {"wanted": wanted}, lambda u: u.sets(state, "rows")))[0]

    took = await repeated(tabs, N, step)
    scripts = [await desk.script_of(page(PRODUCTS, query)) for query in QUERIES]
    return row(AREA, "list and search (5,000 products)", took, sql=await desk.seconds(scripts, N), budget=40)


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
