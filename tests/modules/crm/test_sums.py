"""Counts and sums of a board are the truth at every moment, whoever looks and whatever happened before."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlmodel import col

from saas.kernel.permissions import Visibility
from saas.modules.crm.models import Deal, DealRollup, LostReason, Outcome, Stage
from saas.modules.crm.service import board, deal_rows, deals, finding, moves, pipelines, sums
from saas.modules.crm.state.deal_list import DEALS
from saas.state.listing import Filter, Query, count_of, page_of
from saas.tenancy.search import matches
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer
from tests.modules.crm.conftest import Shop, new_deal, stage_named
from tests.support.loop import loop_thread

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "create",
                "move",
                "amount",
                "currency",
                "archive",
                "restore",
                "win",
                "lose",
                "reopen",
                "bulk",
                "import",
            ]
        ),
        st.integers(0, 40),
        st.integers(0, 10**12),
    ),
    min_size=1,
    max_size=25,
)


async def reckoned(session: TenantSession) -> dict[int, tuple[int, int, dict[str, int]]]:
    """Deals, sum and other currencies by stage, added up one by one."""
    found = {stage.id: (0, 0, {}) for stage in await pipelines.stages(session)}
    for deal in await session.all(select(Deal).where(col(Deal.archived_at).is_(None))):
        n, total, others = found[deal.stage_id]
        if deal.currency == "KWD":
            total += deal.amount_minor or 0
        elif deal.amount_minor:
            others[deal.currency] = others.get(deal.currency, 0) + deal.amount_minor
        found[deal.stage_id] = (n + 1, total, others)
    return found


async def kept(session: TenantSession) -> dict[int, tuple[int, int, dict[str, int]]]:
    stages = [stage.id for stage in await pipelines.stages(session)]
    by_stage = await sums.by_stage(session, stages)
    return {
        stage: (one.deals, one.sum_minor, {k: v for k, v in one.others.items() if v})
        for stage, one in by_stage.items()
    }


async def do(session: TenantSession, step: str, which: int, amount: int) -> None:
    stages = await pipelines.stages(session)
    stage = stages[which % len(stages)]
    if step == "create":
        await deals.create(session, {"title": "Made", "amount_minor": amount or None})
        return
    if step == "import":
        await session.execute(insert(Deal), [_bulk_row(stage, n, amount) for n in range(which % 7 + 1)])
        return
    found = list(await session.all(select(Deal).order_by(col(Deal.id))))
    if not found:
        return
    deal = found[which % len(found)]
    match step:
        case "move":
            await moves.move(session, deal, stage, found[amount % len(found)], reason=LostReason.PRICE)
        case "amount":
            await deals.update(session, deal, {"amount_minor": amount or None})
        case "currency":
            await deals.update(session, deal, {"currency": ("USD", "KWD", "SAR")[amount % 3]})
        case "archive":
            await deals.archive(session, deal)
        case "restore":
            await deals.restore(session, deal)
        case "win":
            await moves.win(session, deal)
        case "lose":
            await moves.lose(session, deal, LostReason.OTHER)
        case "reopen":
            await moves.reopen(session, deal)
        case "bulk":
            await moves.move_many(session, found[: which % 5 + 1], stage, reason=LostReason.TIMING)


def _bulk_row(stage: Stage, n: int, amount: int) -> dict[str, Any]:
    closed = None if stage.is_open else date(2026, 11, 1)
    return {
        "title": f"Imported {n}",
        "currency": "KWD",
        "amount_minor": amount + n,
        "pipeline_id": stage.pipeline_id,
        "stage_id": stage.id,
        "outcome": Outcome(stage.kind.value),
        "closed_on": closed,
        "lost_reason": LostReason.NOT_SAID if stage.kind.value == "lost" else None,
    }


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_sums_equal_the_truth_after_any_sequence_of_changes(shop: Shop, steps: list[tuple[str, int, int]]):
    async def run() -> None:
        for step, which, amount in steps:
            async with shop.open() as session:
                await do(session, step, which, amount)
        async with shop.open() as session:
            assert await kept(session) == await reckoned(session)

    loop_thread().run(run())


async def test_sums_are_right_after_many_moved_at_once_and_the_kept_rows_stay_few(shop: Shop):
    async with shop.open() as session:
        ids = [(await new_deal(session, f"{n}", amount_minor=n * 1000)).id for n in range(20)]

    async def wander(start: int) -> None:
        for step in range(20):
            async with shop.open() as session:
                stages = await pipelines.stages(session)
                deal = await session.get(Deal, ids[(start * 7 + step) % 20])
                await moves.move(session, deal, stages[(start + step) % 4])

    await asyncio.gather(*(wander(start) for start in range(8)))
    async with shop.open() as session:
        assert await kept(session) == await reckoned(session)
        for stage in await pipelines.stages(session):
            rows = await session.all(select(col(DealRollup.id)).where(col(DealRollup.stage_id) == stage.id))
            assert len(rows) < 100


async def test_a_change_that_is_rolled_back_leaves_the_sums_alone(shop: Shop):
    async with shop.open() as session:
        await new_deal(session, amount_minor=1000)

    async def fail() -> None:
        async with shop.open() as session:
            deal = await new_deal(session, "Second", amount_minor=5000)
            await moves.move(session, deal, await stage_named(session, "Lost"))

    with pytest.raises(moves.NoReason):
        await fail()
    async with shop.open() as session:
        assert (await kept(session))[(await stage_named(session, "New")).id] == (1, 1000, {})


async def test_other_currencies_are_counted_but_never_added_to_the_sum(shop: Shop):
    async with shop.open() as session:
        await new_deal(session, "Dinar", amount_minor=7_450_000)
        await new_deal(session, "Dollar", amount_minor=9_900, currency="USD")
        head = (await board.totals(session, await pipelines.pipeline_or_default(session)))[0]
        assert (head["count"], head["sum_minor"], head["others"]) == (2, 7_450_000, [["USD", 9_900]])
        assert head["weighted_minor"] == 745_000


async def seen(shop: Shop, viewer: Viewer) -> dict[str, Any]:
    """What one member learns of the deals by every way there is."""
    async with shop.open(viewer) as session:
        pipeline = await pipelines.pipeline_or_default(session)
        shown = await board.board(session, pipeline)
        heads = await board.totals(session, pipeline)
        return {
            "cards": sorted(card["title"] for stage in shown["stages"] for card in stage["cards"]),
            "count": sum(stage["count"] for stage in shown["stages"]),
            "sum": sum(head["sum_minor"] for head in heads),
            "search": sorted(hit["title"] for hit in await finding.deals(session, viewer, "deal", 50)),
            "list": sorted(await session.all(select(col(Deal.title)))),
        }


async def test_lists_counts_search_and_sums_agree_on_what_a_member_may_see(shop: Shop):
    mine = await shop.hire("Omar Nasser", Visibility.OWN)
    mates = await shop.hire("Dana Aziz", Visibility.TEAM)
    stranger = await shop.hire("Yusuf Karam", Visibility.OWN)
    mine, mates = await shop.team_up(mine, mates)
    async with shop.open() as session:
        for n, owner in enumerate((mine, mates, stranger, shop.owner)):
            await new_deal(
                session, f"Deal of {owner.member_name}", amount_minor=10**n, owner_id=owner.member_id
            )
        await new_deal(session, "Deal of nobody", amount_minor=10_000, owner_id=None)
    expected = {
        mine: (["Deal of Omar Nasser"], 1),
        mates: (["Deal of Dana Aziz", "Deal of Omar Nasser"], 11),
        stranger: (["Deal of Yusuf Karam"], 100),
    }
    for viewer, (titles, total) in expected.items():
        found = await seen(shop, viewer)
        assert found == {
            "cards": titles,
            "count": len(titles),
            "sum": total,
            "search": titles,
            "list": titles,
        }
    everything = await seen(shop, shop.owner)
    assert (everything["count"], everything["sum"]) == (5, 11_111)


async def test_filters_narrow_cards_counts_and_sums_alike(shop: Shop):
    omar = await shop.hire("Omar Nasser")
    async with shop.open() as session:
        await new_deal(session, "Hotel lobby", amount_minor=5, owner_id=omar.member_id)
        await new_deal(session, "Hotel pool", amount_minor=7)
        await new_deal(session, "Café corner", amount_minor=11, owner_id=omar.member_id)
        pipeline = await pipelines.pipeline_or_default(session)
        narrowed = [col(Deal.owner_id) == omar.member_id, matches(Deal, "hot")]
        shown = (await board.board(session, pipeline, board.Sight(narrowed)))["stages"][0]
        assert [card["title"] for card in shown["cards"]] == ["Hotel lobby"]
        assert (shown["count"], shown["sum_minor"]) == (1, 5)


async def test_more_cards_follow_where_the_first_ones_end(shop: Shop):
    async with shop.open() as session:
        for n in range(7, 0, -1):
            await new_deal(session, f"{n}")
        pipeline = await pipelines.pipeline_or_default(session)
        first = (await board.board(session, pipeline, cards=3))["stages"][0]
        assert first["more"]
        last = first["cards"][-1]
        stage = await stage_named(session, "New")
        rest = await board.more_cards(session, stage, last["id"], cards=3)
        assert [card["title"] for card in (*first["cards"], *rest)] == ["1", "2", "3", "4", "5", "6"]


async def test_a_deal_counts_as_idle_past_the_days_of_its_stage(shop: Shop):
    async with shop.open() as session:
        idle = await new_deal(session, "Idle", stage="Negotiation")
        await new_deal(session, "Fresh", stage="Negotiation")
        idle.last_active_at -= timedelta(days=8)
        await session.flush()
        pipeline = await pipelines.pipeline_or_default(session)
        shown = await board.board(session, pipeline, board.Sight([board.stalled()]))
        cards = [card for stage in shown["stages"] for card in stage["cards"]]
        assert [(card["title"], card["idle"]) for card in cards] == [("Idle", True)]


async def test_every_deal_is_stalled_or_not_and_the_stages_are_joined_for_it(shop: Shop):
    async with shop.open() as session:
        idle = await new_deal(session, "Idle", stage="Negotiation")
        endless = await new_deal(session, "In a stage that waits for ever", stage="Qualified")
        await pipelines.update_stage(session, await stage_named(session, "Qualified"), {"idle_days": None})
        won = await new_deal(session, "Won", stage="Won")
        fresh = await new_deal(session, "Fresh", stage="Negotiation")
        for deal in (idle, endless, won):
            deal.last_active_at -= timedelta(days=900)
        await session.flush()
        sides = {}
        for said in ("true", "false"):
            asked = Query(filters=[Filter(key="idle", op="is", values=[said])])
            sides[said] = set((await page_of(session, DEALS, asked)).ids)
            assert (await count_of(session, DEALS, asked)).total == len(sides[said])
        assert sides == {"true": {idle.id}, "false": {endless.id, won.id, fresh.id}}
        alone = str(select(col(Deal.id)).where(board.Stalled().in_([True])))
        assert "AND (EXISTS" in alone, "only as a condition by itself it becomes a join"
        assert " IN (" not in alone


async def test_the_list_says_of_each_deal_whether_it_is_idle(shop: Shop):
    async with shop.open() as session:
        made = [await new_deal(session, title, stage="Negotiation") for title in ("Idle", "Fresh", "Won")]
        for deal in (made[0], made[2]):
            deal.last_active_at -= timedelta(days=8)
        await session.flush()
        await moves.move(session, made[2], await stage_named(session, "Won"))
        shown = await deal_rows.rows(session, [deal.id for deal in made])
        assert {row["title"]: row["idle"] for row in shown} == {"Idle": True, "Fresh": False, "Won": False}
