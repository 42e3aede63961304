"""The ledger is the truth: what is on hand is its sum, never below zero, whoever writes."""

from __future__ import annotations

import asyncio
import random
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from saas.directory.models import Product
from saas.directory.products import PriceOutOfRange, SkuTaken
from saas.kernel.money import MAX_MINOR
from saas.modules.warehouse.models import Location, Reason, StockLevel, StockMove
from saas.modules.warehouse.permissions import WarehousePermission
from saas.modules.warehouse.service import products, queries, stock
from saas.modules.warehouse.state import PRODUCTS
from saas.state.listing import Filter, Query, page_of
from saas.state.totals import totals_of
from saas.tenancy import changes
from saas.tenancy.session import Database
from tests.support.database import Company
from tests.support.viewers import at_work

TODAY = date(2026, 11, 21)


@pytest.fixture
async def beans(database: Database, company: Company) -> int:
    """A product with nothing on hand: its inside id."""
    async with at_work(database, company) as session:
        return (await products.create(session, {"name": "Beans, 1 kg", "sku": "70-001"})).id


async def _on_hand(database: Database, company: Company, product: int) -> tuple[int, int]:
    """The level, and the sum of the ledger."""
    async with at_work(database, company) as session:
        level = await session.one(sa.select(StockLevel.on_hand).where(StockLevel.product_id == product))
        ledger = sa.select(sa.func.coalesce(sa.func.sum(StockMove.quantity), 0))
        return level or 0, int(await session.one(ledger.where(StockMove.product_id == product)) or 0)


async def test_stock_comes_goes_is_corrected_and_counted(
    database: Database, company: Company, beans: int
) -> None:
    async with at_work(database, company) as session:
        product = await session.get(Product, beans)
        await stock.receive(session, product, 50, "GRN-1")
        await stock.ship(session, product, 12)
        await stock.adjust(session, product, -3, "torn bags")
        assert (await stock.count(session, product, 34)).quantity == -1
        assert (await stock.count(session, product, 34)).quantity == 0
        shown = await queries.ledger(session, product)
        assert [(move["reason"], move["quantity"], move["after"]) for move in shown["moves"]] == [
            ("count", 0, 34),
            ("count", -1, 34),
            ("adjust", -3, 35),
            ("ship", -12, 38),
            ("receive", 50, 50),
        ]
        assert {move["by"] for move in shown["moves"]} == {"Sara"}
    assert await _on_hand(database, company, beans) == (34, 34)


async def test_more_than_there_is_cannot_leave(database: Database, company: Company, beans: int) -> None:
    async with at_work(database, company) as session:
        product = await session.get(Product, beans)
        for wanted in (1, 6):
            with pytest.raises(stock.NotEnough) as refused:
                await stock.ship(session, product, wanted)
            assert refused.value.params["n"] == (0 if wanted == 1 else 5)
            await stock.receive(session, product, 5)
    assert await _on_hand(database, company, beans) == (10, 10)


async def test_thirty_two_shippers_at_once_never_ship_more_than_there_is(
    database: Database, company: Company, beans: int
) -> None:
    async with at_work(database, company) as session:
        await stock.receive(session, await session.get(Product, beans), 40)

    async def shipper() -> int:
        shipped = 0
        for _ in range(3):
            try:
                async with at_work(database, company) as session:
                    await stock.ship(session, await session.get(Product, beans), 1)
                shipped += 1
            except stock.NotEnough:
                pass
        return shipped

    assert sum(await asyncio.gather(*(shipper() for _ in range(32)))) == 40
    assert await _on_hand(database, company, beans) == (0, 0)


async def test_first_deliveries_at_once_all_count(database: Database, company: Company, beans: int) -> None:
    async def deliver() -> None:
        async with at_work(database, company) as session:
            await stock.receive(session, await session.get(Product, beans), 2)

    await asyncio.gather(*(deliver() for _ in range(16)))
    assert await _on_hand(database, company, beans) == (32, 32)
    async with at_work(database, company) as session:
        assert len(await session.all(sa.select(Location))) == 1


async def test_a_count_and_shippers_at_once_agree_with_the_ledger(
    database: Database, company: Company, beans: int
) -> None:
    async with at_work(database, company) as session:
        await stock.receive(session, await session.get(Product, beans), 500)
    chance = random.Random(3)

    async def work() -> None:
        async with at_work(database, company) as session:
            product = await session.get(Product, beans)
            if chance.random() < 0.3:
                await stock.count(session, product, chance.randrange(300, 500))
            else:
                await stock.ship(session, product, chance.randrange(1, 5))

    await asyncio.gather(*(work() for _ in range(40)))
    level, ledger = await _on_hand(database, company, beans)
    assert level == ledger


