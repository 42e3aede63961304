"""What the board shows of closed deals, in which order it shows its cards, and how near the goal is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from saas.modules.crm.models import Deal, LostReason, StageKind
from saas.modules.crm.service import activities, board, outlook, pipelines
from saas.modules.crm.service.board import Sight
from saas.modules.crm.service.card_order import SORTS, order_of
from saas.tenancy.session import TenantSession
from tests.modules.crm.conftest import Shop, new_deal, stage_named


async def shown(session: TenantSession, sight: Sight, stage: str, cards: int = 20) -> dict[str, Any]:
    pipeline = await pipelines.pipeline_or_default(session)
    found = await board.board(session, pipeline, sight, cards)
    return next(one for one in found["stages"] if one["name"] == stage)


def this_month(shop: Shop) -> tuple[date, Sight]:
    first = shop.owner.today().replace(day=1)
    return first, Sight(ends_since=first)


async def test_won_and_lost_show_this_month_and_say_how_many_closed_before(shop: Shop) -> None:
    first, sight = this_month(shop)
    async with shop.open() as session:
        await new_deal(session, "Now", stage="Won", amount_minor=5_000, closed_on=first)
        for days in (1, 40, 700):
            await new_deal(session, "Before", stage="Won", amount_minor=9, closed_on=first - timedelta(days))
        await new_deal(session, "Gone", stage="Lost", lost_reason=LostReason.PRICE, closed_on=first)
        won = await shown(session, sight, "Won")
        assert [card["title"] for card in won["cards"]] == ["Now"]
        assert (won["count"], won["sum_minor"], won["earlier"], won["since"]) == (1, 5_000, 3, str(first))
        assert (await shown(session, sight, "Lost"))["count"] == 1
        assert (await shown(session, sight, "New"))["since"] == ""
        assert (await shown(session, Sight(), "Won"))["count"] == 4
        pipeline = await pipelines.pipeline_or_default(session)
        heads = {head["stage"]: head for head in await board.totals(session, pipeline, sight)}
        assert heads[won["id"]]["earlier"] == 3


async def test_a_member_who_sees_own_deals_sees_own_wins_of_the_month(shop: Shop) -> None:
    from saas.kernel.permissions import Visibility

    first, sight = this_month(shop)
    rep = await shop.hire("Omar Nasser", Visibility.OWN)
    async with shop.open() as session:
        await new_deal(session, "Theirs", stage="Won", amount_minor=7, closed_on=first)
        await new_deal(session, "Mine", stage="Won", amount_minor=5, closed_on=first, owner_id=rep.member_id)
    async with shop.open(rep) as session:
        won = await shown(session, sight, "Won")
        assert ([card["title"] for card in won["cards"]], won["sum_minor"]) == (["Mine"], 5)


async def test_a_goal_stands_beside_the_wins_and_on_home_and_none_is_no_goal(shop: Shop) -> None:
    first, sight = this_month(shop)
    async with shop.open() as session:
        pipeline = await pipelines.pipeline_or_default(session)
        assert (await shown(session, sight, "Won"))["goal_minor"] is None
        await pipelines.set_goal(session, pipeline, 10_000)
        await new_deal(session, "Now", stage="Won", amount_minor=3_300, closed_on=first)
        assert (await shown(session, sight, "Won"))["goal_minor"] == 10_000
        assert (await shown(session, sight, "Lost"))["goal_minor"] is None
        line = await outlook.to_month_end(session, shop.owner, shop.owner.today())
        assert line["goal"] == 10_000
    async with shop.open() as session:
        stat = await outlook.month_forecast(session, shop.owner, shop.owner.today())
        assert stat["note"] == {"key": "crm.widget.of_goal", "params": {"n": 33}}
        await pipelines.set_goal(session, await pipelines.pipeline_or_default(session), 0)
        assert (await shown(session, sight, "Won"))["goal_minor"] is None
        for wrong in (-1, 10**16):
            with pytest.raises(pipelines.BadGoal):
                await pipelines.set_goal(session, pipeline, wrong)


@pytest.mark.parametrize("sort", ["", *SORTS])
async def test_cards_come_in_the_order_asked_for_page_by_page_each_once(shop: Shop, sort: str) -> None:
    today = shop.owner.today()
    sight = Sight(order=order_of(sort))
    async with shop.open() as session:
        for n, amount in enumerate((None, 5, 9, 5, None, 7)):
            closes = today + timedelta(days=(n * 7) % 4) if n % 3 else None
            deal = await new_deal(session, f"Deal {n}", amount_minor=amount, expected_close_on=closes)
            if n % 2:
                due = {"kind": "call", "subject": "Call", "due_on": today + timedelta(days=10 - n)}
                await activities.create(session, {**due, "deal_id": deal.id})
        stage = await stage_named(session, "New")
        cards = (await shown(session, sight, "New", cards=2))["cards"]
        while rest := await board.more_cards(session, stage, cards[-1]["id"], sight, 2):
            cards += rest
    assert len({card["id"] for card in cards}) == len(cards) == 6
    values = [value_of(sort, card) for card in cards]
    present = [value for value in values if value is not None]
    assert present == sorted(present, reverse=sort.startswith("-"))
    assert values[: len(present)] == present, "cards without a value stand last"


def value_of(sort: str, card: dict[str, Any]) -> Any:
    if sort == "next":
        return (card["next"] or {}).get("due_at")
    return card[sort.removeprefix("-") or "position"]


async def test_an_order_that_the_board_does_not_offer_is_the_one_by_hand() -> None:
    assert order_of("title").key == order_of("").key == ""


async def test_more_cards_of_the_won_stay_within_the_month(shop: Shop) -> None:
    first, sight = this_month(shop)
    async with shop.open() as session:
        for n in range(5):
            await new_deal(session, f"Deal {n}", stage="Won", closed_on=first - timedelta(days=n % 2))
        won = await shown(session, sight, "Won", cards=1)
        stage = next(s for s in await pipelines.stages(session) if s.kind is StageKind.WON)
        rest = await board.more_cards(session, stage, won["cards"][-1]["id"], sight, 9)
        assert {won["cards"][0]["title"], *(card["title"] for card in rest)} == {"Deal 0", "Deal 2", "Deal 4"}
        gone = await session.get(Deal, (await new_deal(session)).id)
        await session.delete(gone)
        await session.flush()
        assert await board.more_cards(session, stage, str(gone.public_id), sight) == []
