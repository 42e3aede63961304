"""The invoices of a customer or a deal, for the pages of other modules."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import col

from saas.kernel.module import About
from saas.modules.payments.models import Invoice
from saas.modules.payments.service import queries
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

SHOWN = 5
TONES = {"draft": "", "issued": "acc", "overdue": "bad", "void": ""}


async def invoices(session: TenantSession, viewer: Viewer, about: About, today: date) -> dict[str, Any]:
    """The newest of those that the record drafted or that bill its customer."""
    theirs = col(Invoice.source_deal) == about.public_id
    if about.party_id is not None:
        theirs = or_(theirs, col(Invoice.party_id) == about.party_id)
    where = (theirs, col(Invoice.archived_at).is_(None))
    ids = await session.all(
        select(col(Invoice.id)).where(*where).order_by(col(Invoice.id).desc()).limit(SHOWN)
    )
    found = {row["_key"]: row for row in await queries.rows(session, ids)}
    total = len(ids)
    if total == SHOWN:
        total = await session.one(select(func.count()).select_from(Invoice).where(*where)) or 0
    return {"total": total, "rows": [_row(found[id]) for id in ids]}


def _row(invoice: dict[str, Any]) -> dict[str, Any]:
    due = invoice["due_on"]
    subtitle = {"key": "payments.related.due", "params": {"on": {"date": due}}} if due else ""
    return {
        "id": invoice["id"],
        "title": invoice["label"],
        "title_ar": invoice["label_ar"],
        "subtitle": subtitle,
        "href": f"/payments/invoices/{invoice['id']}",
        "minor": invoice["total"],
        "currency": invoice["currency"],
        "note": {"key": f"payments.standing.{invoice['standing']}"},
        "tone": TONES[invoice["standing"]],
    }
