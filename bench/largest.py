"""The largest company's people at work, and the bare SQL of what they do beside them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from bench import seed, sql
from bench.house import House
from tests.support.socket_client import Tab

LARGEST = 1
COLLEAGUES = [(LARGEST, member) for member in range(1, 7)]


@contextlib.asynccontextmanager
async def at_work(house: House, path: str) -> AsyncIterator[tuple[list[Tab], sql.Desk]]:
    """Six colleagues' tabs at ``path``, and a desk of the same company."""
    async with (
        sql.desk(house.urls, seed.secret_of(LARGEST, 1)) as desk,
        house.tabs(COLLEAGUES, path) as tabs,
    ):
        yield tabs, desk
