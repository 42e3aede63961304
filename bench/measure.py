"""Steps taken again and again over open tabs, from the event sent to the delta received."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from tests.support.socket_client import Condition, Tab, Update

WARM_UP = 6
# How often a step is measured.
N = 200
# A step in a tab of its own: gives the seconds that it took.
Step = Callable[[Tab, int], Awaitable[float]]


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Without this process's own collector, which stops all tabs for a quarter of a second when it walks
    through what three hundred of them hold: that is time of nobody's but the bench's."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


async def repeated(tabs: Sequence[Tab], n: int, step: Step) -> list[float]:
    """The seconds of ``n`` steps, in the tabs by turns (a socket may send only so many a second)."""
    for i in range(WARM_UP):
        await step(tabs[i % len(tabs)], i)
    with undisturbed():
        return [await step(tabs[i % len(tabs)], WARM_UP + i) for i in range(n)]


async def call(tab: Tab, handler: str, payload: Mapping[str, Any], until: Condition) -> tuple[float, Update]:
    """One event and its answer: how long it took from sent to received."""
    waiter = tab.expect(until)
    began = time.perf_counter()
    await tab.send(handler, payload)
    update = await asyncio.wait_for(waiter, 30)
    return update.at - began, update


async def walk(tab: Tab, path: str, until: Condition) -> float:
    """To another page: seconds until the update that brings what it shows."""
    waiter = tab.expect(until)
    began = time.perf_counter()
    await tab.go(path)
    return (await asyncio.wait_for(waiter, 30)).at - began
