"""What is asked of invoices: rows for lists, one with its lines, sums, search, counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, and_, cast, func, literal, select
from sqlmodel import col

from saas.directory.json_rows import json_link, json_member, json_row, json_rows, read_rows
from saas.directory.models import Party, Product
from saas.kernel.i18n import latin_digits, translate
from saas.modules.payments.models import (
    SAMPLE_SERIES,
    SERIES,
    Invoice,
    InvoiceLine,
    InvoiceState,
    is_overdue,
    label_of,
)
from saas.modules.payments.service.lines import plain_number, plain_price
from saas.tenancy.models import Membership
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.scope import unlimited
from saas.tenancy.search import NOTHING_KNOWN, Common, matches_by
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

_NUMBER = re.compile(r"(?:inv|sample)?[\s-]*0*(\d{1,18})", re.IGNORECASE)


def matching(text: str, common: Common = NOTHING_KNOWN) -> ColumnElement[bool]:
    """Invoices of this number, or whose customer has words that begin with these.

    One or the other: an OR of both could use neither index.
    """
    number = _NUMBER.fullmatch(latin_digits(text).strip())
    if number:
        return and_(
            col(Invoice.series).in_((SERIES, SAMPLE_SERIES)), col(Invoice.number) == int(number.group(1))
        )
    return matches_by(col(Invoice.party_id), Party, text, common)


async def rows(session: TenantSession, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Invoices as lists show them: raw values, public ids; archived ones too, for the archive.

    Whoever may see an invoice may read whom it bills, also where the customer is another member's.
    """
    with unlimited(session):
        found = await read_rows(session, _BY_IDS, ids)
    on = session.viewer.today()
    for row in found:
        _complete(row, on)
    return found


_ROW = json_row(
    _key=col(Invoice.id),
    id=col(Invoice.public_id),
    version=col(Invoice.version),
    _owner=col(Invoice.owner_id),
    _series=col(Invoice.series),
    _number=col(Invoice.number),
    state=col(Invoice.state),
    party=json_link(Party, city=col(Party.city)),
    owner=json_member(),
    currency=col(Invoice.currency),
    total=col(Invoice.total_minor),
    issued_on=col(Invoice.issued_on),
    due_on=col(Invoice.due_on),
    source_deal=func.coalesce(cast(col(Invoice.source_deal), Text), ""),
    source_title=col(Invoice.source_title),
)
_BY_IDS = Prepared(
    select(json_rows(_ROW))
    .select_from(Invoice)
    .outerjoin(Party, col(Party.id) == col(Invoice.party_id))
    .outerjoin(Membership, col(Membership.id) == col(Invoice.owner_id))
    .where(any_of(col(Invoice.id)))
)


def _complete(row: dict[str, Any], on: date) -> None:
    """What follows from the row: its names, and ``standing``: draft, issued, void, or overdue on that day."""
    label = label_of(row["_series"], row["_number"])
    # A draft has no number to be called by.
    row["label"] = label or translate("en", "payments.invoices.draft")
    row["label_ar"] = label or translate("ar", "payments.invoices.draft")
    row["number"] = label
    due_on = date.fromisoformat(row["due_on"]) if row["due_on"] else None
    row["standing"] = "overdue" if is_overdue(row["state"], due_on, on) else row["state"]
    row["today"] = on.isoformat()


