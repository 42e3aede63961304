"""What holds for deals, whoever changes them and in whatever order."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlmodel import col

from saas.directory import products
from saas.directory.models import Party
from saas.kernel.errors import NotFound
from saas.modules.crm.events import DealLost, DealWon
from saas.modules.crm.models import Deal, LostReason, Outcome, Stage
from saas.modules.crm.service import board, customers, deal_page, deals, moves, pipelines
from saas.tenancy import changes
from saas.tenancy.session import Database, TenantSession
from tests.modules.crm.conftest import Shop, new_deal, stage_named
from tests.support.companies import make_company


async def titles_in(session: TenantSession, stage_name: str) -> list[str]:
    """As the board shows them, top first."""
    shown = await board.board(session, await pipelines.pipeline_or_default(session))
    return [
        card["title"] for stage in shown["stages"] if stage["name"] == stage_name for card in stage["cards"]
    ]


async def test_a_new_deal_stands_on_top_of_the_first_stage_and_belongs_to_who_made_it(shop: Shop):
    async with shop.open() as session:
        await new_deal(session, "First")
        deal = await new_deal(session, "Second")
        assert deal.owner_id == shop.owner.member_id
        assert deal.currency == "KWD"
        assert deal.outcome is Outcome.OPEN
        assert await titles_in(session, "New") == ["Second", "First"]


async def test_an_amount_may_be_unknown_at_first(shop: Shop):
    async with shop.open() as session:
        assert (await new_deal(session)).amount_minor is None


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"title": "   "}, deals.NoTitle),
        ({"title": "Big", "amount_minor": 10**15 + 1}, deals.AmountTooLarge),
        ({"title": "Odd", "amount_minor": -1}, deals.NegativeAmount),
    ],
)
async def test_a_deal_that_makes_no_sense_is_refused(shop: Shop, values: dict, error: type[Exception]):
    async with shop.open() as session:
        with pytest.raises(error):
            await deals.create(session, values)


async def test_a_reference_from_another_system_is_used_once_in_a_company(shop: Shop):
    async with shop.open() as session:
        await new_deal(session, external_ref="1C1I7A6R")
        with pytest.raises(deals.ReferenceTaken):
            await new_deal(session, "Again", external_ref="1C1I7A6R")


async def test_a_card_goes_right_below_the_one_it_was_dropped_under(shop: Shop):
    async with shop.open() as session:
        made = {title: await new_deal(session, title, stage="Proposal") for title in "CBA"}
        moving = await new_deal(session, "X")
        stage = await stage_named(session, "Proposal")
        await moves.move(session, moving, stage, made["A"])
        assert await titles_in(session, "Proposal") == ["A", "X", "B", "C"]
        await moves.move(session, moving, stage, made["C"])
        assert await titles_in(session, "Proposal") == ["A", "B", "C", "X"]
        await moves.move(session, moving, stage)
        assert await titles_in(session, "Proposal") == ["X", "A", "B", "C"]


async def test_cards_stay_in_order_however_often_one_is_put_into_the_same_gap(shop: Shop):
    async with shop.open() as session:
        stage = await stage_named(session, "Proposal")
        below = await new_deal(session, "below", stage="Proposal")
        above = await new_deal(session, "above", stage="Proposal")
        others = [await new_deal(session, f"{n:02}", stage="Qualified") for n in range(60)]
        for deal in others:
            await moves.move(session, deal, stage, above)
        query = select(col(Deal.title)).where(col(Deal.stage_id) == stage.id)
        found = list(await session.all(query.order_by(col(Deal.position), col(Deal.id))))
        assert found == ["above", *(deal.title for deal in reversed(others)), "below"]
        assert below.title == found[-1]


async def test_entering_a_stage_starts_its_days_anew_and_moving_within_it_does_not(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session)
        entered = deal.stage_entered_at
        await moves.move(session, deal, await stage_named(session, "New"))
        assert deal.stage_entered_at == entered
        await moves.move(session, deal, await stage_named(session, "Qualified"))
        assert deal.stage_entered_at > entered


async def test_a_stage_refuses_a_deal_that_lacks_what_it_asks_for_and_says_what(shop: Shop):
    async with shop.open() as session:
        stage = await stage_named(session, "Proposal")
        await pipelines.update_stage(
            session, stage, {"required": ["expected_close_on", "amount", "products"]}
        )
        deal = await new_deal(session, expected_close_on=date(2026, 12, 17))
        with pytest.raises(moves.StageNeeds) as refused:
            await moves.move(session, deal, stage)
        assert [field.value for field in refused.value.fields] == ["amount", "products"]
        assert deal.stage_id != stage.id
        machine = await products.create(
            session, {"name": "Grinder", "price_minor": 900_000, "currency": "KWD"}
        )
        await deals.set_lines(session, deal, [deals.Line(machine.id, Decimal(2))])
        await moves.move(session, deal, stage)
        assert deal.stage_id == stage.id


async def test_winning_closes_on_the_day_and_tells_it_once_however_often_it_is_clicked(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session, amount_minor=24_800_000)
        await moves.win(session, deal, date(2026, 11, 19))
        await moves.win(session, deal, date(2026, 11, 20))
        assert (deal.outcome, deal.closed_on) == (Outcome.WON, date(2026, 11, 19))
        assert session.events == [
            DealWon(deal.id, None, 24_800_000, "KWD", deal.public_id, deal.owner_id, deal.title)
        ]
        assert await titles_in(session, "Won") == [deal.title]


async def test_a_deal_is_lost_for_a_reason_and_only_for_one(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session)
        with pytest.raises(moves.NoReason):
            await moves.move(session, deal, await stage_named(session, "Lost"))
        assert deal.outcome is Outcome.OPEN
        await moves.lose(session, deal, LostReason.PRICE, "Two others were cheaper")
        assert (deal.outcome, deal.lost_reason, deal.lost_note) == (
            Outcome.LOST,
            LostReason.PRICE,
            "Two others were cheaper",
        )
        assert session.events == [DealLost(deal.id, None, "price")]


async def test_reopening_forgets_the_date_and_the_reason(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session)
        await moves.lose(session, deal, LostReason.TIMING)
        await moves.reopen(session, deal)
        assert (deal.outcome, deal.closed_on, deal.lost_reason) == (Outcome.OPEN, None, None)
        assert await titles_in(session, "Negotiation") == [deal.title]


async def test_two_who_win_the_same_deal_at_once_win_it_once(shop: Shop):
    async with shop.open() as session:
        deal_id = (await new_deal(session)).id

    async def win() -> int:
        async with shop.open() as session:
            await moves.win(session, await session.get(Deal, deal_id), date(2026, 11, 19))
            return len(session.events)

    assert sorted(await asyncio.gather(win(), win(), win())) == [0, 0, 1]


async def test_many_movers_at_once_end_in_one_order_with_every_card_once(shop: Shop):
    async with shop.open() as session:
        ids = [(await new_deal(session, f"{n:02}")).id for n in range(12)]

    async def shuffle(seed: int) -> None:
        for step in range(6):
            async with shop.open() as session:
                stage = await stage_named(session, ("New", "Qualified", "Proposal")[(seed + step) % 3])
                deal = await session.get(Deal, ids[(seed * 5 + step * 7) % 12])
                after = await session.get(Deal, ids[(seed + step * 3) % 12])
                await moves.move(session, deal, stage, after)

    await asyncio.gather(*(shuffle(seed) for seed in range(6)))
    async with shop.open() as session:
        placed = await session.rows(
            select(col(Deal.id), col(Deal.stage_id), col(Deal.position)).order_by(col(Deal.id))
        )
        assert [row.id for row in placed] == ids
        shown = [
            title for name in ("New", "Qualified", "Proposal") for title in await titles_in(session, name)
        ]
        assert sorted(shown) == [f"{n:02}" for n in range(12)]
        assert len({(row.stage_id, row.position) for row in placed}) == 12


async def test_products_add_up_to_the_amount_until_somebody_agrees_on_another(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session)
        grinder = await products.create(
            session, {"name": "Grinder", "price_minor": 1_400_000, "currency": "KWD"}
        )
        await deals.set_lines(session, deal, [deals.Line(grinder.id, Decimal(4))])
        assert deal.amount_minor == 5_600_000
        await deals.set_lines(session, deal, [deals.Line(grinder.id, Decimal("1.5"), 1_000_001)])
        assert deal.amount_minor == 1_500_002
        await deals.update(session, deal, {"amount_minor": 1_000_000})
        await deals.set_lines(session, deal, [deals.Line(grinder.id, Decimal(9))])
        assert deal.amount_minor == 1_000_000


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0004", "1.0005", "1e-400", "1000000000", "NaN"])
async def test_a_quantity_that_would_be_kept_as_another_is_refused(shop: Shop, quantity: str):
    async with shop.open() as session:
        grinder = await products.create(session, {"name": "Grinder", "price_minor": 1_400_000})
        deal = await new_deal(session)
        with pytest.raises(deals.BadQuantity):
            await deals.set_lines(session, deal, [deals.Line(grinder.id, Decimal(quantity))])


async def test_an_archived_deal_is_out_of_sight_and_comes_back_as_it_was(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session, "Gone")
        await deals.archive(session, deal)
        assert await titles_in(session, "New") == []
        await deals.restore(session, deal)
        assert await titles_in(session, "New") == ["Gone"]


async def test_a_bulk_move_keeps_the_order_among_those_moved(shop: Shop):
    async with shop.open() as session:
        made = [await new_deal(session, title) for title in "CBA"]
        shown = [str(deal.public_id) for deal in made]
        found = {str(deal.public_id): deal for deal in await deals.many(session, shown)}
        await moves.move_many(
            session, [found[id] for id in reversed(shown)], await stage_named(session, "Proposal")
        )
        assert await titles_in(session, "Proposal") == ["A", "B", "C"]


async def test_another_companys_stage_is_not_found(shop: Shop, database: Database):
    rival = await make_company(database, "Rival Supplies", modules=["crm"])
    async with database.tenant_session(rival.tenant_id) as session:
        theirs = (await stage_named(session, "New")).public_id
    async with shop.open() as session:
        with pytest.raises(NotFound):
            await session.by_public_id(Stage, theirs)


async def test_undo_takes_back_a_move_and_a_win_and_the_sums_with_them(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session, amount_minor=5_000)
        deal_id = deal.id
    async with shop.open(action="crm.deal.win") as session:
        await moves.win(session, await session.get(Deal, deal_id), date(2026, 11, 19))
        won = session.action_id
    async with shop.open() as session:
        result = await changes.undo(session, won)
        assert result.conflicts == []
    async with shop.open() as session:
        deal = await session.get(Deal, deal_id)
        assert (deal.outcome, deal.closed_on) == (Outcome.OPEN, None)
        heads = await board.totals(session, await pipelines.pipeline_or_default(session))
        assert [head["sum_minor"] for head in heads] == [5_000, 0, 0, 0, 0, 0]


async def test_undo_of_a_move_does_not_stumble_over_a_note_written_since(shop: Shop):
    async with shop.open() as session:
        deal_id = (await new_deal(session)).id
    async with shop.open(action="crm.deal.move") as session:
        await moves.move(session, await session.get(Deal, deal_id), await stage_named(session, "Proposal"))
        moved = session.action_id
    async with shop.open() as session:
        await deal_page.remark(session, await session.get(Deal, deal_id), "They called back", [])
    async with shop.open() as session:
        assert (await changes.undo(session, moved)).conflicts == []
    async with shop.open() as session:
        assert await titles_in(session, "New") == ["Lobby bar refit"]


async def test_undo_of_a_merge_gives_both_customers_their_own_again(shop: Shop):
    async with shop.open() as session:
        stays = await customers.create(session, {"name": "Palm Court Suites"})
        goes = await customers.create(session, {"name": "Palm Court"})
        deal_id = (await new_deal(session, party_id=goes.id)).id
        ids = goes.id, stays.id
    async with shop.open(action="crm.customer.merge") as session:
        await customers.merge(session, await session.get(Party, ids[0]), await session.get(Party, ids[1]))
        merged = session.action_id
    async with shop.open() as session:
        assert (await changes.undo(session, merged)).conflicts == []
    async with shop.open() as session:
        assert (await session.get(Deal, deal_id)).party_id == ids[0]
        assert (await session.get(Party, ids[0])).archived_at is None


async def test_the_page_of_a_deal_says_how_long_it_stood_where(shop: Shop):
    async with shop.open() as session:
        deal = await new_deal(session, expected_close_on=date(2026, 12, 17))
        await new_deal(session, "Above it")
        await moves.move(session, deal, await stage_named(session, "Proposal"))
        shown = await deal_page.beside(session, deal)
        assert [(step["name"], step["days"], step["now"]) for step in shown["path"]] == [
            ("New", 0, False),
            ("Qualified", None, False),
            ("Proposal", 0, True),
            ("Negotiation", None, False),
            ("Won", None, False),
        ]
        assert shown["place"] == {"n": 1, "total": 1}
