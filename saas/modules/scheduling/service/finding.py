"""The menu of an appointment's customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from saas.directory import parties
from saas.directory.models import Party
from saas.tenancy.session import TenantSession


async def customers(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
    """``[{id, label, name_ar, note}]``: customers by a word of their name; the newest for no text."""
    if text.strip():
        found: Sequence[Party] = await parties.search(session, text, limit, col(Party.is_customer).is_(True))
    else:
        newest = select(Party).where(col(Party.archived_at).is_(None), col(Party.is_customer))
        found = await session.all(newest.order_by(col(Party.id).desc()).limit(limit))
    return [
        {"id": str(p.public_id), "label": p.name, "name_ar": p.name_ar, "note": p.city or p.segment}
        for p in found
    ]
