"""``wasl verify isolation``: the harmless attacks on the live data of one company or of each."""

from __future__ import annotations

import argparse
import asyncio

import sqlalchemy as sa

from saas.cli import database
from saas.cli.failure import Failure
from saas.cli.steps import say, step
from saas.kernel.i18n import translate
from saas.kernel.settings import settings
from saas.tenancy.database import urls_of
from saas.tenancy.session import Database
from saas.tenancy.verify import Attempt, verify_isolation


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["isolation"])
    parser.add_argument("--company", metavar="SLUG", help="one company; without it, each")
    parser.add_argument("--all", action="store_true", help="show what held, too")


def run(options: argparse.Namespace) -> int:
    with step("database") as starting:
        url, starting.note = database.start(settings())
    try:
        database.prepare(url)
        return asyncio.run(_verify(options.company, options.all))
    finally:
        database.stop(settings())


async def _verify(slug: str | None, everything: bool) -> int:
    opened = Database(urls_of(settings()), pool_size=2, system_pool_size=1)
    came_through = 0
    try:
        companies = await _companies(opened, slug)
        for tenant_id, name in companies:
            attempts = await verify_isolation(opened, tenant_id)
            failed = [attempt for attempt in attempts if not attempt.ok]
            came_through += len(failed)
            say(f"\n{name}: {len(attempts)} attacks, {len(failed)} came through")
            for attempt in attempts if everything or slug else failed:
                _show(attempt)
    finally:
        await opened.close()
    return 1 if came_through else 0


async def _companies(opened: Database, slug: str | None) -> list[tuple[int, str]]:
    query = "SELECT id, name FROM wasl.tenant WHERE :slug IS NULL OR slug = :slug ORDER BY id"
    async with opened.system_session() as session:
        found = await session.rows(sa.text(query).bindparams(sa.bindparam("slug", slug, sa.Text)))
    if not found:
        raise Failure(f"no company has the web name {slug}" if slug else "there is no company yet")
    return [(row[0], row[1]) for row in found]


def _show(attempt: Attempt) -> None:
    mark = "held" if attempt.ok else "CAME THROUGH"
    say(f"  {mark:<13}{translate('en', attempt.name_key)}")
    say(f"{'':<15}{attempt.statement}")
    say(f"{'':<15}{attempt.outcome}")
