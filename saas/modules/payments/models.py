"""An invoice and its lines. What must hold, the database holds: see migration 0020."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, FetchedValue, Numeric
from sqlmodel import Field

from saas.kernel.money import MAX_MINOR
from saas.tenancy.owned import Choice, MemberOwned, TenantOwned

MAX_LINES = 200
MAX_QUANTITY = Decimal("999999999.999")
MAX_PRICE_MINOR = MAX_MINOR
SERIES = "INV"
# Invoices of the sample data: outside the books, removed without a trace.
SAMPLE_SERIES = "SAMPLE"


class InvoiceState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    VOID = "void"


class Invoice(MemberOwned, TenantOwned, table=True):
    """What a customer owes. ``number`` is given when it is issued; until then it can still be thrown away.

    Amounts are minor units of ``currency``. ``source_deal`` is the deal (its public id) that drafted it;
    unique, so that a deal drafts one invoice however often it is won.
    """

    __tablename__: ClassVar[Any] = "invoice"

    party_id: int | None = Field(default=None, sa_type=BigInteger)
    state: InvoiceState = Field(default=InvoiceState.DRAFT, sa_type=Choice(InvoiceState))  # pyright: ignore[reportArgumentType] -- an instance serves too
    series: str = SERIES
    number: int | None = Field(default=None, sa_type=BigInteger)
    currency: str
    issued_on: date | None = None
    due_on: date | None = None
    voided_on: date | None = None
    void_reason: str = ""
    note: str = ""
    source_deal: UUID | None = None
    source_title: str = ""
    net_minor: int = Field(default=0, sa_type=BigInteger)
    tax_minor: int = Field(default=0, sa_type=BigInteger)
    total_minor: int = Field(default=0, sa_type=BigInteger)
    # The total as one reads it, in thousandths; kept by the database.
    total_key: int = Field(
        default=None,
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": FetchedValue(), "server_onupdate": FetchedValue()},
    )

    @property
    def label(self) -> str:
        """How people call it: ``INV-0042``, or nothing while it is a draft."""
        return label_of(self.series, self.number)


def label_of(series: str, number: int | None) -> str:
    return f"{series}-{number:04d}" if number is not None else ""


def is_overdue(state: str, due_on: date | None, on: date) -> bool:
    """Issued, and its due date lies before ``on``."""
    return state == InvoiceState.ISSUED and due_on is not None and due_on < on


class InvoiceLine(TenantOwned, table=True):
    """One thing on an invoice. ``position`` counts from 0; ``tax_rate`` is a fraction."""

    __tablename__: ClassVar[Any] = "invoice_line"

    invoice_id: int = Field(sa_type=BigInteger)
    product_id: int | None = Field(default=None, sa_type=BigInteger)
    position: int = 0
    description: str
    quantity: Decimal = Field(default=Decimal(1), sa_type=Numeric(12, 3))  # pyright: ignore[reportArgumentType] -- an instance serves too
    unit_price_minor: int = Field(default=0, sa_type=BigInteger)
    tax_rate: Decimal = Field(default=Decimal(0), sa_type=Numeric(6, 5))  # pyright: ignore[reportArgumentType] -- an instance serves too
    net_minor: int = Field(default=0, sa_type=BigInteger)
    tax_minor: int = Field(default=0, sa_type=BigInteger)


class InvoiceSeries(TenantOwned, table=True):
    """The counter that numbers come from. Its row is locked by the issuing transaction until it commits."""

    __tablename__: ClassVar[Any] = "invoice_series"

    series: str = SERIES
    next_number: int = Field(default=1, sa_type=BigInteger)
