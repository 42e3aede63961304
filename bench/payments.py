"""Invoices in the largest company: the list, the search, one invoice, and writing its lines."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence

from bench import seed, sql
from bench.crm import LARGEST, N, page, state_of
from bench.house import House
from bench.measure import call, repeated, walk
from bench.table import Row, row
from saas.modules.payments.models import Invoice
from saas.modules.payments.service import invoices, queries
from saas.modules.payments.state import INVOICES, InvoicePageState
from saas.state.listing import Query, page_of
from saas.tenancy.session import TenantSession
from tests.support import catalogue
from tests.support.socket_client import Tab, told

AREA = "payments"
PAGE = InvoicePageState.get_full_name()
TYPED = ("INV-7", "inv 12", "1999", "gulf", "pearl", "nile m", "cedar", "INV-20000")
SORTS = ("-created_at", "due_on", "-total", "-label")


def rows(house: House) -> list[Row]:
    catalogue.load()
    return asyncio.run(_rows(house))


async def _rows(house: House) -> list[Row]:
    colleagues = [(LARGEST, member) for member in range(1, 7)]
    async with (
        sql.desk(house.urls, seed.secret_of(LARGEST, 1)) as desk,
        house.tabs(colleagues, "/payments/invoices") as tabs,
    ):
        found = [await _list_of_50(tabs, desk), await _search(tabs, desk), await _open(tabs, desk)]
        found.append(await _write(tabs, desk))
    return found


async def _list_of_50(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    state = state_of(INVOICES)

    async def step(tab: Tab, i: int) -> float:
        wanted = Query(sort=SORTS[i % len(SORTS)]).model_dump()
        return (await call(tab, f"{state}.query", {"wanted": wanted}, lambda u: u.sets(state, "rows")))[0]

    took = await repeated(tabs, N, step)
    scripts = [await desk.script_of(page(INVOICES, Query(sort=sort))) for sort in SORTS]
    return row(AREA, "list of 50 (20,000 invoices)", took, sql=await desk.seconds(scripts, N), budget=30)


async def _search(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    state = state_of(INVOICES)

    async def step(tab: Tab, i: int) -> float:
        wanted = Query(search=TYPED[i % len(TYPED)]).model_dump()
        return (await call(tab, f"{state}.query", {"wanted": wanted}, lambda u: u.sets(state, "rows")))[0]

    took = await repeated(tabs, N, step)
    scripts = [await desk.script_of(page(INVOICES, Query(search=text))) for text in TYPED]
    return row(AREA, "find an invoice", took, sql=await desk.seconds(scripts, N), budget=40)


async def _open(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    listed = await desk.do(_some_ids)

    async def step(tab: Tab, i: int) -> float:
        path = f"/payments/invoices/{listed[i % len(listed)]}"
        return await walk(tab, path, lambda u: u.sets(PAGE, "record"))

    async def work(session: TenantSession) -> None:
        invoice = await session.by_public_id(Invoice, listed[0])
        await queries.rows(session, [invoice.id])
        await queries.detail(session, invoice)

    took = await repeated(tabs, N, step)
    bare = await desk.seconds([await desk.script_of(work)], N)
    return row(AREA, "open an invoice", took, sql=bare, budget=80)


async def _write(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    """Each writer has a draft of their own. Rows once made cannot be made again as bare SQL."""
    drafts = {id(tab): str(await desk.do(_draft)) for tab in tabs}
    for tab in tabs:
        await walk(tab, f"/payments/invoices/{drafts[id(tab)]}", lambda u: u.sets(PAGE, "record"))

    async def step(tab: Tab, i: int) -> float:
        record = tab.values(PAGE)["record"]
        line = {"id": None, "product": None, "description": "Delivery", "price": "12.500", "tax": "5"}
        form = {
            "party": None,
            "due_on": "",
            "note": "",
            "lines": [{**line, "quantity": str(i % 9 + 1 + k)} for k in range(3)],
        }
        op = str(uuid.uuid4())
        payload = {"op": op, "version": record["version"], "form": form}
        shown = tab.expect(lambda update: update.sets(PAGE, "record"))
        took, update = await call(tab, f"{PAGE}.save", payload, lambda u: told(u, op=op))
        assert all(m.get("ok") is not False for m in update.live if m.get("op") == op), update.live
        await asyncio.wait_for(shown, 10)
        return took

    took = await repeated(tabs, N, step)
    return row(AREA, "write a draft of three lines", took, budget=40)


async def _some_ids(session: TenantSession) -> list[str]:
    found = await page_of(session, INVOICES, Query())
    return [shown["id"] for shown in await queries.rows(session, found.ids)]


async def _draft(session: TenantSession) -> str:
    invoice = await invoices.draft(session)
    return str(invoice.public_id)
