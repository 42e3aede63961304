"""The life of an invoice, and what the database refuses whoever writes."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from saas.directory.models import Party
from saas.kernel.errors import NotFound
from saas.kernel.permissions import Visibility
from saas.modules.payments.models import Invoice, InvoiceState, is_overdue
from saas.modules.payments.service import invoices, queries
from saas.modules.payments.service.lines import LineInput
from saas.modules.payments.state import INVOICES
from saas.state.listing import Query, page_of
from saas.tenancy.models import Membership, Role
from saas.tenancy.session import Database, TenantSession
from tests.support.database import Company
from tests.support.viewers import at_work

TODAY = date(2026, 11, 21)
LINES = [
    LineInput("Espresso machine", Decimal(2), 2_450_000, Decimal("0.05")),
    LineInput("Beans, 1 kg", Decimal("1.5"), 333),
]


async def _drafted(session: TenantSession, name: str = "Palm Court") -> Invoice:
    party = Party(name=name)
    session.add(party)
    await session.flush()
    return await invoices.draft(session, party_id=party.id, lines=LINES)


async def _issued(database: Database, company: Company) -> int:
    async with at_work(database, company) as session:
        return (await invoices.issue(session, await _drafted(session), TODAY)).id


async def test_a_draft_has_totals_and_no_number(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        invoice = await _drafted(session)
        assert (invoice.net_minor, invoice.tax_minor, invoice.total_minor) == (4_900_500, 245_000, 5_145_500)
        assert invoice.number is None
        assert invoice.label == ""


async def test_writing_lines_keeps_those_it_knows_and_drops_the_rest(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        invoice = await _drafted(session)
        first, second = await invoices.lines_of(session, invoice)
        kept = LineInput("Machine, renamed", Decimal(1), 100, id=first.public_id)
        await invoices.write_lines(session, invoice, [LineInput("New", Decimal(1), 5), kept])
        now = await invoices.lines_of(session, invoice)
        assert [line.description for line in now] == ["New", "Machine, renamed"]
        assert now[1].id == first.id
        assert second.id not in {line.id for line in now}
        assert invoice.total_minor == 105
        await invoices.write_lines(session, invoice, [])
        assert invoice.total_minor == 0


async def test_issuing_gives_number_date_and_thirty_days(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        invoice = await invoices.issue(session, await _drafted(session), TODAY)
        assert (invoice.label, invoice.issued_on, invoice.due_on) == ("INV-0001", TODAY, date(2026, 12, 21))
        assert not is_overdue(invoice.state, invoice.due_on, date(2026, 12, 21))
        assert is_overdue(invoice.state, invoice.due_on, date(2026, 12, 22))


async def test_an_invoice_without_customer_or_amount_is_not_issued(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        nobody = await invoices.draft(session, lines=LINES)
        with pytest.raises(invoices.NothingToIssue) as refused:
            await invoices.issue(session, nobody, TODAY)
        assert refused.value.field == "party"
        empty = await _drafted(session)
        await invoices.write_lines(session, empty, [])
        with pytest.raises(invoices.NothingToIssue):
            await invoices.issue(session, empty, TODAY)


async def test_a_customer_with_terms_of_its_own_is_due_by_them(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        party = Party(name="Oryx", payment_terms_days=14)
        session.add(party)
        await session.flush()
        invoice = await invoices.draft(session, party_id=party.id, lines=LINES)
        assert (await invoices.issue(session, invoice, TODAY)).due_on == date(2026, 12, 5)


async def test_a_due_date_before_the_issue_is_refused(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        invoice = await _drafted(session)
        await invoices.update_draft(session, invoice, {"due_on": date(2026, 11, 20)})
        with pytest.raises(invoices.DueBeforeIssue):
            await invoices.issue(session, invoice, TODAY)


async def test_an_issued_invoice_can_be_voided_and_nothing_else(database: Database, company: Company) -> None:
    number = await _issued(database, company)
    async with at_work(database, company) as session:
        invoice = await session.get(Invoice, number)
        for forbidden in (
            invoices.issue(session, invoice, TODAY),
            invoices.update_draft(session, invoice, {"note": "x"}),
            invoices.write_lines(session, invoice, []),
            invoices.archive(session, invoice),
        ):
            with pytest.raises(invoices.InvoiceFixed):
                await forbidden
        with pytest.raises(invoices.ReasonNeeded):
            await invoices.void(session, invoice, TODAY, "  ")
        await invoices.void(session, invoice, TODAY, "Sent twice")
        with pytest.raises(invoices.NotIssued):
            await invoices.void(session, invoice, TODAY, "again")
        shown = (await queries.rows(session, [invoice.id]))[0]
        assert (shown["standing"], shown["label"]) == ("void", "INV-0001")


async def test_forty_issuers_at_once_leave_no_gap_and_no_double_number(
    database: Database, company: Company
) -> None:
    async def one(n: int) -> None:
        async with at_work(database, company) as session:
            await invoices.issue(session, await _drafted(session), TODAY)
            if n % 4 == 0:
                raise _ChangedMind

    done = await asyncio.gather(*(one(n) for n in range(40)), return_exceptions=True)
    assert {type(result) for result in done} == {type(None), _ChangedMind}
    async with at_work(database, company) as session:
        numbers = sorted(await session.all(sa.select(Invoice.number)))
    assert numbers == list(range(1, 31))


async def test_each_company_counts_for_itself(database: Database, company: Company, rival: Company) -> None:
    await _issued(database, company)
    await _issued(database, company)
    async with at_work(database, rival) as session:
        assert (await invoices.issue(session, await _drafted(session), TODAY)).number == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wasl.invoice SET note = 'changed' WHERE id = :id",
        "UPDATE wasl.invoice SET total_minor = 1, net_minor = 1, tax_minor = 0 WHERE id = :id",
        "UPDATE wasl.invoice SET number = 99 WHERE id = :id",
        "UPDATE wasl.invoice SET state = 'draft', number = NULL WHERE id = :id",
        "UPDATE wasl.invoice SET party_id = NULL WHERE id = :id",
        "UPDATE wasl.invoice SET archived_at = now() WHERE id = :id",
        "UPDATE wasl.invoice SET state = 'void' WHERE id = :id",
        "DELETE FROM wasl.invoice WHERE id = :id",
        "UPDATE wasl.invoice_line SET quantity = 9 WHERE invoice_id = :id",
        "UPDATE wasl.invoice_line SET description = 'other' WHERE invoice_id = :id",
        "DELETE FROM wasl.invoice_line WHERE invoice_id = :id",
        "INSERT INTO wasl.invoice_line (invoice_id, description) VALUES (:id, 'free of charge')",
        "UPDATE wasl.invoice_series SET next_number = 1 WHERE :id > 0",
        "UPDATE wasl.invoice_series SET next_number = next_number + 1 WHERE :id > 0",
        "UPDATE wasl.invoice_series SET next_number = next_number + 2 WHERE :id > 0",
        "DELETE FROM wasl.invoice_series WHERE :id > 0",
        "INSERT INTO wasl.invoice (currency, state, number) SELECT 'KWD', 'issued', 2 WHERE :id > 0",
    ],
)
async def test_the_database_refuses_to_touch_an_issued_invoice(
    database: Database, company: Company, statement: str
) -> None:
    number = await _issued(database, company)
    with pytest.raises(IntegrityError):
        async with database.tenant_session(company.tenant_id) as session:
            await session.execute(sa.text(statement), {"id": number})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wasl.invoice SET total_minor = total_minor + 1, net_minor = net_minor + 1 WHERE id = :id",
        "UPDATE wasl.invoice SET total_minor = total_minor + 1 WHERE id = :id",
        "UPDATE wasl.invoice_line SET net_minor = net_minor + 1 WHERE invoice_id = :id",
        "UPDATE wasl.invoice_line SET quantity = quantity + 1 WHERE invoice_id = :id",
        "UPDATE wasl.invoice_line SET quantity = -1, net_minor = -2450000 WHERE invoice_id = :id",
        "UPDATE wasl.invoice_line SET tax_rate = 2 WHERE invoice_id = :id",
        "UPDATE wasl.invoice SET state = 'issued', number = 1, issued_on = now(), due_on = now()"
        " WHERE id = :id",
        "UPDATE wasl.invoice SET state = 'void', voided_on = now(), void_reason = 'x' WHERE id = :id",
        "UPDATE wasl.invoice SET currency = 'kwd' WHERE id = :id",
        "UPDATE wasl.invoice SET state = 'paid' WHERE id = :id",
    ],
)
async def test_the_database_refuses_a_draft_that_does_not_add_up(
    database: Database, company: Company, statement: str
) -> None:
    async with at_work(database, company) as session:
        draft = (await _drafted(session)).id
    with pytest.raises(IntegrityError):
        async with database.tenant_session(company.tenant_id) as session:
            await session.execute(sa.text(statement), {"id": draft})


async def test_lines_written_by_hand_are_summed_by_the_database(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        draft = (await _drafted(session)).id
    async with database.tenant_session(company.tenant_id) as session:
        await session.execute(
            sa.text(
                "INSERT INTO wasl.invoice_line"
                " (invoice_id, description, quantity, unit_price_minor, net_minor)"
                " VALUES (:id, 'By hand', 3, 500, 1500)"
            ),
            {"id": draft},
        )
    async with at_work(database, company) as session:
        assert (await session.get(Invoice, draft)).total_minor == 5_147_000


async def test_a_line_that_comes_while_the_invoice_is_issued_is_refused(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        draft = (await _drafted(session)).id

    async def add_free_line() -> None:
        async with at_work(database, company) as session:
            await session.execute(
                sa.text("INSERT INTO wasl.invoice_line (invoice_id, description) VALUES (:id, 'gift')"),
                {"id": draft},
            )

    async with at_work(database, company) as session:
        await invoices.issue(session, await session.get(Invoice, draft), TODAY)
        late = asyncio.create_task(add_free_line())
        await _waits_for_a_lock(database)
    with pytest.raises(IntegrityError):
        await late


async def test_a_member_limited_to_own_records_finds_own_invoices_alone(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        role = (await session.all(sa.select(Role).where(Role.key == "rep")))[0]
        rep = Membership(display_name="Omar", role_id=role.id, state="placeholder")
        session.add(rep)
        await session.flush()
        theirs = await _drafted(session)
        rep_id = rep.id
        their_id = theirs.public_id
    async with at_work(database, company, member_id=rep_id, visibility=Visibility.OWN) as session:
        own = await _drafted(session, "Sidra")
        await invoices.issue(session, own, TODAY)
        assert [row["id"] for row in await queries.find(session, session.viewer, "palm", 10)] == []
        assert [row["title"] for row in await queries.find(session, session.viewer, "inv-1", 10)] == [
            "INV-0001 Sidra"
        ]
        assert await queries.counts(session) == {"payments.counts.invoices": 1}
        assert (await queries.owed(session, session.viewer, TODAY))["value"]["minor"] == own.total_minor
        with pytest.raises(NotFound):
            await session.by_public_id(Invoice, their_id)


async def test_what_is_owed_and_late_is_counted_by_the_date_given(
    database: Database, company: Company
) -> None:
    await _issued(database, company)
    async with at_work(database, company) as session:
        owed = await queries.owed(session, session.viewer, date(2026, 12, 22))
        before = await queries.overdue(session, session.viewer, date(2026, 12, 21))
        after = await queries.overdue(session, session.viewer, date(2026, 12, 22))
    assert owed["value"] == {"minor": 5_145_500, "currency": "KWD"}
    assert (before["value"]["minor"], before["note"]["params"]) == (0, {"n": 0})
    assert (after["value"]["minor"], after["note"]["params"]) == (5_145_500, {"n": 1})


async def test_a_draft_is_archived_and_restored(database: Database, company: Company) -> None:
    async with at_work(database, company) as session:
        invoice = await _drafted(session)
        await invoices.archive(session, invoice)
        assert (await page_of(session, INVOICES, Query())).ids == []
        archive = await page_of(session, INVOICES, Query(archived=True))
        assert [row["_key"] for row in await queries.rows(session, archive.ids)] == [invoice.id]
        await invoices.restore(session, invoice)
        row = (await queries.rows(session, [invoice.id]))[0]
        assert (row["standing"], row["party"]["label"]) == (InvoiceState.DRAFT, "Palm Court")
        shown = await queries.detail(session, invoice)
        assert [line["price"] for line in shown["lines"]] == ["2450.000", "0.333"]


class _ChangedMind(Exception):
    """A transaction that ends without committing."""


async def _waits_for_a_lock(database: Database) -> None:
    """Until some other transaction of this database waits for a row."""
    import psycopg

    async with await psycopg.AsyncConnection.connect(database.urls.migrator, autocommit=True) as watcher:
        while True:
            found = await watcher.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            row = await found.fetchone()
            if row and row[0]:
                return


async def test_a_draft_that_was_put_away_is_in_the_list_again_once_it_is_issued(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        invoice = await _drafted(session)
        await invoices.archive(session, invoice)
        await invoices.issue(session, invoice, TODAY)
        assert (await page_of(session, INVOICES, Query())).ids == [invoice.id]


async def test_the_palette_says_when_an_invoice_is_due_or_how_it_stands(
    database: Database, company: Company
) -> None:
    async with at_work(database, company) as session:
        today = session.viewer.today()
        for days in (6, 0, -3, 9):
            invoice = await _drafted(session)
            invoice.due_on = today + timedelta(days=days)
            await invoices.issue(session, invoice, today - timedelta(days=30))
        await invoices.void(session, invoice, today, "Wrong customer")
        await _drafted(session)
    async with at_work(database, company) as session:
        found = await queries.find(session, session.viewer, "palm", 10)
        assert [row["title"] for row in found] == [
            "Palm Court",
            *(f"INV-000{n} Palm Court" for n in (4, 3, 2, 1)),
        ]
        assert [row["subtitle"] for row in found] == [
            {"key": "payments.invoices.draft"},
            {"key": "payments.standing.void"},
            {"key": "payments.standing.overdue"},
            {"key": "payments.found.due", "params": {"n": 0}},
            {"key": "payments.found.due", "params": {"n": 6}},
        ]
