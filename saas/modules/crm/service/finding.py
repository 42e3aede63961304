"""Found by name: records for the palette, menus of references, and what waits behind the switch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import collate, func, select
from sqlmodel import col

from saas.directory.models import Party, Person, Product
from saas.kernel.i18n import fold
from saas.modules.crm.models import Activity, Deal, Outcome
from saas.modules.crm.permissions import CrmPermission
from saas.tenancy.owned import among
from saas.tenancy.prepared import Prepared, any_of
from saas.tenancy.scope import unlimited
from saas.tenancy.search import find
from saas.tenancy.session import TenantSession
from saas.tenancy.viewer import Viewer

_NOBODY = ("", "")


async def counts(session: TenantSession) -> dict[str, int]:
    """How many records the module holds, by text key, whoever they belong to."""
    with unlimited(session):
        return {
            "crm.counts.deals": await _count(session, Deal),
            "crm.counts.activities": await _count(session, Activity),
        }


async def deals(session: TenantSession, viewer: Viewer, text: str, limit: int) -> list[dict[str, Any]]:
    found = await find(session, Deal, text, limit)
    names = await _party_names(session, {deal.party_id for deal in found if deal.party_id})
    rows = []
    for deal in found:
        name, arabic = names.get(deal.party_id or 0, _NOBODY)
        rows.append(
            {
                "id": str(deal.public_id),
                "title": _of(name, deal.title),
                "title_ar": _of(arabic or name, deal.title),
                "subtitle": _worth(deal),
                "href": f"/crm/deals/{deal.public_id}",
            }
        )
    return rows


async def customers(session: TenantSession, viewer: Viewer, text: str, limit: int) -> list[dict[str, Any]]:
    found = await _named(session, Party, text, limit, col(Party.is_customer).is_(True))
    counts: dict[int, int] = {}
    if found and viewer.may(CrmPermission.SEE_DEALS):
        rows = await session.read(_OPEN_DEALS, ids=[party.id for party in found])
        counts = {party_id: n for party_id, n in rows}
    return [
        {
            "id": str(party.public_id),
            "title": party.name,
            "title_ar": party.name_ar,
            "subtitle": _customer(counts.get(party.id, 0)),
            "href": f"/crm/customers/{party.public_id}",
        }
        for party in found
    ]


async def people(session: TenantSession, viewer: Viewer, text: str, limit: int) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "title": row["label"],
            "title_ar": row["label_ar"],
            "subtitle": _person(row["note"]),
            "subtitle_ar": _person(row["note_ar"] or row["note"]),
            "href": f"/crm/people/{row['id']}",
        }
        for row in await find_people(session, text, limit)
    ]


async def find_deals(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
    """``[{id, label, note, note_ar}]`` for a menu: note is the customer."""
    found = await find(session, Deal, text, limit)
    names = await _party_names(session, {deal.party_id for deal in found if deal.party_id})
    rows = []
    for deal in found:
        name, arabic = names.get(deal.party_id or 0, _NOBODY)
        rows.append({"id": str(deal.public_id), "label": deal.title, "note": name, "note_ar": arabic})
    return rows


async def find_customers(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
    """``[{id, label, label_ar, note}]`` for a menu; the first by name when nothing is typed."""
    found = await _named(session, Party, text, limit, col(Party.is_customer).is_(True))
    return [
        {"id": str(p.public_id), "label": p.name, "label_ar": p.name_ar, "note": p.segment} for p in found
    ]


async def find_people(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
    found = await _named(session, Person, text, limit)
    names = await _party_names(session, {person.party_id for person in found if person.party_id})
    return [
        {
            "id": str(p.public_id),
            "label": p.name,
            "label_ar": p.name_ar,
            "note": names.get(p.party_id or 0, (p.title, ""))[0],
            "note_ar": names.get(p.party_id or 0, _NOBODY)[1],
        }
        for p in found
    ]


async def find_products(session: TenantSession, text: str, limit: int) -> list[dict[str, Any]]:
    """``[{id, label, label_ar, note, price_minor, currency}]``: note is the SKU."""
    return [
        {
            "id": str(p.public_id),
            "label": p.name,
            "label_ar": p.name_ar,
            "note": p.sku or "",
            "price_minor": p.price_minor,
            "currency": p.currency,
        }
        for p in await _named(session, Product, text, limit)
    ]


async def _named(session: TenantSession, model: Any, text: str, limit: int, *where: Any) -> Sequence[Any]:
    if text.strip():
        return await find(session, model, text, limit, *where)
    query = select(model).where(col(model.archived_at).is_(None), *where)
    return await session.all(query.order_by(collate(col(model.name_key), "C"), col(model.id)).limit(limit))


async def _party_names(session: TenantSession, ids: set[int]) -> dict[int, tuple[str, str]]:
    """Name and Arabic name ("" without one) by id."""
    if not ids:
        return {}
    query = select(col(Party.id), col(Party.name), col(Party.name_ar)).where(among(col(Party.id), ids))
    return {row[0]: (row[1], row[2] or "") for row in await session.rows(query)}


def _of(name: str, title: str) -> str:
    """A deal's title behind its customer's name, unless it begins with that itself."""
    return title if not name or fold(title).startswith(fold(name)) else f"{name}: {title}"


def _worth(deal: Deal) -> dict[str, Any]:
    if deal.amount_minor is None:
        return {"key": "crm.customers.deal"}
    amount = {"minor": deal.amount_minor, "currency": deal.currency}
    return {"key": "crm.found.deal_worth", "params": {"amount": amount}}


def _customer(open_deals: int) -> dict[str, Any]:
    if not open_deals:
        return {"key": "crm.found.customer"}
    deals = {"key": "crm.widget.open_deals", "params": {"n": open_deals}}
    return {"key": "crm.found.customer_deals", "params": {"deals": deals}}


def _person(of: str) -> dict[str, Any]:
    return {"key": "crm.found.person_of", "params": {"of": of}} if of else {"key": "crm.found.person"}


_OPEN_DEALS = Prepared(
    select(col(Deal.party_id), func.count())
    .where(any_of(col(Deal.party_id)), col(Deal.outcome) == Outcome.OPEN, col(Deal.archived_at).is_(None))
    .group_by(col(Deal.party_id))
)


async def _count(session: TenantSession, model: Any) -> int:
    return (
        await session.one(select(func.count()).select_from(model).where(col(model.archived_at).is_(None)))
        or 0
    )
