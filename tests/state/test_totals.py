"""The sums in a list's foot are those of the rows that its query holds and its reader may see."""

from __future__ import annotations

import pytest

from saas.kernel.permissions import Visibility
from saas.modules.crm.service import deals
from saas.modules.crm.state.deal_list import DEALS
from saas.modules.warehouse.service import products, stock
from saas.modules.warehouse.state import PRODUCTS
from saas.state.listing import Filter, Query
from saas.state.totals import totals_of
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
    viewer = await recognise(marsa.session_cookie)
    assert viewer is not None
    return viewer


async def test_amounts_are_summed_currency_by_currency_the_company_s_first(
    database: Database, viewer: Viewer
) -> None:
    async with viewer_session(database, viewer) as session:
        assert await totals_of(session, DEALS, Query()) == {"amount_minor": []}
        for amount, currency in ((5, "USD"), (7, "KWD"), (11, "KWD"), (None, "EUR")):
            await deals.create(session, {"title": "Deal", "amount_minor": amount, "currency": currency})
        gone = await deals.create(session, {"title": "Gone", "amount_minor": 1_000})
        await deals.archive(session, gone)
        sums = await totals_of(session, DEALS, Query())
        assert sums == {"amount_minor": [["KWD", 18], ["EUR", 0], ["USD", 5]]}
        narrowed = Query(filters=[Filter(key="amount_minor", op="from", values=["0.008"])])
        assert (await totals_of(session, DEALS, narrowed))["amount_minor"] == [["KWD", 11], ["USD", 5]]
        assert (await totals_of(session, DEALS, Query(search="gone")))["amount_minor"] == []


async def test_the_sum_of_a_limited_member_is_of_own_records(
    database: Database, marsa: MadeCompany, viewer: Viewer
) -> None:
    rep = await recognise((await add_member(database, marsa, visibility=Visibility.OWN.value)).token)
    assert rep is not None
    async with viewer_session(database, viewer) as session:
        await deals.create(session, {"title": "Theirs", "amount_minor": 100})
        await deals.create(session, {"title": "Mine", "amount_minor": 7, "owner_id": rep.member_id})
    async with viewer_session(database, rep) as session:
        assert (await totals_of(session, DEALS, Query()))["amount_minor"] == [["KWD", 7]]


async def test_counts_and_worth_of_stock_are_summed_too(database: Database, viewer: Viewer) -> None:
    async with viewer_session(database, viewer) as session:
        for name, price, there in (("Grinder", 500, 3), ("Tamper", 20, 10), ("Cup", None, 4)):
            product = await products.create(session, {"name": name, "price": price})
            await stock.receive(session, product, there, "")
        sums = await totals_of(session, PRODUCTS, Query())
        assert sums["on_hand"] == [["", 17]]
        assert sums["value"] == [["KWD", 1_700]]
