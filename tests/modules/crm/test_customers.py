"""Customers, what they trade as, and two that turn out to be one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from saas.directory import comments, parties
from saas.directory.fields import NameMissing
from saas.modules.crm.models import Deal
from saas.modules.crm.permissions import CrmPermission
from saas.modules.crm.service import activities, customers, finding, people
from saas.modules.crm.state.customer_list import CUSTOMERS
from saas.state.listing import Query, page_of
from tests.modules.crm.conftest import Shop, new_deal


async def asked(shop: Shop, provider: Any, limit: int) -> int:
    """How many statements the provider sends for this many rows."""
    sent: list[str] = []

    def note(*given: Any) -> None:
        sent.append(given[2])

    async with shop.open() as session:
        connection = (await session.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", note)
        assert len(await provider(session, session.viewer, "palm", limit)) <= limit
    return len(sent)


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
            row["title"]: (row["subtitle"]["params"]["of"], row["subtitle_ar"]["params"]["of"])
            for row in await finding.people(session, session.viewer, "salma", 10)
        }
        assert found == {"Salma Aziz": ("Rasif Bakery", "مخبز الرصيف"), "Salma Nobody": ("Buyer", "Buyer")}


async def test_what_is_found_says_what_it_is_worth_and_how_many_deals_are_open(shop: Shop):
    async with shop.open() as session:
        palm = await customers.create(session, {"name": "Palm Court Suites", "name_ar": "أجنحة النخيل"})
        await customers.create(session, {"name": "Palm Reef"})
        await new_deal(session, "Palm line, 2 sites", party_id=palm.id, amount_minor=18_350_000)
        await new_deal(session, "Palm Court Suites: lobby", party_id=palm.id)
        await new_deal(session, "Palm won", party_id=palm.id, stage="Won")
    async with shop.open() as session:
        found = await finding.deals(session, session.viewer, "palm", 10)
        said = {row["title"]: (row["title_ar"], row["subtitle"]) for row in found}
        amount = {"minor": 18_350_000, "currency": "KWD"}
        assert said["Palm Court Suites: Palm line, 2 sites"] == (
            "أجنحة النخيل: Palm line, 2 sites",
            {"key": "crm.found.deal_worth", "params": {"amount": amount}},
        )
        assert said["Palm Court Suites: lobby"][1] == {"key": "crm.customers.deal"}
        found = await finding.customers(session, session.viewer, "palm", 10)
        assert {row["title"]: row["subtitle"] for row in found} == {
            "Palm Court Suites": {
                "key": "crm.found.customer_deals",
                "params": {"deals": {"key": "crm.widget.open_deals", "params": {"n": 2}}},
            },
            "Palm Reef": {"key": "crm.found.customer"},
        }


async def test_how_many_deals_a_customer_has_is_not_said_to_whoever_may_not_see_deals(shop: Shop):
    async with shop.open() as session:
        palm = await customers.create(session, {"name": "Palm Court Suites"})
        await new_deal(session, party_id=palm.id)
    blind = replace(shop.owner, permissions=shop.owner.permissions - {CrmPermission.SEE_DEALS.value})
    async with shop.open(blind) as session:
        (found,) = await finding.customers(session, blind, "palm", 10)
        assert found["subtitle"] == {"key": "crm.found.customer"}


async def test_the_search_asks_no_more_often_for_many_hits_than_for_few(shop: Shop):
    async with shop.open() as session:
        for n in range(6):
            palm = await customers.create(session, {"name": f"Palm {n}"})
            await new_deal(session, f"Palm deal {n}", party_id=palm.id)
    for provider in (finding.deals, finding.customers, finding.people):
        few, many = [await asked(shop, provider, limit) for limit in (1, 6)]
        assert many <= few


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
