"""What stands before any module: sessions, keys, the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from saas.kernel.errors import NotFound
from saas.tenancy.identity import resolve_session
from saas.tenancy.models import LoginSession, Membership, MemberState, Role, Team
from saas.tenancy.session import Database
from tests.support.database import Company


async def test_a_new_company_has_four_roles_and_its_owner(database: Database, company: Company) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        assert {role.key for role in await session.all(sa.select(Role))} == {
            "owner",
            "admin",
            "rep",
            "viewer",
        }
        owner = await session.get(Membership, company.owner_id)
        assert owner.state is MemberState.ACTIVE


async def test_a_batch_of_new_rows_learns_its_ids_in_one_statement(
    database: Database, company: Company
) -> None:
    statements: list[str] = []
    sa.event.listen(database.app.sync_engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    async with database.tenant_session(company.tenant_id) as session:
        teams = [Team(name=f"Team {n}") for n in range(20)]
        session.add_all(teams)
        await session.flush()
        assert [(await session.get(Team, team.id)).name for team in teams] == [team.name for team in teams]
    assert sum("INSERT" in statement for statement in statements) == 1


async def test_an_update_counts_the_version_up_and_the_object_knows_it(
    database: Database, company: Company
) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        team = Team(name="North")
        session.add(team)
        await session.flush()
        team.region = "Kuwait"
        await session.flush()
        assert team.version == 2


async def test_an_id_that_is_no_uuid_is_simply_not_found(database: Database, company: Company) -> None:
    async with database.tenant_session(company.tenant_id) as session:
        for malformed in ("", "1", "' OR 1=1", "\x00"):
            with pytest.raises(NotFound):
                await session.by_public_id(Team, malformed)


async def test_hooks_run_after_the_commit_and_never_after_a_rollback(
    database: Database, company: Company
) -> None:
    ran: list[str] = []

    async def hook() -> None:
        async with database.tenant_session(company.tenant_id) as other:
            ran.extend(await other.all(sa.select(Team.name)))

    async with database.tenant_session(company.tenant_id) as session:
        session.add(Team(name="Durable"))
        session.after_commit(hook)
    assert ran == ["Durable"]

    async def fail() -> None:
        async with database.tenant_session(company.tenant_id) as session:
            session.after_commit(hook)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert ran == ["Durable"]


async def test_a_session_token_gives_the_whole_viewer_until_it_is_revoked(
    database: Database, company: Company
) -> None:
    token = uuid4().bytes
    async with database.system_session() as session:
        login = LoginSession(
            token_hash=token,
            account_id=company.account_id,
            tenant_id=company.tenant_id,
            csrf="c",
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )
        session.add(login)
    identity = await resolve_session(token, database)
    assert identity is not None
    assert (identity.tenant_id, identity.member_id, identity.role_key) == (
        company.tenant_id,
        company.owner_id,
        "owner",
    )
    async with database.tenant_session(company.tenant_id) as session:
        (await session.get(Membership, company.owner_id)).state = MemberState.REMOVED
    removed = await resolve_session(token, database)
    assert removed is not None
    assert (removed.tenant_id, removed.role_key, removed.modules) == (None, None, frozenset())
    async with database.system_session() as session:
        await session.execute(
            sa.update(LoginSession).where(LoginSession.id == login.id).values(revoked_at=sa.func.now())
        )
    assert await resolve_session(token, database) is None
