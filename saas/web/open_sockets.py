"""The websockets that are open now, so that a stop can close them before it takes the floor away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from starlette.types import Send

_GOING_AWAY = 1001
_open: set[Send] = set()
_closing = False
_emptied = asyncio.Event()


@contextlib.contextmanager
def kept(send: Send) -> Iterator[None]:
    """Count the socket behind ``send`` as open for as long as the block runs."""
    _open.add(send)
    try:
        yield
    finally:
        _open.discard(send)
        if _closing and not _open:
            _emptied.set()


def are_closing() -> bool:
    """Whether the server is about to stop: nobody new may come in."""
    return _closing


async def close_all(seconds: float) -> None:
    """Tell every tab that we go away, which they take as a short break, and wait until their handlers end.

    Gives up after ``seconds``: a tab that does not read cannot hold the server.
    """
    global _closing
    _closing = True
    closing = [asyncio.ensure_future(_close(send)) for send in list(_open)]
    if closing:
        await asyncio.wait(closing, timeout=seconds / 2)
    if _open:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_emptied.wait(), seconds / 2)


async def _close(send: Send) -> None:
    # Some have gone by themselves meanwhile.
    with contextlib.suppress(Exception):
        await send({"type": "websocket.close", "code": _GOING_AWAY})
