"""Words of a company's own on its records: set, found by, taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory import stars, tags
from saas.directory.models import Party, Tagging
from saas.modules.crm.models import Deal
from saas.modules.crm.service import customers, deals
from saas.modules.crm.state.customer_list import CUSTOMERS
from saas.modules.crm.state.deal_list import DEALS
from saas.state.listing import Filter, Query, count_of, page_of
from saas.tenancy import changes
from saas.tenancy.session import TenantSession
from tests.modules.crm.conftest import Shop, new_deal, seen_by
from tests.support.companies import make_company


async def found(session: TenantSession, op: str, *words: str) -> set[str]:
    query = Query(filters=[Filter(key="tags", op=op, values=list(words))])  # pyright: ignore[reportArgumentType] -- op is one of them
    page = await page_of(session, DEALS, query)
    assert (await count_of(session, DEALS, query)).total == len(page.ids)
    return set(await session.all(sa.select(col(Deal.title)).where(col(Deal.id).in_(page.ids))))


async def test_deals_are_found_by_a_tag_however_it_is_spelled_and_by_having_none(shop: Shop) -> None:
    async with shop.open() as session:
        await new_deal(session, "Lobby", tags=["Hotel", "Refit"])
        await new_deal(session, "Bar", tags=["hotel"])
        await new_deal(session, "Clinic", tags=["عيادة"])
        await new_deal(session, "Plain")
    async with shop.open() as session:
        assert await found(session, "any", "HOTEL") == {"Lobby", "Bar"}
        assert await found(session, "any", "عياده", "Refit") == {"Lobby", "Clinic"}
        assert await found(session, "not", "Hotel") == {"Clinic", "Plain"}
        assert await found(session, "empty") == {"Plain"}
        assert await found(session, "filled") == {"Lobby", "Bar", "Clinic"}
        menu = await tags.menu_of(Deal)(session, "ho", 10)
        assert [item["label"].lower() for item in menu] == ["hotel"]
        assert len(await tags.menu_of(Deal)(session, "", 10)) == 3


async def test_tags_follow_a_change_an_undo_and_the_history_of_the_deal(shop: Shop) -> None:
    async with shop.open() as session:
        deal = await new_deal(session, "Lobby", tags=["Hotel"])
    async with shop.open() as session:
        await deals.update(session, await session.get(Deal, deal.id), {"tags": ["Refit"]})
        action = session.action_id
    async with shop.open() as session:
        assert await found(session, "any", "Hotel") == set()
        assert (await changes.history(session, "deal", deal.id))[0].new == {"tags": ["Refit"]}
    async with shop.open() as session:
        assert not (await changes.undo(session, action)).conflicts
    async with shop.open() as session:
        assert await found(session, "any", "Hotel") == {"Lobby"}
        assert (await session.get(Deal, deal.id)).tags == ["Hotel"]


async def test_many_records_get_a_tag_without_losing_theirs() -> None:
    assert tags.changed(["Hotel"], ["+Refit", "+hotel"]) == ["Hotel", "Refit"]
    assert tags.changed(["Hotel", "Refit"], ["-hotel"]) == ["Refit"]
    assert tags.changed(["Hotel"], [" A  b ", "a B", "c"]) == ["A b", "c"]
    assert tags.changed(["Hotel"], None) == []


@pytest.mark.parametrize("words", [["x" * 41], [f"tag {n}" for n in range(21)]])
async def test_too_many_or_too_long_tags_are_refused(words: list[str]) -> None:
    with pytest.raises((tags.TooManyTags, tags.TagTooLong)):
        tags.changed([], words)


async def test_tags_of_another_company_are_in_no_menu(shop: Shop) -> None:
    other = await make_company(shop.database, modules=["crm"])
    async with shop.open(await seen_by(other.owner)) as session:
        await new_deal(session, "Theirs", tags=["Secret"])
    async with shop.open() as session:
        assert await tags.menu_of(Deal)(session, "", 10) == []
        assert await session.all(sa.select(Tagging)) == []


async def test_a_merge_of_customers_keeps_the_tags_and_stars_of_both(shop: Shop) -> None:
    async with shop.open() as session:
        kite = await customers.create(session, {"name": "Kite", "tags": ["Café"]})
        kettle = await customers.create(session, {"name": "Kettle", "tags": ["Hotel", "cafe"]})
        for party in (kite, kettle):
            await stars.turn(session, CUSTOMERS.key, party.id, True)
        await customers.merge(session, kettle, kite)
    async with shop.open() as session:
        assert (await session.get(Party, kite.id)).tags == ["Café", "Hotel"]
        assert await stars.latest(session, 5) == [(CUSTOMERS.key, kite.id)]
