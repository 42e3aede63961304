"""What a salesperson does all day, in the largest company, from the event sent to the delta received."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from typing import Any

from bench import sql
from bench.house import House
from bench.largest import at_work
from bench.lists import asked, sorted_by, typed
from bench.measure import N, call, repeated, walk
from bench.table import Row, row
from saas.modules.crm.models import Deal, Stage
from saas.modules.crm.service import board, moves, pipelines
from saas.modules.crm.state.customer_list import CUSTOMERS
from saas.modules.crm.state.deals import DealsState
from saas.tenancy.session import TenantSession
from tests.support import catalogue
from tests.support.socket_client import Tab, told

AREA = "crm"
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
SORTS = sorted_by("-created_at", "name", "-name", "created_at")


def rows(house: House) -> list[Row]:
    catalogue.load()
    return asyncio.run(_rows(house))


async def _rows(house: House) -> list[Row]:
    async with at_work(house, "/crm/deals") as (tabs, desk):
        found = [await _board(tabs, desk)]
        found += await _moves(tabs, desk)
    async with at_work(house, "/crm/customers") as (tabs, desk):
        what = "list of 50 (50,000 customers)"
        found.insert(1, await asked(AREA, what, CUSTOMERS, SORTS, tabs, desk, budget=30))
        what = "search as you type"
        found.insert(2, await asked(AREA, what, CUSTOMERS, typed(*TYPED), tabs, desk, budget=40))
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
