"""kill -9 between a company's founding and its modules' first rows: the next page that opens mends it."""

from __future__ import annotations

import asyncio
import contextlib
import uuid

import httpx
import psycopg
import sqlalchemy as sa

from saas.modules.crm.state.deals import DealsState
from saas.tenancy.embedded import start_embedded
from saas.tenancy.session import Database
from tests.faults.conftest import House
from tests.support import catalogue
from tests.support.server import Server
from tests.support.socket_client import tab

catalogue.load()
DEALS = DealsState.get_full_name()
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'wasl_app'"


async def test_a_company_whose_founding_was_killed_halfway_is_whole_when_it_is_opened(house: House) -> None:
    with house.serving() as server:
        email = f"{uuid.uuid4().hex}@example.com"
        await _kill_while_it_provisions(house, server, email)
    with house.serving() as server:
        token = await _sign_in(server, email)
        async with (
            tab(server.url, token, "/home"),
            tab(server.url, token, "/home"),
            house.doors() as database,
        ):
            assert await _pipelines(database) == 1
        async with tab(server.url, token, "/crm/deals") as board:
            stages = board.values(DEALS)["stages"]
            assert [stage["kind"] for stage in stages][-2:] == ["won", "lost"]


async def _kill_while_it_provisions(house: House, server: Server, email: str) -> None:
    """The founding is committed; the first row of the first module waits for a lock when the kill comes."""
    superuser = await asyncio.to_thread(start_embedded, house.data_dir)
    inside = superuser.replace("/postgres?", "/wasl?")
    async with (
        await psycopg.AsyncConnection.connect(inside) as holding,
        await psycopg.AsyncConnection.connect(inside, autocommit=True) as looking,
    ):
        await holding.execute("LOCK wasl.pipeline IN ACCESS EXCLUSIVE MODE")
        signing_up = asyncio.create_task(_sign_up(server, email))
        async with asyncio.timeout(60):
            while (await (await looking.execute(_WAITING)).fetchone()) == (0,):
                pass
        server.process.kill()
        server.process.wait()
        with contextlib.suppress(httpx.HTTPError):
            await signing_up
        await holding.rollback()
        assert await (await looking.execute("SELECT count(*) FROM wasl.pipeline")).fetchone() == (0,)
        assert await (await looking.execute("SELECT count(*) FROM wasl.tenant")).fetchone() == (1,)


async def _sign_up(server: Server, email: str) -> None:
    async with _visitor(server) as http:
        form = {"company": "Marsa Coffee", "name": "Noor", "email": email, "password": "harbour lantern 42"}
        await http.post("/signup", json=form, headers={"x-csrf-token": await _csrf(http)})


async def _sign_in(server: Server, email: str) -> str:
    async with _visitor(server) as http:
        form = {"email": email, "password": "harbour lantern 42"}
        answer = await http.post("/signin", json=form, headers={"x-csrf-token": await _csrf(http)})
        assert answer.is_success or answer.is_redirect, answer.text
        return http.cookies["wasl_session"]


def _visitor(server: Server) -> httpx.AsyncClient:
    headers = {"origin": server.url, "accept": "application/json"}
    return httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60)


async def _csrf(http: httpx.AsyncClient) -> str:
    return (await http.get("/csrf")).json()["token"]


async def _pipelines(database: Database) -> int:
    async with database.system_session() as session:
        company = await session.one(sa.text("SELECT id FROM wasl.tenant"))
    async with database.tenant_session(int(company or 0)) as session:
        return int(await session.one(sa.text("SELECT count(*) FROM wasl.pipeline")) or 0)
