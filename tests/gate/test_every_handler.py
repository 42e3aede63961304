"""Whatever a tab sends to a handler: an answer that a person can read, and all of a change or none of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from saas.state.record import RecordState
from saas.state.resource import RESOURCES
from tests.support import catalogue, hostile
from tests.support.companies import MadeCompany
from tests.support.database import Database
from tests.support.furnished import furnished_company
from tests.support.loop import loop_thread
from tests.support.server import Server
from tests.support.socket_client import Tab

EXAMPLES = 14
# Rows of every kind that handlers take ids of.
_TABLES = ("deal", "stage", "pipeline", "party", "person", "product", "activity", "invoice", "appointment")


@pytest.fixture(scope="module")
def crowds(doors: Database) -> Callable[[type], MadeCompany]:
    """A company with every module's samples for each state: its handlers may leave little of it."""
    made: dict[type, MadeCompany] = {}

    def of(state: type) -> MadeCompany:
        if state not in made:
            made[state] = loop_thread().run(furnished_company(doors))
        return made[state]

    return of


@pytest.mark.parametrize("handler", catalogue.handlers(), ids=str)
def test_a_handler_answers_anything_and_does_all_or_nothing(
    handler: catalogue.Handler,
    server: Server,
    database: Database,
    crowds: Callable[[type], MadeCompany],
    log: Callable[[], str],
) -> None:
    assert handler.mark is not None
    crowd = crowds(handler.state)
    ids, words = loop_thread().run(_vocabulary(database, crowd, handler))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(payload=hostile.payloads(handler.mark.schema, ids, words))
    def each(payload: dict[str, Any]) -> None:
        loop_thread().run(_try(opened, database, crowd, handler, payload))

    opened = loop_thread().run(_open(server, crowd, handler, ids))
    try:
        each()
    finally:
        loop_thread().run(opened.close())
        loop_thread().run(opened.http.close())


async def _try(
    opened: Tab, database: Database, company: MadeCompany, handler: catalogue.Handler, payload: dict[str, Any]
) -> None:
    before = await _changes(database, company)
    heard = len(opened.live)
    await opened.send(handler.name, payload)
    await opened.fence()
    answers = [message for message in opened.live[heard:] if message["topic"] == "ack"]
    assert not [a for a in answers if a.get("key") == "errors.unexpected"], (payload, answers)
    refused = [a for a in answers if not a["ok"]]
    if refused:
        assert await _changes(database, company) == before, f"refused, and yet written: {payload}"


async def _open(server: Server, company: MadeCompany, handler: catalogue.Handler, ids: list[str]) -> Tab:
    import aiohttp

    opened = Tab(aiohttp.ClientSession(), server.url, company.session_cookie, "/home")
    await opened.connect()
    if issubclass(handler.state, RecordState) and ids:
        # A record's handlers work on the one that is open.
        for each in ids[:20]:
            await opened.send(f"{handler.state.get_full_name()}.open", {"id": each})
            await opened.fence()
            if opened.values(handler.state.get_full_name()).get("found") == "found":
                break
    return opened


async def _vocabulary(
    database: Database, company: MadeCompany, handler: catalogue.Handler
) -> tuple[list[str], list[str]]:
    """Public ids of the company's rows, and the words that its lists know."""
    ids: list[str] = []
    async with database.tenant_session(company.tenant_id) as session:
        present = set(await session.all(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'wasl'")))
        for table in (t for t in _TABLES if t in present):
            query = sa.text(f"SELECT public_id::text FROM wasl.{table} ORDER BY id LIMIT 5")
            ids += list(await session.all(query))
    resource = getattr(handler.state, "resource", None)
    resources = [resource] if resource else list(RESOURCES.values())
    words = {column.key for r in resources for column in r.columns}
    words |= {c.value for r in resources for column in r.columns for c in column.choices}
    words |= {"search", "filters", "sort", "columns", "created_at", "crm", "payments", "en", "ar", "rep"}
    return ids, sorted(words)


async def _changes(database: Database, company: MadeCompany) -> int:
    async with database.tenant_session(company.tenant_id) as session:
        return int(await session.one(sa.text("SELECT count(*) FROM wasl.change")) or 0)
