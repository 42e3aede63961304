"""Believable invoices to try payments with: the same each time, in the company's own money and language."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlmodel import col

from saas.directory import parties
from saas.directory.models import Party, Product
from saas.kernel import clock
from saas.kernel.chance import generator
from saas.kernel.i18n import translate
from saas.kernel.money import exponent
from saas.modules.payments.models import SAMPLE_SERIES, Invoice, InvoiceState
from saas.modules.payments.service import invoices
from saas.modules.payments.service.lines import LineInput
from saas.tenancy.models import Tenant
from saas.tenancy.session import TenantSession

INVOICES = 24
CUSTOMERS = ("Palm Court Suites", "Sidra Clinics", "Harbour Lane Café", "Oryx & Olive", "Rasif Bakery")
WORK = (("consulting", 180), ("delivery", 95), ("support", 1200))
RATES = (Decimal("0"), Decimal("0.05"))


async def sample(session: TenantSession) -> None:
    """Some drafts, open, overdue and void invoices for the customers that are there, or five new ones."""
    language, zone, currency = (
        await session.execute(select(col(Tenant.language), col(Tenant.time_zone), col(Tenant.currency)))
    ).one()
    today = clock.today(zone)
    chance = generator("payments")
    customers = await _customers(session)
    taken = await session.one(
        select(func.coalesce(func.max(Invoice.number), 0)).where(col(Invoice.series) == SAMPLE_SERIES)
    )
    products = await session.all(select(Product).where(col(Product.archived_at).is_(None)).limit(40))
    for number in range(1, INVOICES + 1):
        lines = [
            _line(chance, language, currency, list(products)) for _ in range(chance.choice((1, 2, 2, 3, 4)))
        ]
        invoice = await invoices.draft(
            session,
            party_id=chance.choice(customers).id,
            lines=lines,
            note=translate(language, "payments.sample.note") if chance.random() < 0.4 else "",
            series=SAMPLE_SERIES,
        )
        if number > 4 and invoice.total_minor > 0:
            _issue(
                invoice,
                int(taken or 0) + number - 4,
                today - timedelta(days=chance.randrange(2, 75)),
                today,
                chance,
            )
        await session.flush()


def _issue(invoice: invoices.Invoice, number: int, on: date, today: date, chance: random.Random) -> None:
    """As ``invoices.issue`` leaves it, but numbered in the sample's own series."""
    invoice.number, invoice.issued_on = number, on
    invoice.due_on = on + timedelta(days=invoices.TERMS_DAYS)
    invoice.state = InvoiceState.ISSUED
    if chance.random() < 0.1:
        invoice.state, invoice.voided_on = InvoiceState.VOID, min(on + timedelta(days=3), today)
        invoice.void_reason = "Sample"


def _line(chance: random.Random, language: str, currency: str, products: list[Product]) -> LineInput:
    rate = chance.choice(RATES)
    product = chance.choice(products) if products and chance.random() < 0.7 else None
    if product is not None and product.price_minor and product.currency == currency:
        quantity = Decimal(chance.choice((1, 1, 2, 3, 6, 12)))
        name = product.name_ar if language == "ar" and product.name_ar else product.name
        return LineInput(name, quantity, product.price_minor, rate, product.id)
    key, amount = chance.choice(WORK)
    minor = amount * 10 ** exponent(currency)
    return LineInput(translate(language, f"payments.sample.{key}"), Decimal(1), minor, rate)


async def _customers(session: TenantSession) -> list[Party]:
    query = (
        select(Party).where(col(Party.archived_at).is_(None), col(Party.is_customer)).order_by(col(Party.id))
    )
    found = list(await session.all(query.limit(60)))
    return found or [await parties.create(session, {"name": name}) for name in CUSTOMERS]
