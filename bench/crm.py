"""What a salesperson does all day, in the largest company, from the event sent to the delta received."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from typing import Any

from bench import seed, sql
from bench.house import House
from bench.measure import call, repeated, walk
from bench.table import Row, row
from saas.modules.crm.models import Deal, Stage
from saas.modules.crm.service import board, moves, pipelines
from saas.modules.crm.state.customer_list import CUSTOMERS
from saas.modules.crm.state.deals import DealsState
from saas.state.listing import Query, count_of, page_of
from saas.state.resource import Resource
from saas.tenancy.session import TenantSession
from tests.support import catalogue
from tests.support.socket_client import Tab, told

AREA = "crm"
LARGEST = 1
N = 200
DEALS = DealsState.get_full_name()
TYPED = (
    "g",
    "gu",
    "gul",
    "gulf",
    "gulf t",
    "gulf tr",
    "pearl",
    "nile m",
    "cedar",
    "o",
    "or",
    "ori",
    "zenith",
)
SORTS = ("-created_at", "name", "-name", "created_at")


def rows(house: House) -> list[Row]:
    catalogue.load()
    return asyncio.run(_rows(house))


async def _rows(house: House) -> list[Row]:
    colleagues = [(LARGEST, member) for member in range(1, 7)]
    async with (
        sql.desk(house.urls, seed.secret_of(LARGEST, 1)) as desk,
        house.tabs(colleagues, "/crm/deals") as tabs,
    ):
        found = [await _board(tabs, desk)]
        found += await _moves(tabs, desk)
    async with (
        sql.desk(house.urls, seed.secret_of(LARGEST, 1)) as desk,
        house.tabs(colleagues, "/crm/customers") as tabs,
    ):
        found.insert(1, await _list_of_50(tabs, desk))
        found.insert(2, await _search(tabs, desk))
    return found


async def _board(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    async def step(tab: Tab, i: int) -> float:
        return await walk(tab, "/crm/deals", lambda u: u.sets(DEALS, "stages"))

    async def work(session: TenantSession) -> None:
        pipeline = await pipelines.pipeline_or_default(session)
        await board.board(session, pipeline)

    took = await repeated(tabs, N, step)
    bare = await desk.seconds([await desk.script_of(work)], N)
    return row(AREA, "open the board (100,000 deals)", took, sql=bare, budget=80)


async def _list_of_50(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    state = state_of(CUSTOMERS)

    async def step(tab: Tab, i: int) -> float:
        wanted = Query(sort=SORTS[i % len(SORTS)]).model_dump()
        return (await call(tab, f"{state}.query", {"wanted": wanted}, lambda u: u.sets(state, "rows")))[0]

    took = await repeated(tabs, N, step)
    scripts = [await desk.script_of(page(CUSTOMERS, Query(sort=sort))) for sort in SORTS]
    return row(AREA, "list of 50 (50,000 customers)", took, sql=await desk.seconds(scripts, N), budget=30)


async def _search(tabs: Sequence[Tab], desk: sql.Desk) -> Row:
    state = state_of(CUSTOMERS)

    async def step(tab: Tab, i: int) -> float:
        wanted = Query(search=TYPED[i % len(TYPED)]).model_dump()
        return (await call(tab, f"{state}.query", {"wanted": wanted}, lambda u: u.sets(state, "rows")))[0]

    took = await repeated(tabs, N, step)
    scripts = [await desk.script_of(page(CUSTOMERS, Query(search=text))) for text in TYPED]
    return row(AREA, "search as you type", took, sql=await desk.seconds(scripts, N), budget=40)


async def _moves(tabs: Sequence[Tab], desk: sql.Desk) -> list[Row]:
    """Each mover has a card of their own; a colleague's tab listens."""
    watcher, movers = tabs[0], tabs[1:]
    stages = {one["name"]: one["id"] for one in watcher.values(DEALS)["stages"]}
    cards = next(s for s in watcher.values(DEALS)["stages"] if s["name"] == "New")["cards"]
    own = {id(tab): cards[i]["id"] for i, tab in enumerate(movers)}
    at = dict.fromkeys(own, "New")
    seen: list[float] = []

    async def step(tab: Tab, i: int) -> float:
        to = "Qualified" if at[id(tab)] == "New" else "New"
        at[id(tab)] = to
        op = str(uuid.uuid4())
        payload = {"op": op, "deal": own[id(tab)], "stage": stages[to], "after": "", "reason": "", "note": ""}
        heard = watcher.expect(lambda update: told(update, op=op))
        began = time.perf_counter()
        took, update = await call(tab, f"{DEALS}.move", payload, lambda u: told(u, op=op))
        refused = next(message for message in update.live if message.get("op") == op).get("ok") is False
        assert not refused, update.live
        seen.append((await asyncio.wait_for(heard, 10)).at - began)
        return took

    took = await repeated(movers, N, step)
    scripts = [await desk.script_of(_moving(own[id(movers[0])], to)) for to in ("Qualified", "New")]
    return [
        row(AREA, "move a deal", took, sql=await desk.seconds(scripts, N), budget=40),
        row(AREA, "seen in a colleague's tab", seen[-N:], budget=150),
    ]


def _moving(deal_id: str, to: str) -> sql.Work:
    """The move alone, to ``to`` or, when the deal stands there already, away from it."""

    async def work(session: TenantSession) -> Any:
        stages = {stage.name: stage for stage in await pipelines.stages(session)}
        deal = await session.by_public_id(Deal, deal_id)
        elsewhere: Stage = stages["Proposal"] if deal.stage_id == stages[to].id else stages[to]
        await moves.move(session, deal, elsewhere, None)
        await session.flush()

    return work


def page(resource: Resource, query: Query) -> sql.Work:
    """One page of a list with its count, as the list's handler asks for them."""

    async def work(session: TenantSession) -> None:
        found = await page_of(session, resource, query)
        if found.next:
            await count_of(session, resource, query)
        await resource.rows(session, found.ids)

    return work


def state_of(resource: Resource) -> str:
    """The full name of the list state that shows the resource."""
    return next(
        state.get_full_name()
        for state in catalogue.own_states()
        if getattr(state, "resource", None) is resource and "rows" in state.base_vars
    )
