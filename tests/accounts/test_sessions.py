"""Sessions last as long as they are used, and end when their person says so."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from saas.tenancy import housekeeping, login_sessions
from saas.tenancy.identity import resolve_session
from saas.tenancy.login_sessions import SessionGone
from saas.tenancy.session import Database
from saas.tenancy.tokens import digest
from tests.accounts.people import signed_up
from tests.support.companies import add_member, make_company


async def test_a_session_that_is_used_lasts_on_and_one_that_is_not_ends(database: Database):
    company = await make_company(database, "Lasting", modules=())
    idle = await add_member(database, company)
    async with database.system_session() as session:
        await session.execute(_AGE, {"accounts": [company.owner.account_id, idle.account_id], "days": 29})
    seen = await resolve_session(digest(company.owner.token), database)
    assert seen is not None
    await login_sessions.note_use(database, seen.session_id)
    async with database.system_session() as session:
        await session.execute(_AGE, {"accounts": [company.owner.account_id, idle.account_id], "days": 2})
    assert await resolve_session(digest(company.owner.token), database) is not None
    assert await resolve_session(digest(idle.token), database) is None


async def test_nobody_ends_another_persons_session(database: Database):
    one, other = await signed_up(database), await signed_up(database)
    theirs = await resolve_session(digest(other.token), database)
    assert theirs is not None
    with pytest.raises(SessionGone):
        await login_sessions.end_device(database, one.account_id, theirs.session_public_id)
    assert await resolve_session(digest(other.token), database) is not None


async def test_signing_out_the_others_leaves_this_device(database: Database):
    company = await make_company(database, "Devices", modules=())
    async with database.system_session() as session:
        second = await login_sessions.begin(
            session, company.owner.account_id, company.tenant_id, login_sessions.Device("10.9.9.9", _FIREFOX)
        )
    here = await resolve_session(digest(company.owner.token), database)
    assert here is not None
    listed = await login_sessions.devices(database, company.owner.account_id, here.session_id)
    assert [(d["browser"], d["current"]) for d in listed] == [("", True), ("Firefox, Linux", False)]
    await login_sessions.end_other_devices(database, company.owner.account_id, here.session_id)
    assert await resolve_session(digest(second), database) is None
    assert await resolve_session(digest(company.owner.token), database) is not None


async def test_a_script_that_signs_in_for_ever_keeps_no_more_than_fifty_sessions(database: Database):
    here = await signed_up(database)
    async with database.system_session() as session:
        for _ in range(60):
            await login_sessions.begin(session, here.account_id, here.tenant_id, login_sessions.Device())
        kept = await session.one(_COUNT, account=here.account_id)
    assert kept == login_sessions.MAX_PER_ACCOUNT


async def test_what_is_spent_is_swept_and_what_lives_stays(database: Database):
    old, fresh = await signed_up(database), await signed_up(database)
    async with database.system_session() as session:
        await session.execute(_AGE, {"accounts": [old.account_id], "days": 90})
    await housekeeping.sweep.handle(database)
    async with database.system_session() as session:
        assert await session.one(_COUNT, account=old.account_id) == 0
        assert await session.one(_COUNT, account=fresh.account_id) == 1


_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_COUNT = sa.text("SELECT count(*) FROM wasl.login_session WHERE account_id = :account")
_AGE = sa.text(
    "UPDATE wasl.login_session SET expires_at = expires_at - make_interval(days => :days)"
    " WHERE account_id = ANY (cast(:accounts AS bigint[]))"
)
