"""The collector of a serving process: short walks, and nothing kept that is of no use any more."""

from __future__ import annotations

import asyncio
import gc
import weakref

from saas.kernel import collector


class Tab:
    """Knows itself, as a tab's states know each other: only the collector can tell that it is gone."""

    def __init__(self) -> None:
        self.of = self


def opened_and_closed() -> asyncio.Event:
    """Set when a tab is gone that was put aside while it was open."""
    tab, gone = Tab(), asyncio.Event()
    weakref.finalize(tab, gone.set)
    gc.collect()
    assert tab not in gc.get_objects(generation=collector.FULL)
    del tab
    gc.collect()
    assert not gone.is_set()
    return gone


async def test_what_a_full_collection_leaves_alive_is_not_walked_through_again() -> None:
    async with collector.putting_aside():
        before = gc.get_freeze_count()
        tabs = [Tab() for _ in range(1_000)]
        gc.collect()
        assert gc.get_freeze_count() >= before + len(tabs)
        assert not gc.get_objects(generation=collector.FULL)


async def test_a_tab_that_is_closed_after_it_was_put_aside_is_found_when_all_is_looked_through() -> None:
    async with collector.putting_aside(every=0.01):
        gone = opened_and_closed()
        await asyncio.wait_for(gone.wait(), 20)


async def test_a_closed_tab_is_not_forgotten_for_ever_where_there_is_no_lull() -> None:
    async def busy() -> None:
        while True:
            sum(range(20_000))
            await asyncio.sleep(0)

    work = asyncio.create_task(busy())
    try:
        async with collector.putting_aside(every=0.5):
            gone = opened_and_closed()
            await asyncio.wait_for(gone.wait(), 20)
    finally:
        work.cancel()


async def test_a_process_that_closes_has_nothing_put_aside() -> None:
    async with collector.putting_aside():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
    assert not [one for one in gc.callbacks if getattr(one, "__module__", "") == collector.__name__]
