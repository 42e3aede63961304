"""Settings of a company that has grown: a currency that stays, and members enough to search among."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from saas.directory import parties
from saas.kernel.errors import NotFound
from saas.modules.crm.models import Deal
from saas.modules.crm.service import deals
from saas.tenancy import members, workplaces
from saas.tenancy.models import Membership, MemberState
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from saas.tenancy.viewer import Viewer
from tests.support.companies import make_company


@pytest.fixture
async def viewer(database: Database) -> Viewer:
    viewer = await recognise((await make_company(database)).session_cookie)
    assert viewer is not None
    return viewer


async def test_a_new_company_still_chooses_its_currency(database: Database, viewer: Viewer) -> None:
    async with viewer_session(database, viewer) as session:
        await parties.create(session, {"name": "Kite"})
        await workplaces.update(database, session, {"currency": "SAR"})
        assert (await workplaces.describe(session))["currency"] == "SAR"


@pytest.mark.parametrize("archived", [False, True])
async def test_a_currency_with_amounts_in_it_stays_and_the_rest_can_change(
    database: Database, viewer: Viewer, archived: bool
) -> None:
    async with viewer_session(database, viewer) as session:
        deal = await deals.create(session, {"title": "Deal", "amount_minor": 5})
        if archived:
            await deals.archive(session, deal)
    async with viewer_session(database, viewer) as session:
        with pytest.raises(workplaces.CurrencyLocked):
            await workplaces.update(database, session, {"currency": "SAR"})
    async with viewer_session(database, viewer) as session:
        await workplaces.update(database, session, {"name": "Marsa", "currency": "KWD"})
        assert (await workplaces.describe(session))["name"] == "Marsa"


async def test_the_database_itself_keeps_the_currency(database: Database, viewer: Viewer) -> None:
    async with viewer_session(database, viewer) as session:
        await parties.create(session, {"name": "Kite", "credit_limit_minor": 1})
    with pytest.raises(DBAPIError, match="holds amounts"):
        async with viewer_session(database, viewer) as session:
            await session.execute(sa.text("UPDATE wasl.tenant SET currency = 'SAR'"))


async def test_another_company_s_amounts_do_not_hold_this_one_s_currency(
    database: Database, viewer: Viewer
) -> None:
    other = await recognise((await make_company(database)).session_cookie)
    assert other is not None
    async with viewer_session(database, other) as session:
        session.add(await deals.create(session, {"title": "Theirs", "amount_minor": 5}))
    async with viewer_session(database, viewer) as session:
        assert not await workplaces.holds_amounts(session)
        assert await session.all(sa.select(col(Deal.id))) == []


async def test_members_are_found_page_by_page_each_once_and_by_name_or_address(
    database: Database, viewer: Viewer
) -> None:
    async with viewer_session(database, viewer) as session:
        rep = await members.role_named(session, "rep")
        session.add_all(
            Membership(
                display_name=f"Member {n:03}" if n % 10 else f"أحمد {n}",
                email=f"m{n}@example.com",
                role_id=rep.id,
                state=MemberState.PLACEHOLDER,
            )
            for n in range(130)
        )
    async with viewer_session(database, viewer) as session:
        found = await members.listed(session)
        seen = [row["id"] for row in found[: members.PAGE]]
        while len(found) > members.PAGE:
            found = await members.listed(session, after=seen[-1])
            seen += [row["id"] for row in found[: members.PAGE]]
        assert len(seen) == len(set(seen)) == await members.counted(session) == 131
        assert [row["name"] for row in await members.listed(session, "member 042")] == ["Member 042"]
        assert len(await members.listed(session, "احمد")) == 13
        assert [row["email"] for row in await members.listed(session, "M77@")] == ["m77@example.com"]
        assert await members.listed(session, "%") == []
        with pytest.raises(NotFound):
            await members.listed(session, after="no-id")
