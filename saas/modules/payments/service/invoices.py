"""The life of an invoice: drafted, written, issued under the next number, voided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from saas.directory.models import Party
from saas.kernel import clock
from saas.kernel.errors import AppError, Invalid
from saas.modules.payments.models import (
    SERIES,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    InvoiceState,
)
from saas.modules.payments.service.lines import LineInput, checked
from saas.tenancy.scope import unlimited
from saas.tenancy.session import TenantSession

TOPIC = "payments.invoice"
TERMS_DAYS = 30
MAX_NOTE = 2000


class InvoiceFixed(AppError):
    """It is issued or void, so it stays as the customer has it."""

    key = "payments.errors.fixed"
    status = 409


class NotIssued(AppError):
    """Only an issued invoice can be voided; a draft is archived."""

    key = "payments.errors.not_issued"
    status = 409


class NothingToIssue(Invalid):
    """An invoice needs a customer, a line, and an amount above zero before it goes out."""

    key = "payments.errors.nothing_to_issue"


class DueBeforeIssue(Invalid):
    key = "payments.errors.due_before_issue"


class ReasonNeeded(Invalid):
    key = "payments.errors.reason_needed"


async def draft(
    session: TenantSession,
    *,
    party_id: int | None = None,
    lines: Sequence[LineInput] = (),
    due_on: date | None = None,
    note: str = "",
    currency: str | None = None,
    owner_id: int | None = None,
    series: str = SERIES,
) -> Invoice:
    """A new draft, with its lines. Belongs to ``owner_id``, or to the member who makes it."""
    invoice = Invoice(
        party_id=party_id,
        currency=currency or await session.currency(),
        due_on=due_on,
        note=note[:MAX_NOTE],
        series=series,
        owner_id=owner_id if owner_id is not None else session.member_id,
    )
    session.add(invoice)
    await session.flush()
    if lines:
        await write_lines(session, invoice, lines)
    session.touch(TOPIC, [invoice.id])
    return invoice


async def draft_for_deal(
    session: TenantSession,
    *,
    deal: UUID,
    title: str,
    party_id: int | None,
    currency: str,
    owner_id: int | None,
    lines: Sequence[LineInput],
) -> Invoice | None:
    """The one invoice of a won deal; None when the deal has drafted it before.

    Two clicks at once meet at the unique key: the second waits for the first to commit, then makes nothing.
    A draft that somebody archived comes back instead of a second one. The invoice is the deal owner's,
    whoever wins the deal, so the winner's own limits do not apply.
    """
    with unlimited(session):
        return await _draft_for_deal(session, deal, title, party_id, currency, owner_id, lines)


async def update_draft(session: TenantSession, invoice: Invoice, changes: Mapping[str, Any]) -> None:
    """Change customer, due date or note of a draft. Raises ``InvoiceFixed`` once it is issued."""
    _still_draft(invoice)
    if "party_id" in changes:
        invoice.party_id = changes["party_id"]
    if "due_on" in changes:
        invoice.due_on = changes["due_on"]
    if "note" in changes:
        invoice.note = str(changes["note"] or "")[:MAX_NOTE]
    if "owner_id" in changes:
        invoice.owner_id = changes["owner_id"]
    await session.flush()
    session.touch(TOPIC, [invoice.id])


async def write_lines(session: TenantSession, invoice: Invoice, lines: Sequence[LineInput]) -> None:
    """The draft's lines become exactly these, in this order; known ids are kept, others removed.

    Raises ``InvoiceFixed`` or an error of ``lines``.
    """
    _still_draft(invoice)
    wanted = checked(lines)
    present = {line.public_id: line for line in await lines_of(session, invoice)}
    kept = {line.id for line in wanted if line.id is not None}
    for public_id, line in present.items():
        if public_id not in kept:
            await session.delete(line)
    for place, wish in enumerate(wanted):
        line = present.get(wish.id) if wish.id is not None else None
        if line is None:
            line = InvoiceLine(invoice_id=invoice.id, description=wish.description)
            session.add(line)
        line.position = place
        line.description = wish.description.strip()
        line.product_id = wish.product_id
        line.quantity = wish.quantity
        line.unit_price_minor = wish.unit_price_minor
        line.tax_rate = wish.tax_rate
        line.net_minor = wish.totals.net_minor
        line.tax_minor = wish.totals.tax_minor
    await session.flush()
    # The database has summed the lines by now; what we hold is older.
    await session.refresh(invoice)
    session.touch(TOPIC, [invoice.id])


async def issue(session: TenantSession, invoice: Invoice, on: date) -> Invoice:
    """Give the next number and the date, and fix the invoice as it is.

    The number comes last: its counter row stays locked until the transaction ends, and a transaction
    that fails gives the number back, so that the series has no gap.
    Raises ``InvoiceFixed``, ``NothingToIssue`` or ``DueBeforeIssue``.
    """
    _still_draft(invoice)
    if invoice.party_id is None:
        raise NothingToIssue("party")
    if invoice.total_minor <= 0:
        raise NothingToIssue("lines")
    due_on = invoice.due_on or on + timedelta(days=await _terms_days(session, invoice))
    if due_on < on:
        raise DueBeforeIssue("due_on")
    number = await _next_number(session)
    invoice.number = number
    invoice.issued_on = on
    invoice.due_on = due_on
    invoice.state = InvoiceState.ISSUED
    # A draft that had been put away: what goes out is in the books, and in the list.
    invoice.archived_at = None
    await session.flush()
    session.touch(TOPIC, [invoice.id])
    return invoice


async def void(session: TenantSession, invoice: Invoice, on: date, reason: str) -> Invoice:
    """Take an issued invoice out of force; its number and its lines stay. Raises ``NotIssued``."""
    if invoice.state != InvoiceState.ISSUED:
        raise NotIssued()
    if not reason.strip():
        raise ReasonNeeded("reason")
    invoice.state = InvoiceState.VOID
    invoice.voided_on = on
    invoice.void_reason = reason.strip()[:200]
    await session.flush()
    session.touch(TOPIC, [invoice.id])
    return invoice


async def archive(session: TenantSession, invoice: Invoice) -> None:
    """Put a draft away. Issued and void invoices are books, they stay: ``InvoiceFixed``."""
    _still_draft(invoice)
    invoice.archived_at = clock.now()
    await session.flush()
    session.touch(TOPIC, [invoice.id])


async def restore(session: TenantSession, invoice: Invoice) -> None:
    """Take a draft out of the archive."""
    invoice.archived_at = None
    await session.flush()
    session.touch(TOPIC, [invoice.id])


async def lines_of(session: TenantSession, invoice: Invoice) -> list[InvoiceLine]:
    """The lines in their order."""
    query = (
        select(InvoiceLine)
        .where(col(InvoiceLine.invoice_id) == invoice.id)
        .order_by(col(InvoiceLine.position), col(InvoiceLine.id))
    )
    return list((await session.execute(query)).scalars())


async def _draft_for_deal(
    session: TenantSession,
    deal: UUID,
    title: str,
    party_id: int | None,
    currency: str,
    owner_id: int | None,
    lines: Sequence[LineInput],
) -> Invoice | None:
    made = (
        await session.execute(
            insert(Invoice)
            .values(
                tenant_id=session.tenant_id,
                party_id=party_id,
                currency=currency,
                owner_id=owner_id,
                source_deal=deal,
                source_title=title[:200],
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "source_deal"])
            .returning(col(Invoice.id))
        )
    ).scalar_one_or_none()
    if made is None:
        await _bring_back(session, deal)
        return None
    invoice = (await session.execute(select(Invoice).where(col(Invoice.id) == made))).scalar_one()
    await write_lines(session, invoice, lines)
    session.touch(TOPIC, [invoice.id])
    return invoice


def _still_draft(invoice: Invoice) -> None:
    if invoice.state != InvoiceState.DRAFT:
        raise InvoiceFixed(label=invoice.label)


async def _terms_days(session: TenantSession, invoice: Invoice) -> int:
    """The days that this customer has to pay, or the usual ones."""
    with unlimited(session):
        query = select(col(Party.payment_terms_days)).where(col(Party.id) == invoice.party_id)
        agreed = (await session.execute(query)).scalar_one_or_none()
    return TERMS_DAYS if agreed is None else agreed


async def _next_number(session: TenantSession) -> int:
    await session.execute(
        insert(InvoiceSeries)
        .values(tenant_id=session.tenant_id, series=SERIES)
        .on_conflict_do_nothing(index_elements=["tenant_id", "series"])
    )
    taken = await session.execute(
        update(InvoiceSeries)
        .where(col(InvoiceSeries.series) == SERIES)
        .values(next_number=col(InvoiceSeries.next_number) + 1)
        .returning(col(InvoiceSeries.next_number) - 1)
    )
    return int(taken.scalar_one())


async def _bring_back(session: TenantSession, deal: UUID) -> None:
    found = (
        await session.execute(
            select(Invoice).where(col(Invoice.source_deal) == deal, col(Invoice.archived_at).is_not(None))
        )
    ).scalar_one_or_none()
    if found is not None and found.state == InvoiceState.DRAFT:
        await restore(session, found)
