"""What the house owes to everything in it: a switch that all tabs see, and many tabs at once."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence

from bench import seed
from bench.crm import DEALS, TYPED
from bench.house import House
from bench.lists import state_of
from bench.measure import call, undisturbed
from bench.table import Row, row, single
from saas.modules.crm.state.customer_list import CUSTOMERS
from saas.state.listing import Query
from saas.state.switching import SwitchState
from tests.support import catalogue
from tests.support.socket_client import Tab, told

AREA = "ground"
TABS = 300
SECONDS = 30
FIRST = 40
FIRST_SECONDS = 12
PAUSE = 5.0
SWITCH = f"{SwitchState.get_full_name()}.switch"
TOGGLES = 20


def rows(house: House) -> list[Row]:
    catalogue.load()
    return asyncio.run(_rows(house))


async def _rows(house: House) -> list[Row]:
    return [await _toggle(house), *await _many_tabs(house)]


async def _toggle(house: House) -> Row:
    """From the owner's click to the last of ten open tabs that hears which modules are on."""
    took: list[float] = []
    async with house.tabs([(2, 1), *((2, member) for member in range(2, 12))], "/home") as (owner, *others):
        for i in range(TOGGLES):
            on = bool(i % 2)
            heard = [
                tab.expect(
                    lambda update, on=on: any(
                        m.get("kind") == "modules" and ("warehouse" in m["modules"]) is on
                        for m in update.live
                    )
                )
                for tab in others
            ]
            began = time.perf_counter()
            await owner.send(SWITCH, {"module": "warehouse", "on": on, "op": str(uuid.uuid4())})
            arrived = await asyncio.wait_for(asyncio.gather(*heard), 20)
            took.append(max(update.at for update in arrived) - began)
            await owner.fence()
    return row(AREA, "toggle seen in 10 other tabs", took, budget=300)


async def _many_tabs(house: House) -> list[Row]:
    """Tabs of many companies, each with a search, a list, a board or a move every five seconds.

    What a tab costs is reckoned over those that come after the first ``FIRST``, which are at work already:
    pools and statement caches, which the process fills once, are not a tab's.
    """
    people = _people(TABS)
    cold = house.memory_kb
    async with (
        house.tabs(people[:FIRST:2], "/crm/deals") as first_boards,
        house.tabs(people[1:FIRST:2], "/crm/customers") as first_lists,
    ):
        await _all_at_work(first_boards, first_lists, FIRST_SECONDS)
        warm = house.memory_kb
        async with (
            house.tabs(people[FIRST::2], "/crm/deals") as more_boards,
            house.tabs(people[FIRST + 1 :: 2], "/crm/customers") as more_lists,
        ):
            loaded = (house.memory_kb - warm) / (TABS - FIRST)
            boards, lists = [*first_boards, *more_boards], [*first_lists, *more_lists]
            took = await _all_at_work(boards, lists, SECONDS)
            worked = (house.memory_kb - warm) / (TABS - FIRST)
            whole = (house.memory_kb - cold) / TABS
    return [
        row(AREA, f"{TABS} tabs, an event each {PAUSE:g} s", took, budget=100),
        single(AREA, "memory a tab, page loaded", loaded, "kB", 300),
        single(AREA, f"memory a tab, after {SECONDS} s of work", worked, "kB", 300),
        single(AREA, "the same, shared out with all the process filled", whole, "kB"),
    ]


async def _all_at_work(boards: Sequence[Tab], lists: Sequence[Tab], seconds: float) -> list[float]:
    """What each event took while all were at work for so long."""
    with undisturbed():
        ends = time.perf_counter() + seconds
        found = await asyncio.gather(
            *(_work(tab, number, ends, _move_step) for number, tab in enumerate(boards)),
            *(_work(tab, number, ends, _list_step) for number, tab in enumerate(lists)),
        )
    return [took for each in found for took in each]


async def _work(
    tab: Tab, number: int, ends: float, step: Callable[[Tab, random.Random], Awaitable[float]]
) -> list[float]:
    """One person at work until ``ends``."""
    dice = random.Random(number)
    took: list[float] = []
    await asyncio.sleep(dice.random() * PAUSE)
    while time.perf_counter() < ends:
        began = time.perf_counter()
        took.append(await step(tab, dice))
        await asyncio.sleep(max(PAUSE - (time.perf_counter() - began), 0))
    return took


async def _list_step(tab: Tab, dice: random.Random) -> float:
    state = state_of(CUSTOMERS)
    wanted = Query(search=dice.choice(("", *TYPED))).model_dump()
    return (await call(tab, f"{state}.query", {"wanted": wanted}, lambda u: u.sets(state, "rows")))[0]


async def _move_step(tab: Tab, dice: random.Random) -> float:
    stages = tab.values(DEALS)["stages"]
    open_stages = [stage for stage in stages if stage["kind"] == "open"]
    cards = [card for stage in open_stages for card in stage["cards"]]
    if not cards or dice.random() < 0.5:
        payload = {"wanted": Query().model_dump(), "pipeline": ""}
        return (await call(tab, f"{DEALS}.narrow", payload, lambda u: u.sets(DEALS, "stages")))[0]
    op = str(uuid.uuid4())
    payload = {
        "op": op,
        "deal": dice.choice(cards)["id"],
        "stage": dice.choice(open_stages)["id"],
        "after": "",
        "reason": "",
        "note": "",
    }
    took = (await call(tab, f"{DEALS}.move", payload, lambda u: told(u, op=op)))[0]
    # As the page does after a change of one's own: the views are counted anew.
    await tab.send(f"{DEALS}.read_views")
    return took


def _people(count: int) -> list[tuple[int, int]]:
    """Members of the largest companies first, each once, as many as asked for."""
    found = [
        (tenant, member)
        for tenant in range(1, seed.TENANTS + 1)
        for member in range(1, seed.size_of(tenant).members + 1)
    ]
    # A company of forty has many tabs open, most have one.
    return found[:60] + found[60 :: max((len(found) - 60) // (count - 60), 1)][: count - 60]
