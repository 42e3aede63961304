"""Pipelines and stages: what a company may change and what it must keep."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from saas.modules.crm import demo
from saas.modules.crm.models import Deal, Outcome, Pipeline, Stage, StageKind
from saas.modules.crm.service import board, deals, moves, outlook, pipelines
from saas.modules.crm.service.positions import StageGone
from tests.modules.crm.conftest import Shop, new_deal, stage_named


async def test_a_company_starts_with_one_pipeline_and_provisioning_again_adds_none(shop: Shop):
    async with shop.open() as session:
        await pipelines.provision(session)
        assert len(await pipelines.pipelines(session)) == 1
        found = [(stage.name, stage.name_ar, stage.probability) for stage in await pipelines.stages(session)]
        assert found == [
            ("New", "جديدة", 10),
            ("Qualified", "مؤهلة", 30),
            ("Proposal", "عرض سعر", 50),
            ("Negotiation", "تفاوض", 75),
            ("Won", "رابحة", 100),
            ("Lost", "خاسرة", 0),
        ]


async def test_two_who_open_an_unfinished_company_at_once_make_one_pipeline(shop: Shop):
    async with shop.open() as session:
        await session.execute(sa.delete(Stage))
        await session.execute(sa.delete(Pipeline))
    everybody = asyncio.Barrier(6)

    async def open_it() -> None:
        async with shop.open() as session:
            assert await pipelines.pipelines(session) == []
            await everybody.wait()
            await pipelines.provision(session)

    await asyncio.gather(*(open_it() for _ in range(6)))
    async with shop.open() as session:
        assert len(await pipelines.pipelines(session)) == 1


async def test_a_new_stage_stands_before_the_ends_and_moves_up_and_down(shop: Shop):
    async with shop.open() as session:
        pipeline = await pipelines.pipeline_or_default(session)
        stage = await pipelines.add_stage(session, pipeline, {"name": "Contract", "probability": 90})
        names = [one.name for one in await pipelines.stages(session, pipeline.id)]
        assert names == ["New", "Qualified", "Proposal", "Negotiation", "Contract", "Won", "Lost"]
        await pipelines.place_stage(session, stage, -1)
        names = [one.name for one in await pipelines.stages(session, pipeline.id)]
        assert names[3:5] == ["Contract", "Negotiation"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"probability": 101}, pipelines.BadProbability),
        ({"idle_days": 0}, pipelines.BadIdleDays),
        ({"name": " "}, pipelines.NoName),
        ({"required": ["shoe_size"]}, pipelines.BadChoice),
    ],
)
async def test_a_stage_that_makes_no_sense_is_refused(shop: Shop, change: dict, error: type[Exception]):
    async with shop.open() as session:
        with pytest.raises(error):
            await pipelines.update_stage(session, await stage_named(session, "New"), change)


async def test_a_stage_with_deals_stays_and_so_do_the_ends_and_the_last_open_one(shop: Shop):
    async with shop.open() as session:
        await new_deal(session)
        with pytest.raises(pipelines.StageInUse):
            await pipelines.remove_stage(session, await stage_named(session, "New"))
        with pytest.raises(pipelines.EndStageNeeded):
            await pipelines.remove_stage(session, await stage_named(session, "Won"))
        for name in ("Qualified", "Proposal", "Negotiation"):
            await pipelines.remove_stage(session, await stage_named(session, name))
        with pytest.raises(pipelines.LastOpenStage):
            await pipelines.remove_stage(session, await stage_named(session, "New"))


async def test_the_last_pipeline_stays_and_one_with_deals_too(shop: Shop):
    async with shop.open() as session:
        first = await pipelines.pipeline_or_default(session)
        with pytest.raises(pipelines.LastPipeline):
            await pipelines.remove_pipeline(session, first)
        second = await pipelines.add_pipeline(session, "Partners")
        await new_deal(session)
        with pytest.raises(pipelines.PipelineInUse):
            await pipelines.remove_pipeline(session, first)
        await pipelines.remove_pipeline(session, second)
        assert [one.id for one in await pipelines.pipelines(session)] == [first.id]


async def test_nothing_is_put_into_a_stage_that_is_no_longer_there(shop: Shop):
    async with shop.open() as session:
        gone = await stage_named(session, "Qualified")
        deal = await new_deal(session)
        await pipelines.remove_stage(session, gone)
        for attempt in (
            lambda: moves.move(session, deal, gone),
            lambda: moves.move_many(session, [deal], gone),
            lambda: deals.update(session, deal, {"stage_id": gone.id}),
            lambda: deals.create(session, {"title": "Late", "stage_id": gone.id}),
            lambda: pipelines.remove_stage(session, gone),
        ):
            with pytest.raises(StageGone):
                await attempt()
        assert deal.stage_id == (await stage_named(session, "New")).id


@pytest.mark.parametrize("how", ["dragged into", "made in"])
async def test_a_stage_that_is_removed_while_a_deal_is_put_into_it_stays_or_the_deal_goes_elsewhere(
    shop: Shop, how: str
):
    async with shop.open() as session:
        deal_id = (await new_deal(session)).id
        stage_id = (await stage_named(session, "Qualified")).id

    async def put() -> None:
        async with shop.open() as session:
            stage = await session.get(Stage, stage_id)
            if how == "made in":
                await deals.create(session, {"title": "Made", "stage_id": stage_id})
            else:
                await moves.move(session, await session.get(Deal, deal_id), stage)
            written.set()
            # The other has looked by now whether the stage is empty, if it does not wait for us.
            await asyncio.wait([removing], timeout=1)

    async def remove() -> None:
        await written.wait()
        async with shop.open() as session:
            await pipelines.remove_stage(session, await session.get(Stage, stage_id))

    written = asyncio.Event()
    removing = asyncio.ensure_future(remove())
    await put()
    with pytest.raises(pipelines.StageInUse):
        await removing
    async with shop.open() as session:
        hidden = (
            sa.select(sa.func.count())
            .select_from(Deal)
            .join(Stage, (Stage.tenant_id == Deal.tenant_id) & (Stage.id == Deal.stage_id))
        )
        assert await session.one(hidden.where(Stage.archived_at.is_not(None))) == 0


async def test_a_deal_that_comes_back_from_the_archive_stands_on_the_board_whatever_was_removed(shop: Shop):
    async with shop.open() as session:
        first = await pipelines.pipeline_or_default(session)
        partners = await pipelines.add_pipeline(session, "Partners")
        qualified = await stage_named(session, "Qualified")
        won = await pipelines.end_stage(session, partners.id, StageKind.WON)
        of_stage = await new_deal(session, "Of a stage", stage_id=qualified.id)
        of_pipeline = await new_deal(session, "Of a pipeline", stage_id=won.id)
        closed_on = of_pipeline.closed_on
        for deal in (of_stage, of_pipeline):
            await deals.archive(session, deal)
        await pipelines.remove_stage(session, qualified)
        await pipelines.remove_pipeline(session, partners)
        for deal in (of_stage, of_pipeline):
            await deals.restore(session, deal)
        shown = await board.board(session, first)
        on_board = {card["title"]: stage["name"] for stage in shown["stages"] for card in stage["cards"]}
        assert on_board == {"Of a stage": "New", "Of a pipeline": "Won"}
        assert (of_pipeline.outcome, of_pipeline.closed_on) == (Outcome.WON, closed_on)


async def test_sample_data_is_the_same_each_time_and_in_the_companys_money(shop: Shop):
    async with shop.open() as session:
        await demo.sample(session)
        shown = await board.board(session, await pipelines.pipeline_or_default(session))
        assert [stage["count"] for stage in shown["stages"]] == [14, 9, 8, 3, 9, 4]
        cards = [card for stage in shown["stages"] for card in stage["cards"]]
        assert {card["currency"] for card in cards} == {"KWD"}
        assert any(card["next"] for card in cards)
        assert all(card["party"] for card in cards)


async def test_home_says_what_the_pipeline_is_worth_and_where_the_month_will_end(shop: Shop):
    async with shop.open() as session:
        viewer, today = session.viewer, session.viewer.today()
        await new_deal(session, "Won", amount_minor=10_000, stage="Won")
        await new_deal(session, "Likely", amount_minor=20_000, stage="Proposal", expected_close_on=today)
        await new_deal(session, "Dollars", amount_minor=99, currency="USD", expected_close_on=today)
        stat = await outlook.open_pipeline(session, viewer, today)
        assert stat["value"] == {"minor": 20_000, "currency": "KWD"}
        assert stat["note"]["params"] == {"n": 2}
        found = await outlook.forecast(session, today)
        assert (found.won_minor, found.likely_minor) == (10_000, 20_000)
        assert (found.low_minor, found.high_minor) == (10_000, 30_000)
        line = await outlook.to_month_end(session, viewer, today)
        assert line["points"][-1]["forecast"] in (20_000, 10_000)
        bars = await outlook.by_stage(session, viewer, today)
        assert [row["whole"] for row in bars["rows"]] == [0, 0, 20_000, 0]


async def test_what_was_won_in_another_month_is_not_this_months(shop: Shop):
    async with shop.open() as session:
        today = session.viewer.today()
        before = today.replace(day=1).toordinal() - 1
        deal = await new_deal(
            session, "Won", amount_minor=10_000, stage="Won", closed_on=type(today).fromordinal(before)
        )
        assert deal.outcome is Outcome.WON
        assert (await outlook.forecast(session, today)).won_minor == 0
