"""What other modules know of a record, and a member's stars: only what is on and may be seen."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory import stars
from saas.directory.models import Star
from saas.kernel.module import About
from saas.kernel.permissions import Visibility
from saas.modules.crm.models import Deal
from saas.modules.crm.service import customers, deals
from saas.modules.crm.state.deal_list import DEALS
from saas.modules.payments.service import invoices
from saas.modules.warehouse.service import products, stock
from saas.state.listing import Filter, Query, page_of
from saas.state.related import beside
from saas.state.starring import shown
from saas.tenancy import module_switches
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database
from saas.tenancy.viewer import Viewer
from tests.support.companies import MadeCompany, add_member, make_company


@pytest.fixture
async def marsa(database: Database) -> MadeCompany:
    return await make_company(database)


@pytest.fixture
async def viewer(marsa: MadeCompany) -> Viewer:
    return await _viewer(marsa.session_cookie)


async def _viewer(token: str) -> Viewer:
    viewer = await recognise(token)
    assert viewer is not None
    return viewer


async def test_a_deal_shows_the_invoices_of_its_customer_and_the_stock_of_its_products(
    database: Database, marsa: MadeCompany, viewer: Viewer
) -> None:
    async with viewer_session(database, viewer) as session:
        kite = await customers.create(session, {"name": "Kite"})
        other = await customers.create(session, {"name": "Other"})
        await invoices.draft(session, party_id=kite.id)
        await invoices.draft(session, party_id=other.id)
        grinder = await products.create(session, {"name": "Grinder"})
        await stock.receive(session, grinder, 3, "")
        about = About("crm.deal", uuid4(), kite.id, ((grinder.id, Decimal(4)), (grinder.id, Decimal(1))))
        found = {section["key"]: section for section in (await beside(session, about))["sections"]}
        assert set(found) == {"payments.invoices", "warehouse.stock"}
        assert found["payments.invoices"]["total"] == 1
        [row] = found["warehouse.stock"]["rows"]
        assert (row["note"]["params"], row["tone"]) == ({"n": 3.0, "wanted": 5.0}, "warn")
        await module_switches.switch(session, "payments", False, by=viewer)
    later = await _viewer(marsa.session_cookie)
    async with viewer_session(database, later) as session:
        keys = {section["key"] for section in (await beside(session, about))["sections"]}
        assert keys == {"warehouse.stock"}, "a module that is off says nothing"


async def test_what_a_record_s_own_module_knows_is_not_beside_it(database: Database, viewer: Viewer) -> None:
    async with viewer_session(database, viewer) as session:
        kite = await customers.create(session, {"name": "Kite"})
        await invoices.draft(session, party_id=kite.id)
        about = About("payments.invoice", uuid4(), kite.id)
        assert (await beside(session, about))["sections"] == []


async def test_stars_are_a_member_s_own_and_filter_the_list(
    database: Database, marsa: MadeCompany, viewer: Viewer
) -> None:
    rep = await _viewer((await add_member(database, marsa, visibility=Visibility.OWN.value)).token)
    async with viewer_session(database, viewer) as session:
        mine = await deals.create(session, {"title": "Mine"})
        theirs = await deals.create(session, {"title": "Theirs", "owner_id": rep.member_id})
        for deal in (mine, theirs, theirs):
            await stars.turn(session, DEALS.key, deal.id, True)
    starred = Query(filters=[Filter(key="starred", op="is", values=["true"])])
    async with viewer_session(database, viewer) as session:
        assert set((await page_of(session, DEALS, starred)).ids) == {mine.id, theirs.id}
        assert [row["title"] for row in await shown(session)] == ["Theirs", "Mine"]
        await stars.turn(session, DEALS.key, theirs.id, False)
        assert (await page_of(session, DEALS, starred)).ids == [mine.id]
        assert await session.one(sa.select(sa.func.count()).select_from(Star)) == 1
    async with viewer_session(database, rep) as session:
        assert (await page_of(session, DEALS, starred)).ids == []
        assert not await stars.has(session, DEALS.key, theirs.id)
        # A star on what is another's now is kept, and not shown.
        await stars.turn(session, DEALS.key, theirs.id, True)
    async with viewer_session(database, viewer) as session:
        (await session.get(Deal, theirs.id)).owner_id = viewer.member_id
    async with viewer_session(database, rep) as session:
        assert await shown(session) == []
        assert (await page_of(session, DEALS, starred)).ids == []
    async with viewer_session(database, viewer) as session:
        unstarred = Query(filters=[Filter(key="starred", op="is", values=["false"])])
        titles = sa.select(col(Deal.title)).where(
            col(Deal.id).in_((await page_of(session, DEALS, unstarred)).ids)
        )
        assert await session.all(titles) == ["Theirs"]
