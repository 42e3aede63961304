"""A deal that is won drafts its invoice, once."""

from __future__ import annotations

from decimal import Decimal

from saas.kernel.errors import Invalid
from saas.kernel.events import bridge
from saas.modules.crm.events import DealWon
from saas.modules.payments.service import invoices
from saas.modules.payments.service.lines import MAX_DESCRIPTION, LineInput, checked
from saas.tenancy.session import TenantSession


@bridge(DealWon, needs={"crm", "payments"})
async def deal_won_drafts_invoice(session: TenantSession, event: DealWon) -> None:
    """One draft a deal, whoever wins it, however often, and however many at once."""
    await invoices.draft_for_deal(
        session,
        deal=event.public_id,
        title=event.title,
        party_id=event.party_id,
        currency=event.currency,
        owner_id=event.owner_id,
        lines=lines_of(event),
    )


def lines_of(event: DealWon) -> list[LineInput]:
    """What the deal sells, line by line; the whole amount as one line when it lists nothing.

    A deal is won whatever its lines look like: where an invoice could not hold them, the amount stands alone.
    """
    listed = [
        LineInput(
            line.description[:MAX_DESCRIPTION] or event.title[:MAX_DESCRIPTION],
            line.quantity,
            line.unit_price_minor,
            line.tax_rate or Decimal(0),
            line.product_id,
        )
        for line in event.lines
    ]
    try:
        if listed:
            return checked(listed)
    except Invalid:
        pass
    return [LineInput(event.title[:MAX_DESCRIPTION], unit_price_minor=max(event.amount_minor or 0, 0))]
