"""The bare SQL of the same work: what a verb sends to the database, taken down and sent again without us."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from saas.tenancy.database import Urls
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Binding, Database, TenantSession, use
from saas.tenancy.viewer import Viewer, bind

Work = Callable[[TenantSession], Awaitable[Any]]
Script = list[tuple[str, Any]]


class Desk:
    """The verbs of one member, called in this process on the bench's database."""

    def __init__(self, database: Database, viewer: Viewer) -> None:
        self._database = database
        self._viewer = viewer

    @property
    def viewer(self) -> Viewer:
        return self._viewer

    async def do(self, work: Work) -> Any:
        async with viewer_session(self._database, self._viewer, "bench") as session:
            return await work(session)

    async def script_of(self, work: Work) -> Script:
        """The statements that the verb sends, with their values."""
        # The first time also fills caches, which is not the work itself.
        await self.do(work)
        with _taken_down(self._database) as script:
            await self.do(work)
        return script

    async def seconds(self, scripts: Sequence[Script], n: int) -> list[float]:
        """Send the scripts in turn, ``n`` times, each in one transaction bound to the company."""
        took = []
        async with await psycopg.AsyncConnection.connect(
            self._database.urls.app, autocommit=True, prepare_threshold=2
        ) as connection:
            for i in range(n):
                script = scripts[i % len(scripts)]
                opening = Binding(self._viewer.tenant_id, self._viewer.member_id, "bench").begin()
                began = time.perf_counter()
                await connection.execute(opening, prepare=False)
                for statement, values in script:
                    cursor = await connection.execute(statement.encode(), values)
                    if cursor.description:
                        await cursor.fetchall()
                await connection.execute(b"COMMIT", prepare=False)
                took.append(time.perf_counter() - began)
        return took


@asynccontextmanager
async def desk(urls: Urls, secret: str) -> AsyncIterator[Desk]:
    """The desk of the member whose session cookie is ``secret``."""
    database = Database(urls, pool_size=2, system_pool_size=1)
    use(database)
    try:
        viewer = await recognise(secret)
        assert viewer is not None, "the seed has no such session"
        bind(viewer)
        yield Desk(database, viewer)
    finally:
        use(None)
        await database.close()


@contextmanager
def _taken_down(database: Database) -> Iterator[Script]:
    script: Script = []

    def note(
        connection: Any, cursor: Any, statement: str, values: Any, context: Any, executemany: bool
    ) -> None:
        script.extend((statement, each) for each in (values if executemany else [values]))

    engine = database.app.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield script
    finally:
        event.remove(engine, "before_cursor_execute", note)
