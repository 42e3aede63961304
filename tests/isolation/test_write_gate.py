"""A company that may only read is refused by the database itself, in words; what it needs to return works."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import sqlalchemy as sa

from saas.directory import parties
from saas.directory.models import Party
from saas.modules.crm.state.deals import DealsState
from saas.pages.members_state import MembersState
from saas.state.switching import SwitchState
from saas.tenancy import accounts, jobs, login_sessions, members
from saas.tenancy.database import prepare, upgrade
from saas.tenancy.login_sessions import Device
from saas.tenancy.models import TenantState
from saas.tenancy.recognition import recognise
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.structure import KEPT_BY_TRIGGERS, TABLES, VIOLATIONS
from saas.tenancy.undo import undo
from saas.tenancy.verify import verify_isolation
from saas.tenancy.write_gate import ALWAYS_WRITTEN, SQLSTATE, WRITABLE, ReadOnly
from saas.worker import Patience
from tests.isolation.conftest import Estate, bare, names_of
from tests.support.companies import COOKIE, MadeCompany, add_member, make_company, viewer_of
from tests.support.database import Cluster
from tests.support.server import Server
from tests.support.socket_client import Tab, tab

CLOSED_TO_WRITING = sorted(set(TenantState) - WRITABLE)
DEALS = DealsState.get_full_name()


async def put(database: Database, tenant_id: int, state: TenantState) -> None:
    """As billing moves a company."""
    async with database.system_session() as session:
        await session.execute(
            sa.text("UPDATE wasl.tenant SET state = :state WHERE id = :id"),
            {"state": state.value, "id": tenant_id},
        )


async def rename(database: Database, estate: Estate, name: str) -> None:
    async with database.tenant_session(estate.tenant_id) as session:
        (await session.get(Party, estate.party_id)).name = name


@pytest.mark.parametrize("state", CLOSED_TO_WRITING)
async def test_every_table_of_business_refuses_every_write_of_such_a_company(
    database: Database, cluster: Cluster, ours: Estate, state: TenantState
) -> None:
    """On a bare connection, past all of our code, and for statements that would meet no row as well."""
    await put(database, ours.tenant_id, state)
    let_through = []
    async with await bare(cluster) as connection:
        tables = [row[0] for row in await (await connection.execute(TABLES.encode())).fetchall()]
        business = set(tables) - set(KEPT_BY_TRIGGERS) - set(ALWAYS_WRITTEN)
        assert len(business) >= 20
        for table in sorted(business):
            for statement in (
                f"INSERT INTO wasl.{table} DEFAULT VALUES",
                f"UPDATE wasl.{table} SET archived_at = now() WHERE id = -1",
                f"DELETE FROM wasl.{table} WHERE id = -1",
                f"MERGE INTO wasl.{table} t USING (SELECT 1) s ON t.id = -1 WHEN MATCHED THEN DELETE",
            ):
                await connection.execute(f"SET LOCAL app.tenant_id = '{ours.tenant_id}'".encode())
                try:
                    await connection.execute(statement.encode())
                    let_through.append(statement)
                except psycopg.Error as error:
                    if error.sqlstate != SQLSTATE:
                        let_through.append(f"{statement}: {error}")
                await connection.rollback()
    assert let_through == []


@pytest.mark.parametrize("state", sorted(WRITABLE))
async def test_a_company_on_trial_or_subscribed_writes_even_when_a_payment_is_late(
    database: Database, ours: Estate, state: TenantState
) -> None:
    await put(database, ours.tenant_id, state)
    await rename(database, ours, "Kite and Sons")
    assert await names_of(database, ours) == ["Kite and Sons"]


async def test_the_refusal_is_one_that_a_person_reads_and_nothing_is_written(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    await put(database, ours.tenant_id, TenantState.READ_ONLY)
    with pytest.raises(ReadOnly) as refusal:
        await rename(database, ours, "Changed")
    assert refusal.value.as_message()["key"] == "errors.read_only"
    with pytest.raises(ReadOnly):
        async with database.tenant_session(ours.tenant_id) as session:
            await parties.create(session, {"name": "Planted"})
    with pytest.raises(ReadOnly):
        async with database.tenant_session(ours.tenant_id) as session:
            await session.execute(sa.delete(Party))
    assert await names_of(database, ours) == ["Kite"]
    await rename(database, theirs, "Free to write")
    assert await names_of(database, theirs) == ["Free to write"]


async def test_reading_and_locking_a_row_work_as_before(database: Database, ours: Estate) -> None:
    await put(database, ours.tenant_id, TenantState.SUSPENDED)
    async with database.tenant_session(ours.tenant_id) as session:
        assert (await session.get(Party, ours.party_id, lock=True)).name == "Kite"


async def test_a_company_that_comes_back_writes_at_once(database: Database, ours: Estate) -> None:
    await put(database, ours.tenant_id, TenantState.READ_ONLY)
    await put(database, ours.tenant_id, TenantState.ACTIVE)
    await rename(database, ours, "Back again")
    assert await names_of(database, ours) == ["Back again"]


async def test_an_undo_is_refused_kindly_and_undoes_nothing(database: Database, ours: Estate) -> None:
    action = uuid4()
    async with database.tenant_session(
        ours.tenant_id, ours.company.owner_id, "test.rename", action
    ) as session:
        (await session.get(Party, ours.party_id)).name = "Renamed"
    await put(database, ours.tenant_id, TenantState.READ_ONLY)
    with pytest.raises(ReadOnly):
        async with database.tenant_session(ours.tenant_id, ours.company.owner_id, "undo") as session:
            await undo(session, UUID(str(action)))
    assert await names_of(database, ours) == ["Renamed"]


async def test_the_proof_of_isolation_runs_in_a_read_only_company_too(
    database: Database, ours: Estate, theirs: Estate
) -> None:
    await put(database, ours.tenant_id, TenantState.READ_ONLY)
    assert [a for a in await verify_isolation(database, ours.tenant_id) if not a.ok] == []


async def test_a_job_of_a_read_only_company_waits_as_one_of_a_module_that_is_off(
    database: Database, ours: Estate
) -> None:
    async def handle(session: TenantSession, *, party: int) -> None:
        (await session.get(Party, party)).name = "By a job"

    job = jobs.Job("test.rename", handle, None, attempts=2)
    await put(database, ours.tenant_id, TenantState.READ_ONLY)
    with pytest.raises(ReadOnly) as paused:
        await jobs.run(database, job, tenant_id=ours.tenant_id, party=ours.party_id)

    class Tried:
        attempts = 40

    decision = Patience(2).get_retry_decision(exception=paused.value, job=Tried())  # type: ignore[arg-type] -- all that it reads
    assert decision is not None
    await put(database, ours.tenant_id, TenantState.ACTIVE)
    await jobs.run(database, job, tenant_id=ours.tenant_id, party=ours.party_id)
    assert await names_of(database, ours) == ["By a job"]


# ---- through the running server


@pytest.fixture
async def marsa(database: Database) -> MadeCompany:
    return await make_company(database)


@pytest.fixture
async def http(server: Server, marsa: MadeCompany) -> AsyncIterator[httpx.AsyncClient]:
    cookies = {COOKIE: marsa.session_cookie}
    async with httpx.AsyncClient(
        base_url=server.url, cookies=cookies, headers={"origin": server.url}
    ) as client:
        yield client


async def answers(opened: Tab, handler: str, **payload: Any) -> list[str]:
    """The keys of the refusals that the event got."""
    before = len(opened.live)
    await opened.send(handler, payload)
    await opened.fence()
    return [m["key"] for m in opened.live[before:] if m["topic"] == "ack" and not m["ok"]]


async def test_an_open_tab_reads_on_and_is_told_why_it_cannot_write(
    server: Server, database: Database, marsa: MadeCompany
) -> None:
    async with tab(server.url, marsa.session_cookie, "/crm/deals") as opened:
        await put(database, marsa.tenant_id, TenantState.READ_ONLY)
        switch = {"module": "warehouse", "on": False, "op": "a"}
        assert await answers(opened, f"{SwitchState.get_full_name()}.switch", **switch) == [
            "errors.read_only"
        ]
        narrow = {"wanted": {}, "pipeline": ""}
        assert await answers(opened, f"{DEALS}.narrow", **narrow) == []
        await opened.go("/crm/customers")
        assert opened.values("customers_state")["meta"]["loaded"] is True


async def test_somebody_can_be_shut_out_of_a_read_only_company(
    server: Server, database: Database, marsa: MadeCompany
) -> None:
    omar = await add_member(database, marsa)
    who = (await viewer_of(omar)).member_public_id
    await put(database, marsa.tenant_id, TenantState.READ_ONLY)
    async with tab(server.url, marsa.session_cookie, "/settings/members") as opened:
        assert await answers(opened, f"{MembersState.get_full_name()}.remove", member=who) == []
        await opened.eventually(lambda t: who not in [p["id"] for p in t.values("members_state")["people"]])
    with pytest.raises(AssertionError):
        await viewer_of(omar)


async def test_a_read_only_company_exports_and_signs_in_and_out(
    server: Server, database: Database, marsa: MadeCompany, http: httpx.AsyncClient
) -> None:
    async with database.tenant_session(marsa.tenant_id) as session:
        await parties.create(session, {"name": "Rasif Bakery"})
    await put(database, marsa.tenant_id, TenantState.READ_ONLY)
    exported = await http.get("/export/crm.customer")
    assert (exported.status_code, "Rasif Bakery" in exported.text) == (200, True)
    async with database.system_session() as session:
        again = await login_sessions.begin(
            session, marsa.owner.account_id, marsa.tenant_id, Device("127.0.0.1")
        )
    assert (await recognise(again)) is not None
    assert await accounts.sign_out(database, again) is not None
    assert await recognise(again) is None


@pytest.mark.parametrize("address", ["/files/crm.customer/{party}", "/import/files"])
async def test_a_file_is_refused_before_it_is_taken_in(
    server: Server, database: Database, marsa: MadeCompany, http: httpx.AsyncClient, address: str
) -> None:
    async with database.tenant_session(marsa.tenant_id) as session:
        party = await parties.create(session, {"name": "Rasif Bakery"})
    viewer = await viewer_of(marsa.owner)
    await put(database, marsa.tenant_id, TenantState.READ_ONLY)
    sent = await http.post(
        address.format(party=party.public_id),
        content=b"name\nPlanted\n",
        headers={"x-csrf": viewer.csrf, "x-file-name": "list.csv"},
    )
    assert (sent.status_code, sent.json()["errors"][0]["key"]) == (403, "errors.read_only")
    assert _files_of(server.data_dir, marsa) == []


def _files_of(data_dir: Path, company: MadeCompany) -> list[Path]:
    folders = (data_dir / kind / str(company.tenant_id) for kind in ("files", "imports"))
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


async def test_a_member_leaves_a_read_only_company(database: Database, marsa: MadeCompany) -> None:
    omar = await add_member(database, marsa)
    await put(database, marsa.tenant_id, TenantState.READ_ONLY)
    async with database.tenant_session(marsa.tenant_id, omar.member_id, "member.leave") as session:
        await members.leave(session, by=await viewer_of(omar))


def test_tables_made_before_the_gate_are_put_behind_it(cluster: Cluster) -> None:
    """A database of the version before: without the function and the triggers, and one step back."""
    url = cluster.superuser_url.replace("/postgres?", "/wasl_before?")
    migrator = prepare(url, cluster.place).migrator
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("DROP FUNCTION wasl.refuse_when_read_only() CASCADE")
        admin.execute("UPDATE wasl.alembic_version SET version_num = '0061'")
        assert admin.execute(VIOLATIONS.encode()).fetchall() != []
    upgrade(migrator, "0062")
    with psycopg.connect(url) as admin:
        assert admin.execute(VIOLATIONS.encode()).fetchall() == []