@pytest.mark.parametrize("quantity", [0, -1, 1_000_000_001])
async def test_a_quantity_that_cannot_be_is_refused(
    database: Database, company: Company, beans: int, quantity: int
) -> None:
    async with at_work(database, company) as session:
        product = await session.get(Product, beans)
        for verb in (stock.receive, stock.ship):
            with pytest.raises(stock.WrongQuantity):
                await verb(session, product, quantity)
        with pytest.raises((stock.WrongQuantity, stock.NothingToAdjust, stock.NotEnough)):
            await stock.adjust(session, product, quantity)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wasl.stock_level SET on_hand = 1000",
        "UPDATE wasl.stock_level SET on_hand = -1",
        "DELETE FROM wasl.stock_level",
        "INSERT INTO wasl.stock_level (product_id, location_id, on_hand)"
        " SELECT p.id, l.id, 5 FROM wasl.product p, wasl.stock_location l WHERE p.name = 'Other'",
        "UPDATE wasl.stock_move SET quantity = 1",
        "UPDATE wasl.stock_move SET reason = 'adjust'",
        "UPDATE wasl.stock_move SET note = 'rewritten'",
        "INSERT INTO wasl.stock_move (product_id, location_id, quantity, reason)"
        " SELECT product_id, location_id, -100, 'ship' FROM wasl.stock_level",
        "INSERT INTO wasl.stock_move (product_id, location_id, quantity, reason)"
        " SELECT product_id, location_id, 5, 'ship' FROM wasl.stock_level",
        "INSERT INTO wasl.stock_move (product_id, location_id, quantity, reason)"
        " SELECT product_id, location_id, 0, 'adjust' FROM wasl.stock_level",
        "INSERT INTO wasl.stock_location (name, is_default) VALUES ('Second', true)",
    ],
)
async def test_the_database_refuses_stock_that_the_ledger_does_not_say(
    database: Database, company: Company, beans: int, statement: str
) -> None:
    async with at_work(database, company) as session:
        await stock.receive(session, await session.get(Product, beans), 7)
        await products.create(session, {"name": "Other"})
    with pytest.raises(IntegrityError):
        async with database.tenant_session(company.tenant_id) as session:
            await session.execute(sa.text(statement))
    assert await _on_hand(database, company, beans) == (7, 7)


async def test_moves_written_by_hand_count_too(database: Database, company: Company, beans: int) -> None:
    async with at_work(database, company) as session:
        await stock.receive(session, await session.get(Product, beans), 7)
    async with database.tenant_session(company.tenant_id) as session:
        await session.execute(
            sa.text(
                "INSERT INTO wasl.stock_move (product_id, location_id, quantity, reason)"
                " SELECT product_id, location_id, q, 'adjust' FROM wasl.stock_level, (VALUES (5), (-4)) v (q)"
            )
        )
    assert await _on_hand(database, company, beans) == (8, 8)
    async with database.tenant_session(company.tenant_id) as session:
        await session.execute(sa.text("DELETE FROM wasl.stock_move WHERE quantity = 5"))
    assert await _on_hand(database, company, beans) == (3, 3)
    with pytest.raises(DBAPIError):
        async with database.tenant_session(company.tenant_id) as session:
            await session.execute(sa.text("DELETE FROM wasl.stock_move WHERE quantity = 7"))


async def test_a_product_is_low_at_its_level_and_out_at_nothing(
    database: Database, company: Company, beans: int
) -> None:
    async with at_work(database, company) as session:
        product = await session.get(Product, beans)
        assert (await queries.rows(session, [beans]))[0]["standing"] == "none"
        await products.update(session, product, {"reorder_at": 5})
        await stock.receive(session, product, 6)
        assert (await queries.rows(session, [beans]))[0]["standing"] == "fine"
        assert (await queries.low_stock(session, session.viewer, TODAY))["value"] == {"number": 0}
        await stock.ship(session, product, 1)
        assert (await queries.rows(session, [beans]))[0]["standing"] == "low"
        told = await queries.low_stock(session, session.viewer, TODAY)
        assert (told["note"]["params"], told["tone"]) == ({"n": 0}, ""), "none out is no alarm"
        await stock.ship(session, product, 5)
        assert (await queries.rows(session, [beans]))[0]["standing"] == "out"
        told = await queries.low_stock(session, session.viewer, TODAY)
        assert (told["value"], told["note"]["params"]) == ({"number": 1}, {"n": 1})
        assert told["tone"] == "bad"
        assert [
            row["title"] for row in (await queries.to_reorder(session, session.viewer, TODAY))["rows"]
        ] == ["Beans, 1 kg"]
        assert await queries.counts(session) == {
            "warehouse.counts.products": 1,
            "warehouse.counts.moves": 3,
        }