async def detail(session: TenantSession, invoice: Invoice) -> dict[str, Any]:
    """What its page shows beside the row: its lines as edit fields show them, sums, note, why it is void."""
    query = (
        select(InvoiceLine, col(Product.public_id), col(Product.sku))
        .outerjoin(
            Product,
            (col(Product.tenant_id) == col(InvoiceLine.tenant_id))
            & (col(Product.id) == col(InvoiceLine.product_id)),
        )
        .where(col(InvoiceLine.invoice_id) == invoice.id)
        .order_by(col(InvoiceLine.position), col(InvoiceLine.id))
    )
    lines = [
        {
            "id": str(line.public_id),
            "description": line.description,
            "product": str(product or ""),
            "sku": sku or "",
            "quantity": plain_number(line.quantity),
            "price": plain_price(line.unit_price_minor, invoice.currency),
            "price_minor": line.unit_price_minor,
            "tax": plain_number(line.tax_rate * 100),
            "net_minor": line.net_minor,
            "tax_minor": line.tax_minor,
        }
        for line, product, sku in await session.execute(query)
    ]
    return {
        "net_minor": invoice.net_minor,
        "tax_minor": invoice.tax_minor,
        "note": invoice.note,
        "voided_on": invoice.voided_on.isoformat() if invoice.voided_on else "",
        "void_reason": invoice.void_reason,
        "archived": invoice.archived_at is not None,
        "lines": lines,
    }


async def counts(session: TenantSession) -> dict[str, int]:
    """How many invoices wait behind the module's switch."""
    n = await session.execute(
        select(func.count()).select_from(Invoice).where(col(Invoice.archived_at).is_(None))
    )
    return {"payments.counts.invoices": int(n.scalar_one())}


async def owed(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Home: what customers owe in the company's currency."""
    total, _, _ = await _open_sums(session, viewer, today)
    return {
        "value": {"minor": total, "currency": viewer.currency},
        "note": {"key": "payments.home.owed_note", "params": {}},
    }


async def overdue(session: TenantSession, viewer: Viewer, today: date) -> dict[str, Any]:
    """Home: how much of that is late on ``today``, and how many invoices."""
    _, late, n = await _open_sums(session, viewer, today)
    return {
        "value": {"minor": late, "currency": viewer.currency},
        "note": {"key": "payments.home.overdue_note", "params": {"n": n}},
        "tone": "bad" if n else "",
    }


async def find(session: TenantSession, viewer: Viewer, text: str, limit: int) -> list[dict[str, Any]]:
    """Palette records: by number or by the customer's name, newest first."""
    query = select(col(Invoice.id)).where(matching(text), col(Invoice.archived_at).is_(None))
    ids = (await session.execute(query.order_by(col(Invoice.id).desc()).limit(limit))).scalars().all()
    found = {row["_key"]: row for row in await rows(session, ids)}
    return [
        {
            "id": row["id"],
            "title": _title(row, party.get("label", "")) or row["label"],
            "title_ar": _title(row, party.get("name_ar") or party.get("label", "")) or row["label_ar"],
            "subtitle": _due(row, viewer.today()),
            "href": f"/payments/invoices/{row['id']}",
        }
        for row in (found[id] for id in ids)
        for party in (row["party"] or {},)
    ]


def _title(row: dict[str, Any], whom: str) -> str:
    """Its number and its customer; a draft has no number yet, but may come of a deal."""
    return " ".join(part for part in (row["number"] or row["source_title"], whom) if part)


def _due(row: dict[str, Any], today: date) -> dict[str, Any]:
    """What is to be known of it in a few words: when it is due, else how it stands."""
    if row["standing"] == InvoiceState.ISSUED:
        return {
            "key": "payments.found.due",
            "params": {"n": (date.fromisoformat(row["due_on"]) - today).days},
        }
    is_draft = row["state"] == InvoiceState.DRAFT
    return {"key": "payments.invoices.draft" if is_draft else f"payments.standing.{row['standing']}"}


async def _open_sums(session: TenantSession, viewer: Viewer, today: date) -> tuple[int, int, int]:
    """Owed, overdue (minor units), and how many are overdue; issued invoices in the company's currency."""
    late = col(Invoice.due_on) < literal(today, Date)
    query = select(
        func.coalesce(func.sum(col(Invoice.total_minor)), 0),
        func.coalesce(func.sum(col(Invoice.total_minor)).filter(late), 0),
        func.count().filter(late),
    ).where(col(Invoice.state) == InvoiceState.ISSUED, col(Invoice.currency) == viewer.currency)
    owed, overdue, n = (await session.execute(query)).one()
    return int(owed), int(overdue), int(n)
