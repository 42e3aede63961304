"""``wasl worker``: runs jobs beside servers that have WORKER_INSIDE=false, on the same database."""

from __future__ import annotations

import argparse
import asyncio
import signal

from saas.cli import database
from saas.cli.steps import say, step
from saas.kernel.settings import settings
from saas.tenancy import session as doors
from saas.tenancy.database import urls_of


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until-empty", action="store_true", help="stop when no job is due")


def run(options: argparse.Namespace) -> int:
    """Work until SIGINT or SIGTERM. Raises ``Failure`` when the database is out of reach."""
    chosen = settings()
    with step("database") as starting:
        url, starting.note = database.start(chosen)
    try:
        with step("migrations"):
            database.prepare(url)
        asyncio.run(_work(until_empty=options.until_empty))
    finally:
        database.stop(chosen)
    say("  stopped")
    return 0


async def _work(*, until_empty: bool) -> None:
    # Importing the pages is left to the server: a worker needs modules, bridges, and who tells of imports.
    import saas.state.importing  # noqa: F401 -- by being imported it hears of their progress
    from saas.kernel.catalog import bridge_files
    from saas.state import live
    from saas.state.bus import DatabaseBus, RedisBus
    from saas.worker import work

    bridge_files()
    opened = doors.Database(urls_of(settings()))
    doors.use(opened)
    redis_url = settings().redis_url
    live.connect(None, (RedisBus(redis_url) if redis_url else DatabaseBus(opened.urls.system)).send)
    task = asyncio.create_task(work(opened, until_empty=until_empty))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        say("  finishing the jobs under way")
    finally:
        await opened.close()
