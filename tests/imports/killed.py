"""A process of its own that carries an import out and says when rows are on their way; made to be killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from saas.directory.imports import running
from saas.kernel.settings import settings
from saas.tenancy.database import Urls
from saas.tenancy.session import Database, use


async def main(app: str, system: str, data_dir: str, tenant_id: int, run_id: int) -> None:
    settings().data_dir = Path(data_dir)
    database = Database(Urls(app=app, system=system, migrator=""), pool_size=4, system_pool_size=1)
    use(database)
    real = running._progress

    async def said(session: object, run: int, rows: int) -> None:
        await real(session, run, rows)  # pyright: ignore[reportArgumentType] -- passed through
        print(rows, flush=True)
        await asyncio.sleep(60)

    running._progress = said
    await running.run_import(tenant_id, run_id)


if __name__ == "__main__":
    _, app, system, folder, tenant, run = sys.argv
    asyncio.run(main(app, system, folder, int(tenant), int(run)))
