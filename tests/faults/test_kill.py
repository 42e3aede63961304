"""kill -9 in the middle of a drag or an import: what was acknowledged is there, nothing is half there."""

from __future__ import annotations

import asyncio
import csv
import io
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from saas.modules.crm.state.deals import DealsState
from saas.state.importing import ImportState
from saas.state.unit import _action_id
from saas.tenancy.session import Database
from tests.faults.conftest import House
from tests.support import catalogue
from tests.support.companies import MadeCompany, make_company
from tests.support.server import Server
from tests.support.socket_client import Refused, Tab, tab, told

catalogue.load()
DEALS = DealsState.get_full_name()
IMPORTS = ImportState.get_full_name()
MOVES_BEFORE = 12
ROWS = 6_000
Kill = Callable[[House, Server], None]


def kill_the_app(house: House, server: Server) -> None:
    server.process.kill()
    server.process.wait()


def kill_the_database(house: House, server: Server) -> None:
    house.kill_postgres()
    server.process.kill()
    server.process.wait()


KILLS = [kill_the_app, kill_the_database]


@pytest.mark.parametrize("kill", KILLS, ids=lambda kill: kill.__name__)
async def test_a_kill_in_mid_drag_loses_no_acknowledged_move(house: House, kill: Kill) -> None:
    with house.serving() as server:
        async with house.doors() as database:
            company = await make_company(database)
        async with tab(server.url, company.session_cookie, "/crm/deals") as opened:
            deal = await _new_deal(opened)
            acknowledged, hanging = await _drag_until(opened, deal, lambda: kill(house, server))
    with house.serving() as server:
        async with house.doors() as database:
            done = await _moves_done(database, company, [*acknowledged, hanging])
            assert set(acknowledged) <= done
            before = await _moves_count(database, company)
            await _is_whole(database, company)
        # The tab comes back and sends again what was never answered.
        async with tab(server.url, company.session_cookie, "/crm/deals") as opened:
            stage = _stages(opened)[1]
            answer = await opened.act(f"{DEALS}.move", op=hanging, **_move(deal, stage))
            assert answer.get("ok") is not False
        async with house.doors() as database:
            after = await _moves_count(database, company)
            assert after == before + (0 if hanging in done else 1), "a move was done twice"
            await _is_whole(database, company)


@pytest.mark.parametrize("kill", KILLS, ids=lambda kill: kill.__name__)
async def test_a_kill_in_mid_import_ends_in_all_rows_or_none(house: House, kill: Kill) -> None:
    with house.serving() as server:
        async with house.doors() as database:
            company = await make_company(database)
        async with tab(server.url, company.session_cookie, "/import") as opened:
            run = await _start_import(server, opened, company)
            await opened.eventually(lambda t: _is_under_way(t, run), 60)
            kill(house, server)
    with house.serving() as server:
        async with house.doors() as database:
            state, deals = await _import_ends(database, company)
            assert (state, deals) in {("done", ROWS), ("failed", 0), ("checked", 0), ("cancelled", 0)}
            await _is_whole(database, company)


async def test_a_socket_that_drops_does_not_submit_twice(server: Server, database: Database) -> None:
    company = await make_company(database)
    async with tab(server.url, company.session_cookie, "/crm/deals") as first:
        deal = await _new_deal(first)
        stage = _stages(first)[2]
        op = str(uuid.uuid4())
        await first.send(f"{DEALS}.move", {**_move(deal, stage), "op": op})
        first.cut()
        token = first.token
    async with tab(server.url, company.session_cookie, "/crm/deals", token=token) as again:
        answer = await again.act(f"{DEALS}.move", **_move(deal, stage), op=op)
        assert answer.get("ok") is not False
        answer = await again.act(f"{DEALS}.move", **_move(deal, stage), op=op)
        assert answer == {**answer, "ok": True, "repeated": True}
    assert len(await _moves_done(database, company, [op])) == 1
    assert await _moves_count(database, company) == 1


async def _new_deal(opened: Tab) -> str:
    op = str(uuid.uuid4())
    payload = {"op": op, "values": {"title": "Roasters for the harbour", "amount_minor": "1200"}}
    update = await opened.call(f"{DEALS}.create", payload, lambda u: told(u, topic="ack", op=op))
    answer = next(m for m in update.live if m.get("op") == op and m["topic"] == "ack")
    assert answer["ok"], answer
    return answer["id"]


