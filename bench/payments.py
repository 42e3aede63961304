"""Invoices in the largest company: the list, the search, one invoice, and writing its lines."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence

from bench import sql
from bench.house import House
from bench.largest import at_work
from bench.lists import asked, sorted_by, typed
from bench.measure import N, call, repeated, walk
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
TYPED = typed("INV-7", "inv 12", "1999", "gulf", "pearl", "nile m", "cedar", "INV-20000")
SORTS = sorted_by("-created_at", "due_on", "-total", "-label")


def rows(house: House) -> list[Row]:
    catalogue.load()
    return asyncio.run(_rows(house))


async def _rows(house: House) -> list[Row]:
    async with at_work(house, "/payments/invoices") as (tabs, desk):
        return [
            await asked(AREA, "list of 50 (20,000 invoices)", INVOICES, SORTS, tabs, desk, budget=30),
            await asked(AREA, "find an invoice", INVOICES, TYPED, tabs, desk, budget=40),
            await _open(tabs, desk),
            await _write(tabs, desk),
        ]


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
