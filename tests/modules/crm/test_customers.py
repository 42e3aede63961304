"""Customers, what they trade as, and two that turn out to be one."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from saas.directory import comments, parties
from saas.directory.fields import NameMissing
from saas.modules.crm.models import Deal
from saas.modules.crm.service import activities, customers, finding, people
from saas.modules.crm.state.customer_list import CUSTOMERS
from saas.state.listing import Query, page_of
from tests.modules.crm.conftest import Shop, new_deal


async def test_a_customer_belongs_to_who_made_it_and_is_found_by_any_word_of_either_name(shop: Shop):
    async with shop.open() as session:
        party = await customers.create(session, {"name": "Bayt Al Ward Hotels", "name_ar": "فنادق بيت الورد"})
        assert party.owner_id == shop.owner.member_id
        for typed in ("bayt", "ward", "WARD ho", "بيت", "الورد"):
            assert [hit["label"] for hit in await finding.find_customers(session, typed, 5)] == [party.name]
        assert await finding.find_customers(session, "marina", 5) == []


async def test_what_is_found_names_its_customer_in_both_scripts(shop: Shop):
    async with shop.open() as session:
        bakery = await customers.create(session, {"name": "Rasif Bakery", "name_ar": "مخبز الرصيف"})
        await people.create(session, {"name": "Salma Aziz", "party_id": bakery.id})
        await people.create(session, {"name": "Salma Nobody", "title": "Buyer"})
    async with shop.open() as session:
        found = {
            row["title"]: (row["subtitle"], row["subtitle_ar"])
            for row in await finding.people(session, session.viewer, "salma", 10)
        }
        assert found == {"Salma Aziz": ("Rasif Bakery", "مخبز الرصيف"), "Salma Nobody": ("Buyer", "")}


async def test_a_customer_needs_a_name(shop: Shop):
    async with shop.open() as session:
        with pytest.raises(NameMissing):
            await customers.create(session, {"name": "  "})


async def test_the_row_counts_open_deals_and_says_when_they_were_last_spoken_to(shop: Shop):
    async with shop.open() as session:
        party = await customers.create(session, {"name": "Rasif Bakery"})
        await new_deal(session, party_id=party.id)
        await new_deal(session, party_id=party.id, stage="Won")
        call = await activities.create(
            session, {"kind": "call", "subject": "First call", "party_id": party.id, "done": True}
        )
        row = (await customers.rows(session, [party.id]))[0]
        assert row["open_deals"] == 1
        # As an instant: the database writes one without the zeros that end its fraction.
        assert datetime.fromisoformat(row["last_contact"]) == call.done_at


async def test_a_new_legal_entity_ends_the_one_before_it(shop: Shop):
    async with shop.open() as session:
        party = await customers.create(session, {"name": "Kite & Kettle"})
        await customers.add_entity(session, party, {"legal_name": "Kite Trading Co."})
        await customers.add_entity(
            session, party, {"legal_name": "Kite & Kettle W.L.L.", "valid_from": date(2026, 7, 1)}
        )
        now, before = await parties.legal_entities(session, party)
        assert (now.legal_name, now.valid_to) == ("Kite & Kettle W.L.L.", None)
        assert (before.legal_name, before.valid_to) == ("Kite Trading Co.", date(2026, 6, 30))


async def test_a_merge_brings_everything_to_the_one_that_stays(shop: Shop):
    async with shop.open() as session:
        stays = await customers.create(session, {"name": "Palm Court Suites"})
        goes = await customers.create(session, {"name": "Palm Court", "phone": "+965 5550 1930"})
        deal = await new_deal(session, party_id=goes.id)
        person = await people.create(session, {"name": "Salma Aziz", "party_id": goes.id})
        call = await activities.create(session, {"kind": "call", "subject": "Call", "party_id": goes.id})
        await customers.add_entity(session, goes, {"legal_name": "Palm Court W.L.L."})
        await comments.add(session, "crm.customer", goes.id, "Pays late", [])
        await customers.merge(session, goes, stays)
        for row in (deal, person, call):
            await session.refresh(row)
            assert row.party_id == stays.id
        assert [one.legal_name for one in await parties.legal_entities(session, stays)] == [
            "Palm Court W.L.L."
        ]
        assert [one["body"] for one in await comments.of(session, "crm.customer", stays.id, 10, "")] == [
            "Pays late"
        ]
        assert (stays.phone, goes.archived_at is not None, goes.parent_id) == (
            "+965 5550 1930",
            True,
            stays.id,
        )


async def test_a_customer_is_not_merged_with_itself(shop: Shop):
    async with shop.open() as session:
        party = await customers.create(session, {"name": "Palm Court"})
        with pytest.raises(customers.MergeWithItself):
            await customers.merge(session, party, party)


async def test_archiving_a_customer_keeps_its_deals(shop: Shop):
    async with shop.open() as session:
        party = await customers.create(session, {"name": "Palm Court"})
        deal = await new_deal(session, party_id=party.id)
        await customers.archive(session, party)
        assert (await page_of(session, CUSTOMERS, Query())).ids == []
        assert (await page_of(session, CUSTOMERS, Query(archived=True))).ids == [party.id]
        assert [row["id"] for row in await customers.rows(session, [party.id])] == [str(party.public_id)]
        assert (await session.get(Deal, deal.id)).archived_at is None
