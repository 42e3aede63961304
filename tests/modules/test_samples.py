"""Sample data: enough to try a module with, the same each time, and gone without a trace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
import sqlalchemy as sa

from saas.directory.models import Party, Product
from saas.modules.crm import demo as crm
from saas.modules.crm.service import pipelines as crm_pipelines
from saas.modules.payments import demo as payments
from saas.modules.payments.models import Invoice, InvoiceState
from saas.modules.payments.service import invoices
from saas.modules.scheduling import demo as scheduling
from saas.modules.scheduling.models import Appointment
from saas.modules.warehouse import demo as warehouse
from saas.modules.warehouse.models import StockLevel, StockMove
from saas.modules.warehouse.service import products, stock
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.undo import undo
from tests.support.database import Company, new_company
from tests.support.viewers import at_work

TABLES = (
    *("invoice", "invoice_line", "invoice_series", "appointment", "bookable_person", "bookable_service"),
    *("stock_move", "stock_level", "stock_location", "product", "party"),
)
Sample = Callable[[TenantSession], Awaitable[None]]
SAMPLES = [payments.sample, scheduling.sample, warehouse.sample]


async def _filled(session: TenantSession) -> dict[str, int]:
    counted = {table: await session.one(sa.text(f"SELECT count(*) FROM wasl.{table}")) for table in TABLES}
    return {table: n for table, n in counted.items() if n}


@pytest.mark.parametrize("sample", SAMPLES, ids=["payments", "scheduling", "warehouse"])
async def test_a_sample_is_taken_out_again_without_a_trace(
    database: Database, company: Company, sample: Sample
) -> None:
    async with at_work(database, company) as session:
        await sample(session)
        action = session.action_id
    async with at_work(database, company) as session:
        assert sum((await _filled(session)).values()) > 15
        result = await undo(session, action)
        assert result.conflicts == []
    async with at_work(database, company) as session:
        assert await _filled(session) == {}


@pytest.mark.parametrize("sample", SAMPLES, ids=["payments", "scheduling", "warehouse"])
async def test_a_sample_is_the_same_each_time(database: Database, sample: Sample) -> None:
    seen = []
    for _ in range(2):
        company = await new_company(database, "Twin")
        async with at_work(database, company) as session:
            await sample(session)
            await session.flush()
            seen.append(
                (
                    await _filled(session),
                    sorted(await session.all(sa.select(Invoice.total_minor))),
                    sorted(await session.all(sa.select(Appointment.starts_at))),
                    sorted(await session.all(sa.select(StockMove.quantity))),
                )
            )
    assert seen[0] == seen[1]


async def test_sample_invoices_take_no_number_of_the_books(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        await payments.sample(session)
        states = set(await session.all(sa.select(Invoice.state)))
        assert states == set(InvoiceState)
        real = (await session.all(sa.select(Invoice).where(Invoice.state == InvoiceState.DRAFT)))[0]
        copy = await invoices.draft(session, party_id=real.party_id)
        lines = await invoices.lines_of(session, real)
        await invoices.write_lines(
            session,
            copy,
            [
                invoices.LineInput(line.description, line.quantity, line.unit_price_minor, line.tax_rate)
                for line in lines
            ],
        )
        assert (await invoices.issue(session, copy, date(2026, 11, 21))).label == "INV-0001"


async def test_undo_of_a_delivery_takes_it_back_unless_it_was_shipped_on(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        beans = (await products.create(session, {"name": "Beans"})).id
    async with at_work(database, company) as session:
        await stock.receive(session, await session.get(Product, beans), 5)
        first = session.action_id
    async with at_work(database, company) as session:
        await stock.ship(session, await session.get(Product, beans), 3)
        second = session.action_id
    async with at_work(database, company) as session:
        assert [c.reason for c in (await undo(session, first)).conflicts if c.table == "stock_move"] == [
            "refused"
        ]
    async with at_work(database, company) as session:
        assert (await undo(session, second)).conflicts == []
        await undo(session, first)
        assert await session.all(sa.select(StockMove)) == []
        assert await session.all(sa.select(StockLevel.on_hand)) in ([], [0])


async def test_undo_of_an_issued_invoice_is_refused(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        party = Party(name="Palm Court")
        session.add(party)
        await session.flush()
        line = invoices.LineInput("Beans", unit_price_minor=500)
        draft = (await invoices.draft(session, party_id=party.id, lines=[line])).id
    async with at_work(database, company) as session:
        await invoices.issue(session, await session.get(Invoice, draft), date(2026, 11, 21))
        action = session.action_id
    async with at_work(database, company) as session:
        assert [c.reason for c in (await undo(session, action)).conflicts] == ["refused"]
    async with at_work(database, company) as session:
        assert (await session.get(Invoice, draft)).label == "INV-0001"


async def test_a_sample_takes_a_product_that_is_here_already_by_its_code(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        await crm_pipelines.provision(session)
        session.add(Product(name="Ours", sku="10-100", currency="KWD"))
    async with at_work(database, company) as session:
        await crm.sample(session)
    async with at_work(database, company) as session:
        ours = await session.all(sa.select(Product).where(Product.sku == "10-100"))
        assert [product.name for product in ours] == ["Ours"]


@pytest.mark.parametrize("sample", [*SAMPLES, crm.sample], ids=["payments", "scheduling", "warehouse", "crm"])
async def test_a_sample_goes_in_beside_data_of_the_same_names(
    database: Database, company: Company, sample: Sample
) -> None:
    async with at_work(database, company) as session:
        await crm_pipelines.provision(session)
        await sample(session)
    async with at_work(database, company) as session:
        await sample(session)
