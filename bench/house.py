"""The bench's own Wasl: one process on the seeded database, and its people's tabs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench import seed
from saas.tenancy.database import Urls
from tests.support import server as servers
from tests.support.socket_client import Tab

DATA = Path(".data/bench")
# More at once than one address may open in a second.
CONNECTS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class House:
    server: servers.Server
    urls: Urls
    superuser_url: str

    @property
    def memory_kb(self) -> int:
        """Resident memory of the serving process, in kB."""
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    @contextlib.asynccontextmanager
    async def tabs(self, people: list[tuple[int, int]], path: str) -> AsyncIterator[list[Tab]]:
        """One open tab for each (tenant, member) at ``path``, loaded."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            opened = [Tab(http, self.server.url, seed.secret_of(t, m), path) for t, m in people]
            for i in range(0, len(opened), CONNECTS_AT_ONCE):
                await asyncio.gather(*(tab.connect() for tab in opened[i : i + CONNECTS_AT_ONCE]))
            try:
                yield opened
            finally:
                await asyncio.gather(*(tab.close() for tab in opened))


@contextlib.contextmanager
def opened(*, build: bool) -> Iterator[House]:
    """Seed if need be, serve, and let go of everything afterwards."""
    superuser, urls = seed.ready(DATA)
    try:
        if build:
            from saas.cli import frontend

            frontend.build(servers.ROOT)
        # One hop is trusted so that sign-ups may come from many addresses, as they do in life.
        with servers.running(DATA, "--no-build", more={"TRUSTED_PROXY_HOPS": "1"}) as server:
            yield House(server, urls, superuser)
    finally:
        seed.let_go(DATA)
