"""What one transaction was bound to is gone when it ends, however it ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from saas.directory.models import Party
from saas.tenancy.database import Urls
from saas.tenancy.guard import TenancyError
from saas.tenancy.identity import resolve_session
from saas.tenancy.session import Database
from tests.isolation.conftest import Estate, bare, driver_of, names_of
from tests.support.database import Cluster


@pytest.fixture
async def narrow(cluster: Cluster) -> AsyncIterator[Database]:
    """One connection for all: whoever comes next gets the very one that was used before."""
    database = Database(cluster.urls, pool_size=1, system_pool_size=1)
    yield database
    await database.close()


async def unbound(database: Database) -> None:
    """The pool's connection, taken without a company, must see nothing."""
    async with database.app.connect() as connection:
        with pytest.raises(DBAPIError, match="no tenant bound"):
            await connection.execute(sa.text("SELECT name FROM wasl.party"))


async def test_without_a_company_every_query_says_so(cluster: Cluster, ours: Estate) -> None:
    async with await bare(cluster) as connection:
        for statement in (
            b"SELECT * FROM wasl.party",
            b"SELECT count(*) FROM wasl.party",
            b"UPDATE wasl.party SET name = 'Taken'",
            b"DELETE FROM wasl.party",
            b"INSERT INTO wasl.party (name) VALUES ('Planted')",
            b"SELECT * FROM wasl.change",
            b"SELECT * FROM wasl.tenant",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no tenant bound"):
                await connection.execute(statement)
            await connection.rollback()


async def test_the_binding_ends_with_a_commit(narrow: Database, ours: Estate) -> None:
    async with narrow.tenant_session(ours.tenant_id) as session:
        assert await session.all(sa.select(col(Party.name))) == ["Kite"]
    await unbound(narrow)


async def test_the_binding_ends_with_an_exception(narrow: Database, ours: Estate) -> None:
    async def fail() -> None:
        async with narrow.tenant_session(ours.tenant_id) as session:
            (await session.get(Party, ours.party_id)).name = "Half"
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await unbound(narrow)
    assert await names_of(narrow, ours) == ["Kite"]


async def test_the_binding_ends_with_an_error_of_the_database(narrow: Database, ours: Estate) -> None:
    with pytest.raises(DBAPIError):
        async with narrow.tenant_session(ours.tenant_id) as session:
            await session.execute(sa.text("SELECT 1 / 0"))
    await unbound(narrow)


async def test_the_binding_ends_with_a_cancelled_task(narrow: Database, ours: Estate, theirs: Estate) -> None:
    started = asyncio.Event()

    async def slow() -> None:
        async with narrow.tenant_session(ours.tenant_id) as session:
            await session.execute(sa.text("UPDATE wasl.party SET name = 'Half'"))
            started.set()
            await session.execute(sa.text("SELECT pg_sleep(30)"))

    task = asyncio.create_task(slow())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await unbound(narrow)
    assert (await names_of(narrow, ours), await names_of(narrow, theirs)) == (["Kite"], ["Secret"])


async def test_a_savepoint_keeps_the_binding_and_gives_none(
    narrow: Database, ours: Estate, theirs: Estate
) -> None:
    async with narrow.tenant_session(ours.tenant_id) as session:
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(sa.text("UPDATE wasl.party SET name = 'Half'"))
                await session.execute(sa.text(f"UPDATE wasl.party SET tenant_id = {theirs.tenant_id}"))
        assert await session.all(sa.select(col(Party.name))) == ["Kite"]
        async with session.begin_nested(), session.begin_nested():
            assert await session.all(sa.select(col(Party.name))) == ["Kite"]
    await unbound(narrow)


async def test_a_setting_left_on_a_connection_does_not_decide_for_the_next_session(
    narrow: Database, ours: Estate, theirs: Estate
) -> None:
    """Only code of ours on the bare connection could leave one; every door binds anew."""
    async with narrow.tenant_session(ours.tenant_id) as session:
        await (await driver_of(session)).execute(f"SET app.tenant_id = '{theirs.tenant_id}'".encode())
    async with narrow.tenant_session(ours.tenant_id) as session:
        assert await session.all(sa.select(col(Party.name))) == ["Kite"]


async def test_a_connection_that_died_is_replaced_and_leaves_nothing_half_written(
    narrow: Database, cluster: Cluster, ours: Estate
) -> None:
    with pytest.raises(DBAPIError):
        async with narrow.tenant_session(ours.tenant_id) as session:
            await session.execute(sa.text("UPDATE wasl.party SET name = 'Half'"))
            pid = await session.one(sa.text("SELECT pg_backend_pid()"))
            with psycopg.connect(cluster.superuser_url, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            await session.execute(sa.text("SELECT 1"))
    assert await names_of(narrow, ours) == ["Kite"]


async def test_idle_connections_that_died_are_not_noticed_by_anyone(cluster: Cluster, ours: Estate) -> None:
    """As after a restart of the server: all of the pool's connections are dead at once."""
    database = Database(cluster.urls, pool_size=4, system_pool_size=4)
    all_in = asyncio.Barrier(4)

    async def visit() -> None:
        async with (
            database.system_session() as system,
            database.tenant_session(ours.tenant_id) as session,
        ):
            await all_in.wait()
            pids.append(await system.one(sa.text("SELECT pg_backend_pid()")))
            pids.append(await session.one(sa.text("SELECT pg_backend_pid()")))

    pids: list[int] = []
    try:
        await asyncio.gather(*(visit() for _ in range(4)))
        with psycopg.connect(cluster.superuser_url, autocommit=True) as admin:
            for pid in set(pids):
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        assert len(set(pids)) == 8
        assert await names_of(database, ours) == ["Kite"]
        assert await resolve_session(b"nobody", database) is None
    finally:
        await database.close()


async def test_forty_tasks_that_fail_and_are_cancelled_never_meet_anothers_row(
    cluster: Cluster, ours: Estate, theirs: Estate
) -> None:
    database = Database(cluster.urls, pool_size=3, system_pool_size=1)
    chance = random.Random(7)
    wrong: list[object] = []
    seen = 0

    async def visit(estate: Estate, ending: float) -> None:
        nonlocal seen
        async with database.tenant_session(estate.tenant_id) as session:
            tenants = await session.all(sa.text("SELECT DISTINCT tenant_id FROM wasl.person"))
            seen += 1
            if list(tenants) != [estate.tenant_id]:
                wrong.append(tenants)
            if ending < 0.2:
                raise KeyError
            if ending < 0.3:
                await session.execute(sa.text("SELECT pg_sleep(5)"))

    async def visitor() -> None:
        for _ in range(12):
            estate, ending = chance.choice((ours, theirs)), chance.random()
            task = asyncio.create_task(visit(estate, ending))
            if 0.2 <= ending < 0.35:
                await asyncio.wait([task], timeout=chance.random() / 50)
                task.cancel()
            await asyncio.wait([task])
            if not task.cancelled() and isinstance(task.exception(), TenancyError | DBAPIError):
                wrong.append(task.exception())

    try:
        await asyncio.gather(*(visitor() for _ in range(40)))
    finally:
        await database.close()
    assert wrong == []
    assert seen > 300


@pytest.mark.parametrize("who", ["superuser", "owner", "migrator"])
async def test_the_pools_refuse_a_connection_with_power(cluster: Cluster, who: str, tmp_path: Path) -> None:
    powerful = {
        "superuser": cluster.superuser_url.replace("/postgres?", "/wasl?"),
        "migrator": cluster.urls.migrator,
    }
    if who == "owner":
        with psycopg.connect(powerful["superuser"], autocommit=True) as admin:
            admin.execute("CREATE ROLE test_owner LOGIN PASSWORD 'secret' IN ROLE wasl_owner")
            admin.execute("GRANT CONNECT ON DATABASE wasl TO test_owner")
        powerful["owner"] = powerful["superuser"].replace(
            powerful["superuser"].split("//")[1].split("@")[0], "test_owner:secret"
        )
    urls = Urls(app=powerful[who], system=powerful[who], migrator=cluster.urls.migrator)
    database = Database(urls, pool_size=1, system_pool_size=1)
    try:
        with pytest.raises(TenancyError, match="without such power"):
            await database.check()
        for door in (lambda: database.tenant_session(1), database.system_session):
            with pytest.raises(TenancyError, match="without such power"):
                async with door():
                    pass
    finally:
        await database.close()


async def test_the_migrator_reaches_all_rows_and_a_session_never_is_one(
    cluster: Cluster, ours: Estate, theirs: Estate
) -> None:
    """Without that power a data migration under forced row security would change nothing and not say so."""
    with psycopg.connect(cluster.urls.migrator) as connection:
        found = connection.execute(
            "SELECT count(DISTINCT tenant_id) FROM wasl.party WHERE tenant_id = ANY (%s)",
            ([ours.tenant_id, theirs.tenant_id],),
        ).fetchone()
        assert found == (2,)
