"""What one customer's drawer and page show beside the customer."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import col

from saas.directory import parties
from saas.directory.models import Party
from saas.modules.crm.models import Activity, Deal, Outcome
from saas.modules.crm.service import activities, customers, deal_rows, story
from saas.tenancy.session import TenantSession


async def beside(session: TenantSession, party: Party) -> dict[str, Any]:
    """What a customer's drawer and page show: ``{deals, people, entities, tasks}``."""
    query = deal_rows.rows_query().where(
        col(Deal.party_id) == party.id, col(Deal.archived_at).is_(None), col(Deal.outcome) == Outcome.OPEN
    )
    shown = await session.all(query.order_by(col(Deal.id).desc()).limit(20))
    return {
        "deals": [_bare(row) for row in shown],
        "people": await customers.people_of(session, party.id),
        "entities": [
            {
                "id": str(one.public_id),
                "legal_name": one.legal_name,
                "registration_number": one.registration_number,
                "tax_number": one.tax_number,
                "valid_from": _iso(one.valid_from),
                "valid_to": _iso(one.valid_to),
            }
            for one in await parties.legal_entities(session, party)
        ],
        "tasks": [_bare(row) for row in await activities.about(session, party_id=party.id, limit=20)],
    }


async def timeline(session: TenantSession, party: Party, before: str, limit: int) -> list[dict[str, Any]]:
    """What was done with the customer, newest first, as on a deal's page."""
    return await story.done(session, col(Activity.party_id) == party.id, before, limit)


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
