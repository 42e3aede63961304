"""The sample files of a real sales team go in whole, and out again without a trace."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa
from sqlmodel import col

from saas.directory.imports.models import ImportRun, RunState
from saas.directory.models import Party, Product
from saas.modules.crm.models import Deal, DealLine, DealRollup, Outcome, Stage
from saas.modules.crm.service import pipelines
from saas.tenancy.models import Membership, MemberState, Team
from saas.tenancy.session import Database
from tests.imports.desk import Desk, sample
from tests.support.database import Company, new_company

FILES = ("sales_teams.csv", "accounts.csv", "products.csv", "sales_pipeline.csv")
WON_VALUE = 10_005_534


@pytest.fixture
async def sales(database: Database) -> Desk:
    """A company with CRM on, as it is after sign-up."""
    company: Company = await new_company(database, "Maven", modules=("crm",), currency="USD")
    desk = Desk(database, company)
    async with desk.session() as session:
        await pipelines.provision(session)
    return desk


async def bring_all(desk: Desk) -> dict[str, ImportRun]:
    return {name: await desk.bring(sample(name)) for name in FILES}


async def test_all_four_files_go_in(sales: Desk) -> None:
    runs = await bring_all(sales)
    assert [run.target for run in runs.values()] == ["members", "customers", "products", "deals"]
    assert [run.created_count for run in runs.values()] == [35, 85, 7, 8_800]
    assert [run.refused_count for run in runs.values()] == [0, 0, 0, 0]
    assert await sales.count(Party) == 85
    assert await sales.count(Product) == 7
    places = sa.select(Membership).where(col(Membership.state) == MemberState.PLACEHOLDER)
    assert len(await sales.all(places)) == 35
    assert {team.region for team in await sales.all(sa.select(Team))} == {"Central", "East", "West"}


async def test_every_deal_stands_in_its_stage_with_its_owner_customer_product_and_dates(sales: Desk) -> None:
    await bring_all(sales)
    async with sales.session() as session:
        by_stage = await session.rows(
            sa.select(col(Stage.name), sa.func.count(), sa.func.sum(col(Deal.amount_minor)))
            .join(Deal, col(Deal.stage_id) == col(Stage.id))
            .group_by(col(Stage.name))
        )
        lines = await session.rows(
            sa.select(col(Product.name), sa.func.count())
            .join(DealLine, col(DealLine.product_id) == col(Product.id))
            .group_by(col(Product.name))
        )
        first = (
            await session.rows(
                sa.select(Deal, col(Party.name), col(Membership.display_name))
                .join(Party, col(Party.id) == col(Deal.party_id))
                .join(Membership, col(Membership.id) == col(Deal.owner_id))
                .where(col(Deal.external_ref) == "1C1I7A6R")
            )
        )[0]
    counts = {row[0]: row[1] for row in by_stage}
    assert counts == {"Prospecting": 500, "Engaging": 1_589, "Won": 4_238, "Lost": 2_473}
    assert sum(row[2] or 0 for row in by_stage) == WON_VALUE * 100
    assert {row[0]: row[1] for row in lines}["GTX Pro"] == 1_480
    deal, customer, owner = first
    assert (customer, owner, deal.title) == ("Cancity", "Moses Frase", "GTX Plus Basic 1C1I7A6R")
    assert (deal.outcome, deal.amount_minor) == (Outcome.WON, 105_400)
    assert (deal.created_at.date().isoformat(), deal.closed_on.isoformat()) == ("2016-10-20", "2017-03-01")
    without_account = sa.select(Deal).where(col(Deal.party_id).is_(None))
    assert len(await sales.all(without_account)) == 1_425
    assert await sales.all(sa.select(Deal).where(col(Deal.owner_id).is_(None))) == []


async def test_the_sums_of_the_board_are_those_of_the_deals(sales: Desk) -> None:
    await bring_all(sales)
    async with sales.session() as session:
        kept = await session.rows(
            sa.select(
                col(DealRollup.stage_id),
                sa.func.sum(col(DealRollup.deals)),
                sa.func.sum(col(DealRollup.amount_minor)),
            ).group_by(col(DealRollup.stage_id))
        )
        reckoned = await session.rows(
            sa.select(
                col(Deal.stage_id), sa.func.count(), sa.func.coalesce(sa.func.sum(col(Deal.amount_minor)), 0)
            ).group_by(col(Deal.stage_id))
        )
    assert sorted(map(tuple, kept)) == sorted(map(tuple, reckoned))


async def test_what_looks_wrong_is_offered_and_nothing_else(sales: Desk) -> None:
    runs = await bring_all(sales)
    offered = {
        name: [(f["value"], f["suggestion"], f["rows"]) for f in run.report["findings"]]
        for name, run in runs.items()
    }
    assert offered == {
        "sales_teams.csv": [],
        "accounts.csv": [("technolgy", "technology", 12), ("Philipines", "Philippines", 1)],
        "products.csv": [],
        "sales_pipeline.csv": [("GTXPro", "GTX Pro", 1_480)],
    }
    missing = runs["sales_pipeline.csv"].report["missing"]
    assert [(m["reference"], m["names"], m["rows"]) for m in missing] == [
        ("stage", ["Engaging", "Prospecting"], 2_089)
    ]


async def test_a_second_import_of_each_file_creates_nothing(sales: Desk) -> None:
    first = await bring_all(sales)
    again = await bring_all(sales)
    assert [(r.created_count, r.updated_count, r.refused_count) for r in again.values()] == [(0, 0, 0)] * 4
    assert [r.skipped_count for r in again.values()] == [r.created_count for r in first.values()]


async def test_deals_alone_bring_their_customers_products_and_owners_along(sales: Desk) -> None:
    run = await sales.bring(sample("sales_pipeline.csv"))
    assert run.created_count == 8_800
    assert run.also_created == {
        "imports.missing.customers": 85,
        "imports.missing.products": 7,
        "imports.missing.members": 30,
        "crm.imports.missing_stages": 2,
    }


async def test_undo_of_the_four_files_leaves_no_row(sales: Desk) -> None:
    runs = await bring_all(sales)
    for run in reversed(list(runs.values())):
        undone = await sales.undo(run)
        assert (undone.state, undone.conflicts) == (RunState.UNDONE, 0)
    for model in (Deal, DealLine, Party, Product, Team):
        assert await sales.count(model) == 0
    assert await sales.count(Membership) == 1
    stages = await sales.all(sa.select(Stage))
    assert sorted(stage.name for stage in stages) == sorted(
        ["New", "Qualified", "Proposal", "Negotiation", "Won", "Lost"]
    )


async def test_undo_keeps_the_deals_that_were_worked_on_since(sales: Desk) -> None:
    runs = await bring_all(sales)
    async with sales.session("deals.edit") as session:
        await session.execute(
            sa.update(Deal).where(col(Deal.external_ref).in_(["1C1I7A6R", "HAXMC4IX"])).values(source="fair")
        )
    undone = await sales.undo(runs["sales_pipeline.csv"])
    left = await sales.all(sa.select(Deal).where(col(Deal.archived_at).is_(None)))
    assert sorted(deal.external_ref for deal in left) == ["1C1I7A6R", "HAXMC4IX"]
    assert undone.conflicts >= 2


@pytest.mark.alone
async def test_eight_thousand_eight_hundred_deals_take_less_than_twenty_seconds(sales: Desk) -> None:
    for name in FILES[:3]:
        await sales.bring(sample(name))
    id = await sales.upload(sample("sales_pipeline.csv"))
    await sales.check(id)
    await sales.start(id)
    began = time.perf_counter()
    run = await sales.carry_out(id)
    assert run.created_count == 8_800
    assert time.perf_counter() - began < 20