async def test_a_sku_belongs_to_one_product(database: Database, company: Company, beans: int) -> None:
    async with at_work(database, company) as session:
        other = await products.create(session, {"name": "Decaf", "sku": "70-004", "reorder_at": 3})
        other_id = other.id
        assert (await queries.find(session, session.viewer, "70-004", 5))[0]["title"] == "Decaf"
    with pytest.raises(SkuTaken):
        async with at_work(database, company) as session:
            await products.update(session, await session.get(Product, other_id), {"sku": "70-001"})


async def test_older_moves_are_read_page_by_page(database: Database, company: Company, beans: int) -> None:
    async with at_work(database, company) as session:
        product = await session.get(Product, beans)
        for n in range(60):
            await stock.receive(session, product, n + 1)
        first = await queries.ledger(session, product)
        last_shown = await session.by_public_id(StockMove, first["earlier"])
        older = await queries.ledger(session, product, before=last_shown.id)
        assert (len(first["moves"]), len(older["moves"])) == (50, 10)
        assert first["moves"][-1]["after"] - first["moves"][-1]["quantity"] == older["moves"][0]["after"]
        assert older["moves"][-1]["after"] == 1
        assert older["earlier"] == ""
        assert last_shown.reason is Reason.RECEIVE


async def test_two_who_count_a_product_for_the_first_time_at_once_find_what_is_there(
    database: Database, company: Company, beans: int
) -> None:
    both = asyncio.Barrier(2)
    async with at_work(database, company) as session:
        await stock.default_location(session)

    async def count() -> None:
        async with at_work(database, company) as session:
            product = await session.get(Product, beans)
            await both.wait()
            await stock.count(session, product, 10)

    await asyncio.gather(count(), count())
    assert await _on_hand(database, company, beans) == (10, 10)


async def test_undo_of_the_first_count_takes_the_stock_back(
    database: Database, company: Company, beans: int
) -> None:
    async with at_work(database, company) as session:
        await stock.count(session, await session.get(Product, beans), 10)
        counted = session.action_id
    async with at_work(database, company) as session:
        assert (await changes.undo(session, counted)).conflicts == []
    assert await _on_hand(database, company, beans) == (0, 0)


async def test_the_palette_says_how_much_is_there_and_by_which_code(
    database: Database, company: Company, beans: int
) -> None:
    async with at_work(database, company) as session:
        await stock.receive(session, await session.get(Product, beans), 14, "GRN-1")
        await products.create(session, {"name": "Beans to come"})
    async with at_work(database, company) as session:
        found = await queries.find(session, session.viewer, "beans", 5)
        assert {row["title"]: (row["subtitle"], row["code"]) for row in found} == {
            "Beans, 1 kg": ({"key": "warehouse.found.stock", "params": {"n": 14}}, "70-001"),
            "Beans to come": ({"key": "warehouse.found.product"}, ""),
        }


async def test_the_list_holds_however_much_of_however_dear_a_product_is_there(
    database: Database, company: Company, beans: int
) -> None:
    async with at_work(database, company, permissions=list(WarehousePermission)) as session:
        product = await session.get(Product, beans)
        await products.update(session, product, {"price": MAX_MINOR})
        await stock.receive(session, product, 1_000_000_000)
    async with at_work(database, company, permissions=list(WarehousePermission)) as session:
        for sort in ("value", "-value", "price", "-on_hand"):
            assert (await page_of(session, PRODUCTS, Query(sort=sort))).ids == [beans]
        over = Query(filters=[Filter(key="value", op="from", values=["1000"])])
        assert (await page_of(session, PRODUCTS, over)).ids == [beans]
        assert len(await PRODUCTS.rows(session, [beans])) == 1
        await totals_of(session, PRODUCTS, Query())


@pytest.mark.parametrize("price", [-1, MAX_MINOR + 1])
async def test_a_price_below_zero_or_beyond_any_amount_is_refused(
    database: Database, company: Company, beans: int, price: int
) -> None:
    with pytest.raises(PriceOutOfRange):
        async with at_work(database, company) as session:
            await products.update(session, await session.get(Product, beans), {"price": price})
    with pytest.raises(PriceOutOfRange):
        async with at_work(database, company) as session:
            await products.create(session, {"name": "Dear", "price": price})
