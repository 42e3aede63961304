"""What a role may do with deals and customers beyond opening the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from saas.kernel.errors import NotAllowed
from saas.modules.crm.models import Deal
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import customers
from saas.modules.crm.state.customer_list import CUSTOMERS
from saas.modules.crm.state.deal_list import DEALS
from tests.modules.crm.conftest import Shop, new_deal, stage_named


async def test_a_rep_makes_deals_of_their_own_and_hands_none_to_others(shop: Shop):
    rep = await shop.hire("Omar Nasser")
    assert DEALS.verbs.create
    assert DEALS.verbs.update
    async with shop.open(rep) as session:
        deal = await DEALS.verbs.create(session, {"title": "Mine"})
        assert deal.owner_id == rep.member_id
        with pytest.raises(NotAllowed):
            await DEALS.verbs.create(session, {"title": "Hers", "owner": shop.owner.member_id})
        with pytest.raises(NotAllowed):
            await DEALS.verbs.update(session, deal, {"owner": shop.owner.member_id})
        await DEALS.verbs.update(session, deal, {"owner": rep.member_id, "title": "Still mine"})


async def test_the_table_moves_a_deal_only_for_who_may_move_one(shop: Shop):
    assert DEALS.verbs.update
    async with shop.open() as session:
        deal_id = (await new_deal(session)).id
    rep = await shop.hire("Omar Nasser")
    clerk = replace(rep, permissions=rep.permissions - {CrmPermission.MOVE_DEALS.value})
    async with shop.open(clerk) as session:
        deal = await session.get(Deal, deal_id)
        proposal = await stage_named(session, "Proposal")
        with pytest.raises(NotAllowed):
            await DEALS.verbs.update(session, deal, {"in_stage": proposal.id})
    async with shop.open(rep) as session:
        await DEALS.verbs.update(session, await session.get(Deal, deal_id), {"in_stage": proposal.id})
        assert (await session.get(Deal, deal_id)).stage_id == proposal.id


async def test_a_rep_archives_no_customer(shop: Shop):
    rep = await shop.hire("Omar Nasser")
    assert CUSTOMERS.verbs.archive
    async with shop.open(rep) as session:
        party = await customers.create(session, {"name": "Palm Court"})
        with pytest.raises(NotAllowed):
            await CUSTOMERS.verbs.archive(session, party)
