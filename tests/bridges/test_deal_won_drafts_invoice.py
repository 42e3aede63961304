"""A deal that is won drafts one invoice, however it comes to be won."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from saas.bridges.deal_won_drafts_invoice import lines_of
from saas.directory import parties, products
from saas.kernel.catalog import bridge_files
from saas.kernel.permissions import RoleKey, Visibility
from saas.modules.crm.events import DealWon, SoldLine
from saas.modules.crm.models import Deal
from saas.modules.crm.service import deals, moves
from saas.modules.payments.models import Invoice, InvoiceLine, InvoiceState
from saas.modules.payments.service import invoices
from saas.tenancy.module_switches import switch
from saas.tenancy.owned import uuid7
from saas.tenancy.recognition import recognise
from saas.tenancy.scope import viewer_session
from saas.tenancy.session import Database, TenantSession
from saas.tenancy.undo import undo
from saas.tenancy.viewer import Viewer
from tests.support.companies import MadeCompany, Person, add_member, make_company

ON = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def bridged() -> None:
    bridge_files()


@pytest.fixture
async def seller(database: Database) -> MadeCompany:
    return await make_company(database, modules=("crm", "payments"))


@asynccontextmanager
async def at_work(database: Database, who: MadeCompany | Person) -> AsyncIterator[TenantSession]:
    async with viewer_session(database, await _viewer(who), "test") as session:
        yield session


async def _viewer(who: MadeCompany | Person) -> Viewer:
    viewer = await recognise(who.session_cookie if isinstance(who, MadeCompany) else who.token)
    assert viewer is not None
    return viewer


async def _deal(database: Database, who: MadeCompany | Person, **values: object) -> int:
    async with at_work(database, who) as session:
        party = await parties.create(session, {"name": "Palm Court"})
        facts = {"title": "Breakfast line", "party_id": party.id, "amount_minor": 4_600_000, **values}
        return (await deals.create(session, facts)).id


async def _win(database: Database, who: MadeCompany | Person, deal: int) -> None:
    async with at_work(database, who) as session:
        await moves.win(session, await session.get(Deal, deal), ON)


async def _invoices(database: Database, who: MadeCompany | Person) -> list[Invoice]:
    async with at_work(database, who) as session:
        return list(await session.all(sa.select(Invoice).where(Invoice.archived_at.is_(None))))


async def test_a_won_deal_drafts_an_invoice_over_its_amount(database: Database, seller: MadeCompany) -> None:
    deal = await _deal(database, seller)
    await _win(database, seller, deal)
    [invoice] = await _invoices(database, seller)
    async with at_work(database, seller) as session:
        won = await session.get(Deal, deal)
        assert (invoice.party_id, invoice.source_deal, invoice.source_title) == (
            won.party_id,
            won.public_id,
            "Breakfast line",
        )
        assert (invoice.state, invoice.total_minor, invoice.currency, invoice.owner_id) == (
            InvoiceState.DRAFT,
            4_600_000,
            "KWD",
            won.owner_id,
        )


async def test_its_lines_are_what_the_deal_sells(database: Database, seller: MadeCompany) -> None:
    async with at_work(database, seller) as session:
        grinder = await products.create(
            session, {"name": "Grinder", "price_minor": 1_400_000, "tax_rate": Decimal("0.05")}
        )
        beans = await products.create(session, {"name": "Beans", "price_minor": 6_250})
    lines = [deals.Line(grinder.id, Decimal(2), 1_400_000), deals.Line(beans.id, Decimal("60.5"), 6_250)]
    await _win(database, seller, await _deal(database, seller, lines=lines))
    [invoice] = await _invoices(database, seller)
    assert (invoice.net_minor, invoice.tax_minor) == (3_178_125, 140_000)
    async with at_work(database, seller) as session:
        written = await session.rows(
            sa.select(InvoiceLine.description, InvoiceLine.product_id, InvoiceLine.quantity).order_by(
                InvoiceLine.position
            )
        )
    assert [tuple(line) for line in written] == [
        ("Grinder", grinder.id, Decimal(2)),
        ("Beans", beans.id, Decimal("60.5")),
    ]


async def test_clicking_won_again_and_again_drafts_one(database: Database, seller: MadeCompany) -> None:
    deal = await _deal(database, seller)
    for _ in range(3):
        await _win(database, seller, deal)
    assert len(await _invoices(database, seller)) == 1


async def test_won_reopened_and_won_drafts_one(database: Database, seller: MadeCompany) -> None:
    deal = await _deal(database, seller)
    for _ in range(3):
        await _win(database, seller, deal)
        async with at_work(database, seller) as session:
            await moves.reopen(session, await session.get(Deal, deal))
    await _win(database, seller, deal)
    assert len(await _invoices(database, seller)) == 1


async def test_sixteen_who_win_it_at_once_draft_one(database: Database, seller: MadeCompany) -> None:
    deal = await _deal(database, seller)
    async with at_work(database, seller) as session:
        won = await session.get(Deal, deal)
        told = DealWon(won.id, won.party_id, 500, "KWD", won.public_id, won.owner_id, won.title)

    async def tell() -> None:
        async with at_work(database, seller) as session:
            session.emit(told)

    await asyncio.gather(*(tell() for _ in range(16)), *(_win(database, seller, deal) for _ in range(4)))
    assert len(await _invoices(database, seller)) == 1


async def test_a_second_invoice_of_a_deal_is_refused_by_the_database(
    database: Database, seller: MadeCompany
) -> None:
    await _win(database, seller, await _deal(database, seller))
    with pytest.raises(IntegrityError):
        async with database.tenant_session(seller.tenant_id) as session:
            await session.execute(
                sa.text(
                    "INSERT INTO wasl.invoice (currency, source_deal)"
                    " SELECT currency, source_deal FROM wasl.invoice"
                )
            )


async def test_a_draft_that_was_put_away_comes_back_instead_of_a_second(
    database: Database, seller: MadeCompany
) -> None:
    deal = await _deal(database, seller)
    await _win(database, seller, deal)
    [invoice] = await _invoices(database, seller)
    async with at_work(database, seller) as session:
        await invoices.archive(session, await session.get(Invoice, invoice.id))
        await moves.reopen(session, await session.get(Deal, deal))
    assert await _invoices(database, seller) == []
    await _win(database, seller, deal)
    assert [again.id for again in await _invoices(database, seller)] == [invoice.id]


async def test_undo_of_the_win_takes_the_draft_with_it(database: Database, seller: MadeCompany) -> None:
    deal = await _deal(database, seller)
    async with at_work(database, seller) as session:
        await moves.win(session, await session.get(Deal, deal), ON)
        action = session.action_id
    assert len(await _invoices(database, seller)) == 1
    async with at_work(database, seller) as session:
        assert (await undo(session, action)).conflicts == []
    assert await _invoices(database, seller) == []
    await _win(database, seller, deal)
    assert len(await _invoices(database, seller)) == 1


async def test_with_payments_off_nothing_is_drafted_and_nothing_fails(database: Database) -> None:
    seller = await make_company(database, modules=("crm",))
    deal = await _deal(database, seller)
    await _win(database, seller, deal)
    assert await _invoices(database, seller) == []


async def test_payments_switched_off_and_on_again_bridges_again(
    database: Database, seller: MadeCompany
) -> None:
    before, during = await _deal(database, seller), await _deal(database, seller)
    await _win(database, seller, before)
    async with at_work(database, seller) as session:
        await switch(session, "payments", False, by=session.viewer)
    await _win(database, seller, during)
    async with at_work(database, seller) as session:
        await switch(session, "payments", True, by=session.viewer)
    assert len(await _invoices(database, seller)) == 1
    await _win(database, seller, await _deal(database, seller))
    assert len(await _invoices(database, seller)) == 2


async def test_a_rep_who_wins_their_own_deal_owns_its_draft(database: Database, seller: MadeCompany) -> None:
    rep = await add_member(database, seller, role=RoleKey.REP, visibility=Visibility.OWN.value)
    await _win(database, rep, await _deal(database, rep))
    await _win(database, seller, await _deal(database, seller))
    assert [invoice.owner_id for invoice in await _invoices(database, rep)] == [rep.member_id]
    assert len(await _invoices(database, seller)) == 2


async def test_a_win_that_is_rolled_back_drafts_nothing(database: Database, seller: MadeCompany) -> None:
    deal = await _deal(database, seller)

    class ChangedMind(Exception):
        pass

    async def win_and_give_up() -> None:
        async with at_work(database, seller) as session:
            await moves.win(session, await session.get(Deal, deal), ON)
            await session.cross_bridges()
            raise ChangedMind

    with pytest.raises(ChangedMind):
        await win_and_give_up()
    assert await _invoices(database, seller) == []


@pytest.mark.parametrize(
    ("amount", "lines", "expected"),
    [
        (None, (), [0]),
        (700, (), [700]),
        (700, (SoldLine(1, "Beans", Decimal(2), 100, None),), [200]),
        (700, (SoldLine(1, "Too many", Decimal("999999999"), 4 * 10**18, None),), [700]),
        (700, (SoldLine(1, "Finer than an invoice", Decimal("0.0001"), 100, None),), [700]),
    ],
)
def test_a_deal_is_won_whatever_its_lines_look_like(
    amount: int | None, lines: tuple[SoldLine, ...], expected: list[int]
) -> None:
    event = DealWon(1, None, amount, "KWD", uuid7(), None, "Breakfast line", lines)
    assert [line.totals.net_minor for line in lines_of(event)] == expected
