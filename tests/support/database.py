"""One real PostgreSQL for a test run, and companies of a test's own."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from saas.tenancy.companies import found_company
from saas.tenancy.database import Urls, prepare, start_embedded, stop_embedded
from saas.tenancy.models import Account
from saas.tenancy.session import Database, TenantSession, use

_numbers = itertools.count(1)


@dataclass
class Place:
    """Settings of a database under a folder of its own."""

    data_dir: Path
    app_database_url: str | None = None
    system_database_url: str | None = None
    migrator_database_url: str | None = None


@dataclass(frozen=True)
class Cluster:
    superuser_url: str
    urls: Urls
    place: Place = field(repr=False)


@dataclass(frozen=True)
class Company:
    """A company founded for one test, with its owner."""

    tenant_id: int
    public_id: UUID
    owner_id: int
    account_id: int
    name: str


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's PostgreSQL, migrated; ends with the run."""
    with tempfile.TemporaryDirectory(prefix="wasl-test-") as folder:
        place = Place(Path(folder))
        superuser_url = start_embedded(place.data_dir, durable=False)
        try:
            yield Cluster(superuser_url, prepare(superuser_url, place), place)
        finally:
            stop_embedded(place.data_dir)


@pytest.fixture(scope="session")
async def doors(cluster: Cluster) -> AsyncIterator[Database]:
    opened = Database(cluster.urls, pool_size=10, system_pool_size=4)
    yield opened
    await asyncio.shield(opened.close())


@pytest.fixture
def database(doors: Database) -> Iterator[Database]:
    """The doors to the run's PostgreSQL; for this test, the process's database."""
    use(doors)
    yield doors
    use(None)


@pytest.fixture
async def company(database: Database) -> Company:
    return await new_company(database, "Al-Noor Trading")


@pytest.fixture
async def rival(database: Database) -> Company:
    """Another company, whose rows must stay out of reach."""
    return await new_company(database, "Rival Supplies")


async def plan_of(session: TenantSession, query: Any) -> str:
    """How PostgreSQL runs the query as the session sends it, company and all."""
    connection = await session.connection()
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(connection.sync_connection, "before_cursor_execute", note)
    await session.execute(query)
    event.remove(connection.sync_connection, "before_cursor_execute", note)
    statement, parameters = sent[-1]
    return "\n".join((await connection.exec_driver_sql("EXPLAIN " + statement, parameters)).scalars())


async def new_company(
    database: Database, name: str, *, modules: tuple[str, ...] = (), currency: str = "KWD"
) -> Company:
    """A company with an account of its own as the owner."""
    unique = f"{next(_numbers)}-{uuid4().hex[:8]}"
    async with database.system_session() as session:
        account = Account(
            email=f"owner-{unique}@example.com", email_key=f"owner-{unique}@example.com", name="Sara"
        )
        session.add(account)
        await session.flush()
        founded = await found_company(
            session,
            account_id=account.id,
            name=name,
            slug=f"company-{unique}",
            country="KW",
            currency=currency,
            time_zone="Asia/Kuwait",
            language="en",
            trial_ends_on=date(2030, 1, 1),
            modules=modules,
        )
        return Company(founded.tenant_id, founded.public_id, founded.owner_id, account.id, name)