async def _drag_until(opened: Tab, deal: str, kill: Callable[[], None]) -> tuple[list[str], str]:
    """Moves to and fro; kills in the middle of one. Gives the ops that were done, and the one that hangs."""
    stages = _stages(opened)
    acknowledged: list[str] = []
    for i in range(MOVES_BEFORE):
        answer = await opened.act(f"{DEALS}.move", **_move(deal, stages[i % 2]), op=str(uuid.uuid4()))
        assert answer.get("ok") is not False, answer
        acknowledged.append(answer["op"])
    hanging = str(uuid.uuid4())
    answered = opened.expect(lambda u: told(u, op=hanging))
    await opened.send(f"{DEALS}.move", {**_move(deal, stages[1]), "op": hanging})
    await asyncio.to_thread(kill)
    try:
        answer = next(m for m in (await asyncio.wait_for(answered, 10)).live if m.get("op") == hanging)
        # A refusal says that it was not done, and promises nothing.
        acknowledged += [hanging] if answer.get("ok") is not False else []
    except (Refused, TimeoutError):
        pass  # the point of the test: nobody knows whether it was done
    return acknowledged, hanging


def _stages(opened: Tab) -> list[str]:
    return [stage["id"] for stage in opened.values(DEALS)["stages"]]


def _move(deal: str, stage: str) -> dict[str, Any]:
    return {"deal": deal, "stage": stage, "after": "", "reason": "", "note": ""}


async def _start_import(server: Server, opened: Tab, company: MadeCompany) -> str:
    """Send a file of deals, take what is proposed, start; gives the import's id."""
    csrf = opened.values("viewer_state")["viewer"]["csrf"]
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        answer = await http.post(
            "/import/files",
            content=_deals(),
            headers={"origin": server.url, "x-csrf": csrf, "x-file-name": "deals.csv"},
            cookies=company.owner.cookies,
        )
    run = answer.json()["id"]
    for step in ("open", "check", "start"):
        await opened.send(f"{IMPORTS}.{step}", {"id": run})
    return run


def _deals() -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["opportunity_id", "account", "deal_stage", "engage_date", "close_value"])
    writer.writerows([f"F{n:06}", f"Account {n % 200}", "Prospecting", "2024-01-02", n] for n in range(ROWS))
    return out.getvalue().encode()


def _is_under_way(opened: Tab, run: str) -> bool:
    """Whether the import is being carried out, as the page or the live stream has it."""
    told_rows = [row for message in opened.live for row in message.get("rows") or () if row.get("id") == run]
    shown = opened.values(IMPORTS).get("run") or {}
    assert shown.get("state") not in ("failed",), shown
    return any(row["state"] in ("running", "done") for row in [*told_rows, shown] if row.get("state"))


async def _import_ends(database: Database, company: MadeCompany) -> tuple[str, int]:
    """The import's last state and how many deals there are, once it is no more under way."""
    async with asyncio.timeout(150):
        while True:
            async with database.tenant_session(company.tenant_id) as session:
                state = await session.one(sa.text("SELECT state FROM wasl.import_run"))
                deals = await session.one(sa.text("SELECT count(*) FROM wasl.deal WHERE archived_at IS NULL"))
            if state not in ("queued", "running"):
                return str(state), int(deals or 0)
            await asyncio.sleep(0.2)  # between two looks, until the condition holds


async def _moves_done(database: Database, company: MadeCompany, ops: list[str]) -> set[str]:
    """Those of the ops that the change record knows."""

    class _Mover:
        tenant_id = company.tenant_id
        member_id = company.owner.member_id

    wanted = {str(_action_id(_Mover, op)): op for op in ops}  # pyright: ignore[reportArgumentType] -- all it reads
    async with database.tenant_session(company.tenant_id) as session:
        found = await session.all(sa.text("SELECT DISTINCT action_id::text FROM wasl.change"))
    return {op for action, op in wanted.items() if action in set(found)}


async def _moves_count(database: Database, company: MadeCompany) -> int:
    """How many moves there have been."""
    query = sa.text("SELECT count(DISTINCT action_id) FROM wasl.change WHERE action = 'crm.deal.move'")
    async with database.tenant_session(company.tenant_id) as session:
        return int(await session.one(query) or 0)


async def _is_whole(database: Database, company: MadeCompany) -> None:
    """The sums of stages are those of the deals in them, and every deal's making is recorded."""
    async with database.tenant_session(company.tenant_id) as session:
        wrong = await session.rows(
            sa.text(
                "SELECT stage_id, d.n, r.n"
                " FROM (SELECT stage_id, count(*) AS n, coalesce(sum(amount_minor), 0) AS s"
                " FROM wasl.deal WHERE archived_at IS NULL GROUP BY stage_id) d"
                " FULL JOIN (SELECT stage_id, sum(deals) AS n, sum(amount_minor) AS s"
                " FROM wasl.deal_rollup GROUP BY stage_id"
                " HAVING sum(deals) <> 0) r USING (stage_id) WHERE (d.n, d.s) IS DISTINCT FROM (r.n, r.s)"
            )
        )
        unrecorded = await session.one(
            sa.text(
                "SELECT count(*) FROM wasl.deal d WHERE NOT EXISTS (SELECT FROM wasl.change c WHERE"
                " c.table_name = 'deal' AND c.row_id = d.id AND c.op = 'insert')"
            )
        )
    assert list(wrong) == []
    assert unrecorded == 0
