"""One large company among small ones, in a database of its own, seeded as the bench's is."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from bench import seed
from saas.tenancy.database import Urls, prepare, start_embedded, stop_embedded
from saas.tenancy.recognition import recognise
from saas.tenancy.session import Database, use
from saas.tenancy.viewer import Viewer

# Large enough that a plan over all rows and one over a few look different to the planner.
LARGE = seed.Size(60_000, 30_000, 15_000, 90_000, 15_000, 5_000, 12)
SMALL = seed.Size(300, 150, 75, 450, 75, 25, 2)
COMPANIES = 12


@pytest.fixture(scope="session")
def seeded() -> Iterator[Urls]:
    with tempfile.TemporaryDirectory(prefix="wasl-plans-") as folder:
        place = seed.Place(Path(folder))
        superuser = start_embedded(place.data_dir, durable=False)
        try:
            urls = prepare(superuser, place)
            with psycopg.connect(seed.inside(superuser)) as connection:
                sizes = dict.fromkeys(range(2, COMPANIES + 1), SMALL)
                seed.fill(connection, {1: LARGE, **sizes})
                assert seed.check(connection) == []
            with psycopg.connect(seed.inside(superuser), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
            yield urls
        finally:
            stop_embedded(place.data_dir)


@pytest.fixture
async def large(seeded: Urls) -> AsyncIterator[Database]:
    """The doors to the seeded database; for this test, the process's database."""
    opened = Database(seeded, pool_size=4, system_pool_size=2)
    use(opened)
    yield opened
    use(None)
    await asyncio.shield(opened.close())


@pytest.fixture
async def owner(large: Database) -> Viewer:
    viewer = await recognise(seed.secret_of(1, 1))
    assert viewer is not None
    return viewer


@pytest.fixture
async def rep(large: Database, seeded: Urls) -> Viewer:
    """A member who sees no records but their own."""
    async with await psycopg.AsyncConnection.connect(seeded.migrator, autocommit=True) as connection:
        await connection.execute(
            "UPDATE wasl.membership SET visibility = 'own' WHERE tenant_id = 1 AND email LIKE 'member1-2@%'"
        )
    viewer = await recognise(seed.secret_of(1, 2))
    assert viewer is not None
    assert viewer.owners == frozenset({viewer.member_id})
    return viewer


@pytest.fixture
async def neighbour(large: Database) -> Viewer:
    """The owner of a small company beside the large one."""
    viewer = await recognise(seed.secret_of(COMPANIES, 1))
    assert viewer is not None
    return viewer
