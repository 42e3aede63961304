"""Python's cycle collector in a process that serves: while it walks, everybody waits.

What a full collection leaves alive is put aside, so that the next one walks through what has come since and
not through every open tab once more. What dies among it, the states of closed tabs above all, is found from
time to time when little goes on: all is taken back, walked through, and put aside again.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator

FULL = 2  # the oldest generation
THOROUGH_SECONDS = 300.0
# Little goes on when the process uses less than a tenth of a core for this long.
_LULL_SECONDS, _LULL_SHARE = 0.5, 0.1


@contextlib.asynccontextmanager
async def putting_aside(every: float = THOROUGH_SECONDS) -> AsyncIterator[None]:
    """What is alive now, and after each full collection, is put aside; ``every`` so many seconds, or as much
    later at most as they are, all of it is looked through."""
    gc.callbacks.append(_put_aside)
    gc.collect()
    watching = asyncio.create_task(_look_through(every))
    try:
        yield
    finally:
        watching.cancel()
        gc.callbacks.remove(_put_aside)
        gc.unfreeze()


def _put_aside(phase: str, info: dict[str, int]) -> None:
    if phase == "stop" and info["generation"] == FULL:
        gc.freeze()


async def _look_through(every: float) -> None:
    while True:
        await asyncio.sleep(every)
        await _lull(at_most=every)
        gc.unfreeze()
        gc.collect()


async def _lull(at_most: float) -> None:
    given_up = time.monotonic() + at_most
    while time.monotonic() < given_up:
        used = time.process_time()
        await asyncio.sleep(_LULL_SECONDS)
        if time.process_time() - used < _LULL_SECONDS * _LULL_SHARE:
            return
