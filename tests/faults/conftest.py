"""A Wasl of its own whose processes may be killed, and a look into what its database holds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.seed import Place
from saas.tenancy.database import prepare, start_embedded, stop_embedded
from saas.tenancy.session import Database
from tests.support import server as servers
from tests.support.server import Server


@dataclass(frozen=True, slots=True)
class House:
    """A data folder, and what can be started and killed on it."""

    data_dir: Path

    @contextlib.contextmanager
    def serving(self) -> Iterator[Server]:
        with servers.running(self.data_dir, "--no-build") as server:
            yield server

    @contextlib.asynccontextmanager
    async def doors(self) -> AsyncIterator[Database]:
        """The database from outside the server, its durability as users have it."""
        superuser = await asyncio.to_thread(start_embedded, self.data_dir)
        urls = await asyncio.to_thread(prepare, superuser, Place(self.data_dir), migrate=False)
        opened = Database(urls, pool_size=2, system_pool_size=1)
        try:
            yield opened
        finally:
            await asyncio.shield(opened.close())

    def kill_postgres(self) -> None:
        """kill -9 of the server process; returns when it and those it had started are gone."""
        first = int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
        family = [first, *_children(first)]
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(_lives(process) for process in family):
            assert time.monotonic() < deadline, "PostgreSQL's processes outlive it"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def house(built_front_end: Path) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="wasl-fault-", ignore_cleanup_errors=True) as folder:
        made = House(Path(folder))
        yield made
        stop_embedded(made.data_dir)


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == parent:
                found.append(int(status.parent.name))
    return found


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
