"""A job exists if and only if the change that wanted it was committed, and runs for its own company."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import sqlalchemy as sa

from saas.tenancy import jobs
from saas.tenancy.database import prepare
from saas.tenancy.guard import TenancyError
from saas.tenancy.models import EnabledModule, Team
from saas.tenancy.sealed import Binding
from saas.tenancy.session import Database, TenantSession, use
from saas.worker import work
from tests.support.database import Cluster, Company


@pytest.fixture(scope="module")
def quiet(cluster: Cluster) -> str:
    """A database of this file's own, where no server's worker takes the jobs; gives its superuser's URL."""
    url = cluster.superuser_url.replace("/postgres?", "/wasl_jobs?")
    prepare(url, cluster.place)
    return url


@pytest.fixture
async def database(quiet: str, cluster: Cluster) -> AsyncIterator[Database]:
    opened = Database(prepare(quiet, cluster.place, migrate=False), pool_size=5, system_pool_size=4)
    use(opened)
    yield opened
    use(None)
    await opened.close()


@pytest.fixture
def note(quiet: str) -> Iterator[jobs.Job]:
    """A job that leaves a team behind; the queue is empty before and after."""

    async def handle(session: TenantSession, *, text: str) -> None:
        session.add(Team(name=text))

    with psycopg.connect(quiet, autocommit=True) as admin:
        admin.execute("DELETE FROM jobs.procrastinate_jobs")
        yield jobs.job("test.note", module="crm", attempts=1)(handle)
        admin.execute("DELETE FROM jobs.procrastinate_jobs")
    del jobs.JOBS["test.note"]


async def waiting(database: Database) -> list[tuple[str, dict]]:
    async with database.system_session() as session:
        rows = await session.rows(
            sa.text("SELECT status::text, args FROM jobs.procrastinate_jobs ORDER BY id")
        )
        return [(row[0], row[1]) for row in rows]


async def switch(database: Database, company: Company, on: bool) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        module = await session.one(sa.select(EnabledModule))
        if module is None:
            session.add(EnabledModule(key="crm", enabled=on))
        else:
            module.enabled = on


async def teams(database: Database, company: Company) -> list[str]:
    async with database.tenant_session(company.tenant_id) as session:
        return list(await session.all(sa.select(Team.name)))  # pyright: ignore[reportArgumentType] -- a column


async def test_a_job_of_a_committed_change_runs_in_its_company(
    database: Database, company: Company, rival: Company, note: jobs.Job
) -> None:
    await switch(database, company, True)
    async with database.tenant_session(company.tenant_id) as session:
        assert await jobs.defer(session, note, text="Done") is not None
    await work(database, until_empty=True)
    assert (await teams(database, company), await teams(database, rival)) == (["Done"], [])
    assert await waiting(database) == []


async def test_no_job_remains_of_a_change_that_was_rolled_back(
    database: Database, company: Company, note: jobs.Job
) -> None:
    async def fail() -> None:
        async with database.tenant_session(company.tenant_id) as session:
            await jobs.defer(session, note, text="Never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await waiting(database) == []


async def test_what_a_killed_worker_had_begun_is_run_again_and_what_a_live_one_does_is_left_alone(
    database: Database, company: Company, note: jobs.Job, quiet: str
) -> None:
    await switch(database, company, True)
    async with database.tenant_session(company.tenant_id) as session:
        for text in ("of a dead worker", "of a live worker", "of one long forgotten"):
            await jobs.defer(session, note, text=text)
    with psycopg.connect(quiet, autocommit=True) as admin:
        for text, silence in (("of a dead worker", "1 minute"), ("of a live worker", "0 seconds")):
            admin.execute(
                "WITH worker AS (INSERT INTO jobs.procrastinate_workers (last_heartbeat)"
                " VALUES (now() - %s::interval) RETURNING id)"
                " UPDATE jobs.procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM worker)"
                " WHERE args ->> 'text' = %s",
                (silence, text),
            )
        admin.execute(
            "UPDATE jobs.procrastinate_jobs SET status = 'doing'"
            " WHERE args ->> 'text' = 'of one long forgotten'"
        )
    await work(database, until_empty=True)
    assert sorted(await teams(database, company)) == ["of a dead worker", "of one long forgotten"]
    assert [status for status, _ in await waiting(database)] == ["doing"]


async def test_work_that_waits_already_is_not_queued_twice(
    database: Database, company: Company, rival: Company, note: jobs.Job
) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        assert await jobs.defer(session, note, once="daily", text="a") is not None
        assert await jobs.defer(session, note, once="daily", text="b") is None
    async with database.tenant_session(rival.tenant_id) as session:
        assert await jobs.defer(session, note, once="daily", text="c") is not None
    assert [args["text"] for _, args in await waiting(database)] == ["a", "c"]


async def test_a_job_waits_while_its_module_is_off(
    database: Database, company: Company, note: jobs.Job
) -> None:
    await switch(database, company, False)
    async with database.tenant_session(company.tenant_id) as session:
        await jobs.defer(session, note, text="Later")
    await work(database, until_empty=True)
    assert [status for status, _ in await waiting(database)] == ["todo"]
    assert await teams(database, company) == []


@pytest.mark.parametrize("tenant_id", [None, 0, -1, True, "1", 2_000_000_000, 1.5])
async def test_a_job_with_a_wrong_or_missing_company_is_refused(
    database: Database, note: jobs.Job, tenant_id: object
) -> None:
    with pytest.raises(jobs.UnknownCompany):
        await jobs.run(database, note, tenant_id=tenant_id, text="x")


async def test_a_job_is_for_the_company_that_is_bound_and_no_other(
    database: Database, company: Company, rival: Company, note: jobs.Job
) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        with pytest.raises(TenancyError):
            await jobs.defer(session, note, text="x", **{"tenant_id": rival.tenant_id})
    forged = sa.text("SELECT wasl.defer_job('test.note', 'default', CAST(:ids AS jsonb), NULL, NULL)")
    with pytest.raises(sa.exc.DBAPIError, match="the company that is bound"):
        async with database.tenant_session(company.tenant_id) as session:
            await session.execute(forged, {"ids": f'{{"tenant_id": {rival.tenant_id}}}'})
    assert await waiting(database) == []


@pytest.mark.parametrize(("patience_s", "shown"), [(jobs.PATIENCE_S, "10min"), (None, "1min")])
def test_a_job_may_take_its_time_also_between_two_statements(
    cluster: Cluster, patience_s: int | None, shown: str
) -> None:
    with psycopg.connect(cluster.urls.app, autocommit=True) as connection:
        connection.execute(Binding(1, patience_s=patience_s).begin())
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            assert connection.execute(f"SHOW {limit}".encode()).fetchone() == (shown,)
